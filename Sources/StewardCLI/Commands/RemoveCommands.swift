internal import ArgumentParser
internal import Steward
internal import StewardCore

/// `remove-runs`: RUN collections with all their datasets.
struct RemoveRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-runs",
        abstract: "Remove RUN collections and the datasets in them.",
        discussion: "Example:\n  steward remove-runs REPO 'u/me/2024*'"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name or glob of the runs.")
    var collection: String

    @Flag(inversion: .prefixedNo, help: "Show what will be removed and ask.")
    var confirm = true

    @Flag(help: "With --no-confirm: also take the runs out of chains that hold them.")
    var force = false

    @Flag(help: "Also remove runs whose datasets are certified in CALIBRATION collections.")
    var unlinkCertified = false

    func run() async throws {
        let butler = try await repository.open(writeable: true)
        let removal = try await butler.runs(matching: [collection])
        guard !removal.runs.isEmpty else { return Console.line("No RUN collections were found.") }
        if confirm {
            show(removal, isDone: false)
            guard Confirmation.ask("Continue?") else { return Console.line("Aborted.") }
            try await butler.remove(removal, unlinkingCertified: unlinkCertified)
            return Console.line("Removed collections")
        }
        if !force, removal.runs.contains(where: { !$0.parents.isEmpty }) {
            Console.line(
                """
                Removing runs that are in parent CHAINED collections requires confirmation. 
                Try again without --no-confirm to confirm removal of RUN collections from parents, \
                or add the --force flag to skip confirmation.
                """
            )
            for run in removal.runs where !run.parents.isEmpty {
                Console.line("\(run.name): must be unlinked from \(quoted(run.parents))")
            }
            throw ExitCode(1)
        }
        try await butler.remove(removal, unlinkingCertified: unlinkCertified)
        show(removal, isDone: true)
    }

    private func show(_ removal: RunRemoval, isDone: Bool) {
        Console.line("The following RUN collections \(isDone ? "were" : "will be") removed:")
        for run in removal.runs {
            let verb = isDone ? "was removed and unlinked" : "will be unlinked"
            Console.line(run.parents.isEmpty ? run.name : "\(run.name): \(verb) from \(quoted(run.parents))")
        }
        Console.line(isDone ? "The following datasets were removed:" : "\nThe following datasets will be removed:")
        Console.line(removal.datasetCounts.map { "\($0.datasetType)(\($0.count))" }.joined(separator: ", "))
        Console.line("Total number of datasets to remove:  \(removal.datasetCounts.reduce(0) { $0 + $1.count })")
        if !removal.certified.isEmpty {
            Console.line("Certified in CALIBRATION collections: \(removal.certified.joined(separator: ", "))")
        }
    }

    private func quoted(_ names: [String]) -> String {
        names.map { "\"\($0)\"" }.joined(separator: ", ")
    }
}

/// `remove-collections`: collections that hold no datasets of their own.
struct RemoveCollectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove-collections",
        abstract: "Remove TAGGED, CHAINED and CALIBRATION collections; their datasets stay.",
        discussion: "Example:\n  steward remove-collections REPO 'u/me/*' --remove-from-parents"
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name or glob of the collections.")
    var collection: String

    @Flag(inversion: .prefixedNo, help: "Show what will be removed and ask.")
    var confirm = true

    @Flag(help: "Take the collections out of chains that hold them.")
    var removeFromParents = false

    func run() async throws {
        let butler = try await repository.open(writeable: true)
        let found = try await butler.collections.query(
            [collection],
            includingChains: true,
            withParents: true,
            missingIsEmpty: true
        ).sorted { $0.name < $1.name }
        let removable = found.filter { $0.kind != .run }
        var table = OutputTable(["Collection", "Collection Type"], alignment: .left)
        table.rows = removable.map { [.text($0.name), .text($0.kind.description)] }
        let chains = chainTable(removable)
        let runs = runTable(found.filter { $0.kind == .run })
        if confirm {
            guard ask(table, chains, runs) else {
                return removable.isEmpty ? () : Console.line("\nAborted.\n")
            }
        } else if removable.isEmpty {
            return Console.error("No non-RUN collections match \"\(collection)\".")
        }
        for info in removable {
            try await butler.collections.remove(info.name, unlinking: removeFromParents)
        }
        Console.line(confirm ? "\nRemoved collections.\n" : "\nRemoved collections:\n")
        if !confirm { showAll(table, chains, runs, "Removed these chain links:", "Did not remove RUN collections:") }
    }

    private func chainTable(_ infos: [CollectionInfo]) -> OutputTable {
        var table = OutputTable(["Child Collection", "Parent Collection"], alignment: .left)
        for info in removeFromParents ? infos : [] {
            table.rows += (info.parents ?? []).sorted().map { [.text(info.name), .text($0)] }
        }
        return table
    }

    private func runTable(_ infos: [CollectionInfo]) -> OutputTable {
        var table = OutputTable(["Collection"], alignment: .left)
        table.rows = infos.map { [.text($0.name)] }
        return table
    }

    private func ask(_ table: OutputTable, _ chains: OutputTable, _ runs: OutputTable) -> Bool {
        guard !table.rows.isEmpty else {
            Console.line("\nNo non-runs collections were found.")
            showAll(
                nil,
                chains,
                runs,
                "",
                "The following RUN collections were found but can NOT be removed by this command:"
            )
            return false
        }
        Console.line("\nThe following collections will be removed:")
        showAll(
            table,
            chains,
            runs,
            "Collections to be removed from their parent collection chains:",
            "The following RUN collections were found but can NOT be removed by this command:"
        )
        return Confirmation.ask("Continue?")
    }

    private func showAll(
        _ table: OutputTable?,
        _ chains: OutputTable,
        _ runs: OutputTable,
        _ chainTitle: String,
        _ runTitle: String
    ) {
        if let table { Console.write(table.text()) }
        for (title, part) in [(chainTitle, chains), (runTitle, runs)] where !part.rows.isEmpty {
            Console.line("\n" + title)
            Console.write(part.text() + "\n")
        }
    }
}

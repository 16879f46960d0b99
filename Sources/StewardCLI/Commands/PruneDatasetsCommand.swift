internal import ArgumentParser
internal import Steward
internal import StewardCore

/// `prune-datasets`: datasets out of collections, out of storage, or out of the repository.
struct PruneDatasetsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune-datasets",
        abstract: "Find datasets and remove them from collections, storage or the repository.",
        discussion: """
            Examples:
              steward prune-datasets REPO u/me/run1 --datasets calexp --unstore
              steward prune-datasets REPO --purge u/me/run1 --datasets '*' --dry-run
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Collections to search; globs need --find-all.")
    var collections: [String] = []

    @Option(name: .customLong("datasets"), help: "Names or globs of dataset types (comma-separated, repeatable).")
    var datasetLists: [String] = []

    @Flag(help: "Every collection that has a dataset of a type and data ID counts, not only the first.")
    var findAll = false

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Condition on the data, as in SQL.", valueName: "expression")
    )
    var condition = ""

    @Option(
        name: .customLong("disassociate"),
        help: "TAGGED collections to take the datasets out of (comma-separated)."
    )
    var tagLists: [String] = []

    @Option(help: ArgumentHelp("Remove the datasets of this run from the repository altogether.", valueName: "run"))
    var purge: String?

    @Flag(help: "Remove the files, but keep the datasets known.")
    var unstore = false

    @Flag(help: "Also purge datasets that are certified in CALIBRATION collections.")
    var unlinkCertified = false

    @Flag(help: "Show what would be removed, and remove nothing.")
    var dryRun = false

    @Flag(inversion: .prefixedNo, help: "Show what will be removed and ask.")
    var confirm = true

    @Flag(help: "Print nothing and do not ask.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    private var tags: [String] { tagLists.splitAtCommas }

    private var searched: [String] {
        let given = collections.splitAtCommas
        return given.isEmpty ? purge.map { [$0] } ?? tags : given
    }

    func run() async throws {
        try check()
        let butler = try await repository.open(writeable: !dryRun)
        if let purge { try await checkIsRun(purge, in: butler) }
        let refs = try await find(in: butler)
        if dryRun { return try show(dryRunTitle, refs, in: butler) }
        guard confirm, !quiet else {
            try await prune(refs, in: butler)
            return quiet ? () : try show("Removed the following datasets:", refs, in: butler)
        }
        guard !refs.isEmpty else { return Console.line("Did not find any datasets.") }
        try show("The following datasets will be removed:", refs, in: butler)
        guard Confirmation.ask("Continue?") else { return Console.line("Did not remove the datasets.") }
        try await prune(refs, in: butler)
        Console.line("The datasets were removed.")
    }

    private func check() throws {
        func refuse(_ message: String) -> ButlerError { ButlerError(.invalidArgument, message) }
        if quiet, dryRun { throw refuse("Can not use --quiet and --dry-run together.") }
        if tags.isEmpty, !unstore, purge == nil {
            throw refuse("No operation: one of --purge, --unstore, or --disassociate must be provided.")
        }
        if !tags.isEmpty, purge != nil {
            throw refuse(
                "--disassociate and --purge may not be used together: --disassociate takes datasets out of the given "
                    + "collections, --purge out of all."
            )
        }
        if collections.isEmpty, tags.isEmpty, purge == nil {
            throw refuse(
                "Must indicate collections from which to prune datasets: give COLLECTIONS ('*' for all), --purge with a "
                    + "run, or --disassociate with a tagged collection."
            )
        }
    }

    private func checkIsRun(_ name: String, in butler: Butler) async throws {
        guard try await butler.collections.info(name).kind == .run else {
            throw ButlerError(.collectionType, "Can not prune a collection that is not a RUN collection: \(name)")
        }
    }

    private func find(in butler: Butler) async throws -> [DatasetRef] {
        let types = datasetLists.splitAtCommas
        return try await butler.queryAllDatasets(
            types.isEmpty ? ["*"] : types,
            collections: searched,
            where: condition,
            findFirst: !findAll
        )
    }

    private func prune(_ refs: [DatasetRef], in butler: Butler) async throws {
        try await butler.prune(
            refs,
            .init(
                disassociatingFrom: tags,
                unstoring: unstore || purge != nil,
                purging: purge != nil,
                unlinkingCertified: unlinkCertified
            )
        )
    }

    private var dryRunTitle: String {
        let names = PythonText.tuple(searched)
        let disassociates = !tags.isEmpty || purge != nil
        guard disassociates else {
            return "The following datasets will be removed from any datastores in which they are present:"
        }
        guard unstore || purge != nil else {
            return "The following datasets will be disassociated from \(names) if they are currently present in it "
                + "(which is not checked):"
        }
        return "The following datasets will be disassociated from \(names) if they are currently present in it "
            + "(which is not checked), and removed from any datastores in which they are present."
    }

    private func show(_ title: String, _ refs: [DatasetRef], in butler: Butler) throws {
        if output.format == .table { Console.line(title) }
        var listing = try DatasetListing(butler, output)
        for ref in refs { try listing.add(ref) }
        try listing.end()
    }
}

/// A question before something is removed.
enum Confirmation {
    /// Asks; anything but yes means no.
    static func ask(_ question: String) -> Bool {
        let answer = Console.ask("\(question) [y/N]: ")?.lowercased() ?? ""
        return answer == "y" || answer == "yes"
    }
}

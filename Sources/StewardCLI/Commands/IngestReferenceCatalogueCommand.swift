internal import ArgumentParser
internal import Foundation
internal import ReferenceCatalogues
internal import Steward
internal import StewardCore
internal import Synchronization

/// `ingest-reference-catalogue`: tables of sources become a version of a reference catalogue.
struct IngestReferenceCatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest-reference-catalogue",
        abstract: "Convert tables of sources to the shards of a reference catalogue, and ingest these.",
        discussion: """
            The configuration says which columns are what; --print-config gaia shows one. Input may be CSV, ECSV or \
            FITS tables, compressed with gzip or not, or - for standard input. A version is never changed: new content \
            needs a new name.

            Examples:
              steward ingest-reference-catalogue REPO gaia.yaml gaia/*.csv.gz --run refcats/DM-12345
              steward ingest-reference-catalogue REPO gaia.yaml gaia/*.csv.gz --run refcats/DM-12345 --dry-run
              steward ingest-reference-catalogue REPO ps1.yaml --shards ps1_pv3_3pi_20170110 --run refcats/PS1
              steward ingest-reference-catalogue --print-config gaia > gaia.yaml
            """
    )

    @Argument(help: ArgumentHelp("Repository: a directory, a butler.yaml, or a label.", valueName: "repo"))
    var repository: String?

    @Argument(help: ArgumentHelp("Configuration (YAML).", valueName: "config"), completion: .file())
    var configFile: String?

    @Argument(help: ArgumentHelp("Tables of sources; - for standard input.", valueName: "file"), completion: .file())
    var files: [String] = []

    @Option(help: "RUN collection for the shards, such as refcats/DM-12345.")
    var run: String?

    @Option(help: "CHAINED collection that the run is put into.")
    var chain = "refcats"

    @Flag(name: .customLong("no-chain"), help: "Put the run into no chain.")
    var hasNoChain = false

    @Option(help: ArgumentHelp("Ingest the shards of this folder instead of tables.", valueName: "folder"))
    var shards: String?

    @Option(help: ArgumentHelp("Leave the shards in this folder, as the reference's converter.", valueName: "folder"))
    var output: String?

    @Option(help: "How shards become datasets: move, copy or direct.")
    var transfer: TransferMode?

    @Option(help: "Threads that work at once; the number of processors when left out.")
    var jobs: Int?

    @Option(help: ArgumentHelp("Memory to work with, such as 2GiB.", valueName: "size"))
    var memory = "384MiB"

    @Option(help: ArgumentHelp("Folder for what does not fit into memory.", valueName: "folder"))
    var scratch: String?

    @Option(help: "What happens when rows cannot be taken: error or skip.")
    var onBad = CatalogueIngest.BadRowRule.error

    @Option(help: ArgumentHelp("Compare with this version, and tell what changes.", valueName: "name"))
    var like: String?

    @Flag(help: "Read everything and tell what would be done; write nothing.")
    var dryRun = false

    @Flag(help: "Continue an ingest that ended too early.")
    var resume = false

    @Flag(help: "Take a name that does not end with a date.")
    var nameAsIs = false

    @Flag(help: "Give texts four times their width, as the reference's converter does.")
    var referenceStringWidth = false

    @Flag(help: "Take shards of a later format version.")
    var force = false

    @Option(help: "Print a configuration for a known catalogue and end: gaia or ps1.")
    var printConfig: ExampleConfiguration?

    func run() async throws {
        if let printConfig { return Console.write(printConfig.text) }
        guard let repository, let configFile else {
            throw ValidationError("A repository and a configuration are needed.")
        }
        guard run != nil || dryRun else { throw ValidationError("Missing expected argument '--run <run>'") }
        guard shards == nil || files.isEmpty else {
            throw ValidationError("Either tables or --shards can be given, not both.")
        }
        let butler = try await Butler.open(repository, writeable: !dryRun)
        let configuration = try CatalogueConfiguration(readingFrom: configFile)
        let lines = IngestProgress()
        let ingest = CatalogueIngest(configuration, try options(), progress: { lines.update($0, $1, $2) })
        let outcome: CatalogueIngest.Outcome
        if let shards {
            outcome = try await ingest.run(shards: shards, in: butler)
        } else {
            outcome = try await ingest.run(files, in: butler)
        }
        lines.finish()
        show(outcome, configuration.name)
        if let like { try await compare(outcome, with: like, in: butler) }
    }

    private func options() throws -> CatalogueIngest.Options {
        var options = CatalogueIngest.Options(run: run ?? "")
        options.chain = hasNoChain ? nil : chain
        options.jobs =
            try jobs.map { jobs in
                guard jobs > 0 else { throw ValidationError("--jobs must be at least 1.") }
                return jobs
            } ?? ProcessInfo.processInfo.activeProcessorCount
        options.memory = try ByteSizeText.bytes(memory)
        options.scratch = scratch
        options.output = output
        options.transfer = transfer
        options.onBad = onBad
        options.resumes = resume
        options.isDryRun = dryRun
        options.allowsAnyName = nameAsIs
        options.hasReferenceStringWidth = referenceStringWidth
        options.forces = force
        return options
    }

    private func show(_ outcome: CatalogueIngest.Outcome, _ name: String) {
        for warning in outcome.warnings { Console.error("Warning: \(warning)") }
        if outcome.badCount > 0 {
            Console.error("\(outcome.badCount) rows cannot be taken; the first of them:")
            for row in outcome.bad { Console.error("  \(row)") }
        }
        guard dryRun else {
            let place = hasNoChain ? "" : ", visible in \(chain)"
            return Console.line(
                "Ingested \(outcome.rowCount) sources of \(name) in \(outcome.shards.count) shards into "
                    + "\(run ?? "")\(place)."
            )
        }
        Console.line("\(outcome.rowCount) sources in \(outcome.shards.count) shards; nothing was written.")
        var table = OutputTable(["column", "type", "unit", "description"], alignment: .left)
        table.rows = outcome.schema.fields.map {
            [.text($0.name), .text($0.kind.name), .text($0.unit), .text($0.documentation)]
        }
        Console.write(table.text(showsHeader: true))
    }

    private func compare(_ outcome: CatalogueIngest.Outcome, with name: String, in butler: Butler) async throws {
        let old = try await ReferenceCatalogue.open(name, in: butler, collections: hasNoChain ? ["*"] : [chain])
        guard let schema = try await old.schema() else {
            return Console.line("\(name) has no shards to compare with.")
        }
        for difference in outcome.schema.differences(to: schema) { Console.line("Column \(difference).") }
        let (before, after) = (Set(old.shards.map(\.trixel)), Set(outcome.shards.map(\.trixel)))
        Console.line(
            "\(after.subtracting(before).count) trixels are new, \(before.subtracting(after).count) have no sources any "
                + "more."
        )
    }
}

/// Configurations to begin with.
enum ExampleConfiguration: String, CaseIterable, ExpressibleByArgument {
    case gaia
    case ps1

    var text: String {
        switch self {
        case .gaia: CatalogueConfiguration.gaiaExample
        case .ps1: CatalogueConfiguration.panSTARRSExample
        }
    }
}

/// Sizes as people write them: `2GiB`, `500MB`, `1048576`.
enum ByteSizeText {
    private static let units: [(name: String, factor: Double)] = [
        ("gib", 1_073_741_824), ("mib", 1_048_576), ("kib", 1024), ("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1),
        ("", 1),
    ]

    static func bytes(_ text: String) throws -> Int {
        let folded = text.lowercased()
        for (name, factor) in units where folded.hasSuffix(name) {
            let digits = folded.dropLast(name.count).trimmingCharacters(in: .whitespaces)
            guard let number = Double(digits), number >= 0, let bytes = Int(exactly: (number * factor).rounded()) else {
                break
            }
            guard bytes >= 16 << 20 else {
                throw ButlerError(.invalidArgument, "\"\(text)\" is too little memory.", remedy: "Give at least 16MiB.")
            }
            return bytes
        }
        throw ButlerError(.invalidArgument, "\"\(text)\" is no size.", remedy: "Write it like 2GiB or 500MB.")
    }
}

/// One progress line after the other, for the stages of an ingest.
private final class IngestProgress: Sendable {
    private let current = Mutex<(stage: CatalogueIngest.Stage, line: ProgressLine)?>(nil)

    func update(_ stage: CatalogueIngest.Stage, _ done: Int, _ total: Int) {
        current.withLock { current in
            if current?.stage != stage {
                current?.line.finish()
                current = (stage, ProgressLine(stage.rawValue))
            }
            current?.line.update(done, of: total > 0 ? total : nil)
        }
    }

    func finish() {
        current.withLock { $0?.line.finish() }
    }
}

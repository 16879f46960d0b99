internal import ArgumentParser
internal import Foundation
internal import ReferenceCatalogues
internal import Steward
internal import StewardCore

/// `check-reference-catalogue`: whether the shards of a catalogue are what they should be.
struct CheckReferenceCatalogueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-reference-catalogue",
        abstract:
            "Check that every shard of a reference catalogue reads, fits the others and holds what belongs to it.",
        discussion: """
            With a repository, sizes, checksums and totals are compared with the records; a folder of shards can be \
            checked without one. The exit code is 1 if anything but warnings is found.

            Examples:
              steward check-reference-catalogue REPO gaia_dr3_20230707
              steward check-reference-catalogue REPO gaia_dr3_20230707 --all-ids --format json
              steward check-reference-catalogue path/to/gaia_dr3_20230707
            """
    )

    @Argument(help: ArgumentHelp("Repository, or a folder of shards.", valueName: "repo"))
    var repository: String

    @Argument(help: "Name of the version; left out for a folder.")
    var name: String?

    @Option(name: .customLong("collections"), help: "Collections to search in order (comma-separated).")
    var collectionLists: [String] = ["refcats"]

    @Flag(help: "Identifiers must be unique in the whole catalogue, not just in each shard.")
    var allIds = false

    @Option(help: "Shards that are read at once; the number of processors when left out.")
    var jobs: Int?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let line = ProgressLine("Checking")
        let check = CatalogueCheck(
            jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
            examinesAllIdentifiers: allIds,
            progress: { line.update($0, of: $1) }
        )
        let outcome: CatalogueCheck.Outcome
        if let name {
            let butler = try await Butler.open(repository)
            let collections = collectionLists.splitAtCommas
            let catalogue = try await ReferenceCatalogue.open(name, in: butler, collections: collections)
            outcome = try await check.run(catalogue, in: butler)
        } else {
            outcome = try await check.run(folder: repository)
        }
        line.finish()
        var table = OutputTable(["kind", "severity", "subject", "message"], alignment: .left)
        table.rows = outcome.findings.map { finding in
            [
                .text(finding.kind.rawValue), .text(finding.isWarning ? "warning" : "error"), .text(finding.subject),
                .text(finding.message),
            ]
        }
        if output.format != .table || !table.rows.isEmpty { Console.write(try output.render(table)) }
        if output.format == .table {
            let end =
                outcome.findings.isEmpty ? "No problems were found." : "\(outcome.findings.count) problems were found."
            Console.line(
                "\(outcome.shardCount) shards, \(outcome.rowCount) sources, \(outcome.byteCount) bytes. \(end)"
            )
        }
        if !outcome.isClean { throw ExitCode(1) }
    }
}

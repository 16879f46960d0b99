internal import ArgumentParser
internal import Foundation
internal import Instruments
internal import Steward
internal import StewardCore

/// `ingest-raws`: raw files of cameras.
struct IngestRawsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest-raws",
        abstract: "Ingest raw files; what fails is listed while the rest goes on.",
        discussion: """
            A repetition leaves out what is there, so that an ingest that was interrupted is finished by starting it \
            again.
            Examples:
              steward ingest-raws REPO /data/night1 --transfer link
              steward ingest-raws REPO /data/night1 --report failures.json
              steward ingest-raws REPO raw1.fits raw2.fits --dry-run
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Files, and folders to search.", completion: .file())
    var locations: [String]

    @Option(
        help: ArgumentHelp(
            "Only files in folders in whose names this regular expression is found.",
            valueName: "expression"
        )
    )
    var regex: String?

    @OptionGroup var config: TaskConfigOptions

    @Option(help: "RUN collection; the instrument's raw/all when left out.")
    var outputRun: String?

    @Option(name: .shortAndLong, help: "What happens with the files.")
    var transfer = TransferMode.auto

    @Option(name: [.customShort("j"), .long], help: "Headers read at the same time; some when left out.")
    var processes: Int?

    @Option(help: "Accepted for scripts of the reference; only its own raw ingest is known.")
    var ingestTask = Self.referenceTask

    @Flag(inversion: .prefixedNo, help: "Record sizes and checksums of the files.")
    var trackFileAttrs = true

    @Flag(help: "End with the first failure.")
    var failFast = false

    @Flag(inversion: .prefixedNo, help: "Change exposure records that differ.")
    var updateRecords = false

    @Flag(help: "Take records that differ by rounding only for different.")
    var strictCompare = false

    @Flag(inversion: .prefixedNo, help: "Leave out raws that are in the repository.")
    var skipExisting = true

    @Flag(inversion: .prefixedNo, help: "Use index files beside the data instead of headers where there are any.")
    var searchIndexes = true

    @Option(help: "Exposures in one transaction, about 500 files when left out; where it fails, each gets its own.")
    var batch: Int?

    @Flag(help: "Read and check everything, write nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Write what was done and each failure to this file, as JSON if its name ends in .json, else as text.",
            valueName: "file"
        ),
        completion: .file()
    )
    var report: String?

    @OptionGroup var output: OutputOptions

    private static let referenceTask = "lsst.obs.base.RawIngestTask"

    func validate() throws {
        guard processes ?? 1 > 0, batch ?? 1 > 0 else {
            throw ValidationError("--processes and --batch need a number of at least 1.")
        }
    }

    func run() async throws {
        let options = try options()
        let butler = try await repository.open(writeable: !dryRun)
        let line = ProgressLine(dryRun ? "Checking" : "Ingesting")
        let result = try await RawIngest(butler, options: options).run(locations) { line.update($0, of: $1) }
        line.finish()
        if let report { try write(result, to: report) }
        if output.format == .table {
            summarize(result)
        } else {
            Console.write(try output.render(table(result)))
        }
        if let error = result.error { throw error }
    }

    private func options() throws -> RawIngest.Options {
        guard ingestTask == Self.referenceTask else {
            throw ButlerError(
                .invalidArgument,
                "The ingest task \"\(ingestTask)\" is Python, which is not run.",
                remedy: "Describe the camera in a definition, see docs/instruments.md."
            )
        }
        var options = RawIngest.Options()
        options.run = outputRun
        options.mode = transfer
        options.namePattern = regex
        options.skipsExisting = skipExisting
        options.updatesRecords = updateRecords
        options.isDryRun = dryRun
        options.recordsFileAttributes = trackFileAttrs
        options.searchesIndexes = searchIndexes
        options.comparesStrictly = strictCompare
        options.batchSize = batch
        options.readers = processes
        try options.apply(config.overrides())
        if failFast { options.failsFast = true }
        return options
    }

    private func write(_ result: RawIngest.Report, to path: String) throws {
        let text = path.hasSuffix(".json") ? result.json.text(.indented) + "\n" : result.text
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ButlerError(.fileAccess, "The report \"\(path)\" cannot be written.", cause: error)
        }
    }

    private func summarize(_ report: RawIngest.Report) {
        Console.error(
            "\(dryRun ? "Would ingest" : "Ingested") \(report.ingested.count) raws of \(report.exposures) exposures; "
                + "\(report.skipped.count) were there, \(report.failures.count) failures."
        )
        let (changed, rounded) = (report.updatedRecords, report.roundedRecords)
        for (property, count) in report.unknownProperties.sorted(by: { $0.key < $1.key }) {
            Console.error("\(property) could not be had from \(count) files; it is left empty.")
        }
        if changed > 0 { Console.error("\(changed) records were changed.") }
        for (instrument, changes) in report.detectorChanges.sorted(by: { $0.key < $1.key }) {
            for change in changes { Console.error("\(instrument): \(change.sentence)") }
        }
        if rounded > 0 { Console.error("\(rounded) records are equal within rounding; they were left.") }
    }

    private func table(_ report: RawIngest.Report) -> OutputTable {
        var table = OutputTable(["subject", "state", "stage", "reason"])
        table.rows = report.ingested.map { [.text($0.description), .text("ingested"), .null, .null] }
        table.rows += report.skipped.map { [.text($0.description), .text("skipped"), .null, .null] }
        table.rows += report.failures.map {
            [.text($0.subject), .text("failed"), .text($0.stage.rawValue), .text($0.reason)]
        }
        return table
    }
}

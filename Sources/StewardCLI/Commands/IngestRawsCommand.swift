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
              steward ingest-raws REPO --follow /data/incoming --define-visits
            With --follow the folders are watched until the program is interrupted (SIGINT, SIGTERM): files are ingested \
            when they have not changed for a period, whatever copies them (names that begin with a point do not count), \
            and each only once. Files that cannot be read are tried again when they change.
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

    @Option(help: "Exposures in one transaction, about 2,000 files when left out; where it fails, each gets its own.")
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

    @Flag(help: "Go on: ingest files as they appear in the folders, until SIGINT or SIGTERM.")
    var follow = false

    @Option(
        help: ArgumentHelp(
            "With --follow, time between two looks at the folders; a file must be the same in both.",
            valueName: "seconds"
        )
    )
    var period = 5.0

    @Flag(help: "Define visits of the exposures; visits that got further exposures are extended.")
    var defineVisits = false

    @OptionGroup var output: OutputOptions

    static let referenceTask = "lsst.obs.base.RawIngestTask"

    func validate() throws {
        guard (0.01...86_400).contains(period) else { throw ValidationError("--period needs 0.01 to 86400 seconds.") }
        guard !dryRun || !(follow || defineVisits) else {
            throw ValidationError("--dry-run goes neither with --follow nor with --define-visits.")
        }
        guard !follow || [.table, .jsonl].contains(output.format) else {
            throw ValidationError("With --follow, --format can be table or jsonl.")
        }
        guard processes ?? 1 > 0, batch ?? 1 > 0 else {
            throw ValidationError("--processes and --batch need a number of at least 1.")
        }
    }

    func run() async throws {
        let options = try options()
        let butler = try await repository.open(writeable: !dryRun)
        if follow {
            try finish(try await follow(butler, options))
            return
        }
        let line = ProgressLine(dryRun ? "Checking" : "Ingesting")
        let ingest = RawIngest(butler, options: options)
        let result = try await ingest.run(locations) { line.update($0, of: $1) }
        line.finish()
        var summary = result.summary
        if defineVisits {
            let outcome = try await ingest.defineVisits(of: result.ingestedExposures)
            summary.add(outcome)
        }
        if output.format != .table { Console.write(try output.render(Self.table(result))) }
        try finish(summary)
    }

    /// Writes the report, tells what was done, and throws if something failed.
    private func finish(_ summary: RawIngest.Summary) throws {
        if let report { try write(summary, to: report) }
        if output.format == .table || follow { summarize(summary) }
        if let error = summary.error { throw error }
    }

    private func options() throws -> RawIngest.Options {
        try Self.checkTask(ingestTask)
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
        options.listsRaws = output.format != .table || follow
        try options.apply(config.overrides())
        if failFast { options.failsFast = true }
        return options
    }

    /// Refuses tasks of other classes than the reference's own.
    static func checkTask(_ name: String) throws {
        guard name != referenceTask else { return }
        throw ButlerError(
            .invalidArgument,
            "The ingest task \"\(name)\" is Python, which is not run.",
            remedy: "Describe the camera in a definition, see docs/instruments.md."
        )
    }

    private func write(_ result: RawIngest.Summary, to path: String) throws {
        let text = path.hasSuffix(".json") ? result.json.text(.indented) + "\n" : result.text
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ButlerError(.fileAccess, "The report \"\(path)\" cannot be written.", cause: error)
        }
    }

    private func summarize(_ report: RawIngest.Summary) {
        Console.error(
            "\(dryRun ? "Would ingest" : "Ingested") \(report.ingested) raws of \(report.exposures) exposures; "
                + "\(report.skipped) were there, \(report.failures.count) failures."
        )
        let (changed, rounded) = (report.updatedRecords, report.roundedRecords)
        for (property, count) in report.unknownProperties.sorted(by: { $0.key < $1.key }) {
            Console.error("\(property) could not be had from \(count) files; it is left empty.")
        }
        if report.incomplete > 0 { Console.error("\(report.incomplete) files were not complete yet.") }
        if report.visits > 0 { Console.error("\(report.visits) visits were defined or extended.") }
        if changed > 0 { Console.error("\(changed) records were changed.") }
        for (instrument, changes) in report.detectorChanges.sorted(by: { $0.key < $1.key }) {
            for change in changes { Console.error("\(instrument): \(change.sentence)") }
        }
        if rounded > 0 { Console.error("\(rounded) records are equal within rounding; they were left.") }
    }

    static func table(_ report: RawIngest.Report) -> OutputTable {
        var table = OutputTable(["subject", "state", "stage", "reason"])
        table.rows = report.ingested.map { [.text($0.description), .text("ingested"), .null, .null] }
        table.rows += report.skipped.map { [.text($0.description), .text("skipped"), .null, .null] }
        table.rows += report.failures.map {
            [.text($0.subject), .text("failed"), .text($0.stage.rawValue), .text($0.reason)]
        }
        return table
    }
}

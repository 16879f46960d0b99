internal import ArgumentParser
internal import Instruments
internal import Steward
internal import StewardCore

/// `update-exposures-from-raws`: records of exposures as the headers of their raws have them now.
struct UpdateExposuresFromRawsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update-exposures-from-raws",
        abstract: "Read raws anew and update the records of their exposures.",
        discussion: """
            For records that are wrong because of a header or of the rules that translate it. One raw of each exposure is \
            read, nothing is ingested, and what is up to date is not written. Visits of changed exposures follow with \
            "steward define-visits --update-records".
            Examples:
              steward update-exposures-from-raws REPO HSC --where "exposure.day_obs = 20240105" --dry-run
              steward update-exposures-from-raws REPO HSC HSC/raw/all --where "exposure IN (904014..904024)"
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name or class name of the instrument.")
    var instrument: String

    @Argument(help: "Collections to search for raws; the instrument's raw/all when left out.")
    var collections: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Which raws, as in SQL; it may not be blank.", valueName: "expression")
    )
    var condition: String

    @OptionGroup var config: TaskConfigOptions

    @Option(name: [.customShort("j"), .long], help: "Headers read at the same time; some when left out.")
    var processes: Int?

    @Option(help: "Accepted for scripts of the reference; only its own raw ingest is known.")
    var ingestTask = IngestRawsCommand.referenceTask

    @Flag(help: "End with the first failure.")
    var failFast = false

    @Flag(help: "Take records that differ by rounding only for different.")
    var strictCompare = false

    @Flag(help: "List what differs, write nothing.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard processes ?? 1 > 0 else { throw ValidationError("--processes needs a number of at least 1.") }
    }

    func run() async throws {
        try IngestRawsCommand.checkTask(ingestTask)
        var options = RawIngest.Options()
        options.readers = processes
        options.comparesStrictly = strictCompare
        options.isDryRun = dryRun
        try options.apply(config.overrides())
        if failFast { options.failsFast = true }
        let definition = try InstrumentCatalog.standard().definition(instrument)
        let butler = try await repository.open(writeable: !dryRun)
        let line = ProgressLine("Reading raws")
        let report = try await ExposureUpdate(butler, definition, options: options).run(
            collections: collections.splitAtCommas,
            where: condition
        ) { line.update($0, of: $1) }
        line.finish()
        let table = Self.table(report)
        if output.format != .table || !table.rows.isEmpty { Console.write(try output.render(table)) }
        summarize(report)
        if let error = report.error { throw error }
    }

    private func summarize(_ report: ExposureUpdate.Report) {
        for (property, count) in report.unknownProperties.sorted(by: { $0.key < $1.key }) {
            Console.error("\(property) could not be had from \(count) files; it is left empty.")
        }
        if report.roundedRecords > 0 {
            Console.error("\(report.roundedRecords) records are equal within rounding; they were left.")
        }
        let verb = dryRun ? "Would change" : "Changed"
        Console.error(
            report.changes.isEmpty
                ? "Nothing differs; \(report.files) files of \(report.exposures) exposures were read."
                : "\(verb) \(report.changes.count) records; \(report.files) files of \(report.exposures) exposures were read."
        )
    }

    /// One row for each field that differs, or for a record that is new.
    private static func table(_ report: ExposureUpdate.Report) -> OutputTable {
        var table = OutputTable(["exposure", "record", "field", "stored", "raw"])
        for change in report.changes {
            let names: [OutputTable.Cell] = [.text(change.exposure), .text(change.element)]
            guard let fields = change.fields else {
                table.rows.append(names + [.null, .null, .null])
                continue
            }
            table.rows += fields.map { names + [.text($0.field), .init($0.stored), .init($0.given)] }
        }
        return table
    }
}

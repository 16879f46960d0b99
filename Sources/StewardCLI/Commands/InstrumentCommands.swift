internal import ArgumentParser
internal import Instruments
internal import Steward
internal import StewardCore

/// `register-instrument`: a camera with its detectors and filters.
struct RegisterInstrumentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register-instrument",
        abstract: "Register cameras with their detectors and filters.",
        discussion: """
            A camera is named by its name, the reference's class name, or the path of a definition. Repeating it changes \
            nothing; filters and detectors that the definition has gained are added.
            Examples:
              steward register-instrument REPO HSC DECam
              steward register-instrument REPO ./MyCam.yaml --update
              steward register-instrument REPO ./MyCam.yaml --begin-date 2026-03-01
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Names, class names or definition files.")
    var instruments: [String]

    @Flag(help: "Change records that differ; the same as --on-conflict update.")
    var update = false

    @Option(help: "What to do with records that differ: raise, skip or update.")
    var onConflict: RecordConflictRule?

    @OptionGroup(title: "Note the serial numbers of detectors as a version of the camera")
    var version: ValidityOptions

    func run() async throws {
        let catalog = InstrumentCatalog.standard()
        let definitions = try instruments.map { try catalog.definition($0) }
        let validity = version.isGiven ? try version.timespan() : nil
        let butler = try await repository.open(writeable: true)
        for definition in definitions {
            let rule = onConflict ?? (update ? .update : .raise)
            let outcome = try await definition.register(in: butler, onConflict: rule)
            let new = outcome.inserted.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            Console.error(
                outcome.isUnchanged
                    ? "\(definition.name) is registered already; nothing changed."
                    : "Registered \(definition.name): " + (new.isEmpty ? "nothing new" : new.joined(separator: ", "))
                        + "."
            )
            for item in outcome.differing {
                let fields = item.fields.map(\.description).joined(separator: "; ")
                Console.error("\(rule == .update ? "Changed" : "Left") \(item.record): \(fields)")
            }
            guard let validity else { continue }
            let serials = definition.detectorSerials
            try await butler.notePhysicalDetectors(of: definition.name) { $0.define(serials, during: validity) }
            Console.error("Noted \(serials.count) serial numbers of \(definition.name).")
        }
    }
}

/// `ingest-raws`: raw files of cameras.
struct IngestRawsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest-raws",
        abstract: "Ingest raw files; what fails is listed while the rest goes on.",
        discussion: """
            Examples:
              steward ingest-raws REPO /data/night1 --transfer link
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

    @Option(help: "RUN collection; the instrument's raw/all when left out.")
    var outputRun: String?

    @Option(name: .shortAndLong, help: "What happens with the files.")
    var transfer = TransferMode.auto

    @Option(
        name: [.customShort("j"), .long],
        help: "Accepted for scripts of the reference; headers are read in parallel anyway."
    )
    var processes = 1

    @Flag(inversion: .prefixedNo, help: "Record sizes and checksums of the files.")
    var trackFileAttrs = true

    @Flag(help: "End with the first failure.")
    var failFast = false

    @Flag(help: "Change exposure records that differ.")
    var updateRecords = false

    @Flag(help: "Take records that differ by rounding only for different.")
    var strictCompare = false

    @Flag(inversion: .prefixedNo, help: "Leave out raws that are in the repository.")
    var skipExisting = true

    @Flag(inversion: .prefixedNo, help: "Use index files beside the data instead of headers where there are any.")
    var searchIndexes = true

    @Option(help: "Exposures in one transaction; when one of them fails, each gets its own.")
    var batch = 16

    @Flag(help: "Read and check everything, write nothing.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let butler = try await repository.open(writeable: !dryRun)
        var options = RawIngest.Options()
        options.run = outputRun
        options.mode = transfer
        options.namePattern = regex
        options.skipsExisting = skipExisting
        options.updatesRecords = updateRecords
        options.failsFast = failFast
        options.isDryRun = dryRun
        options.recordsFileAttributes = trackFileAttrs
        options.searchesIndexes = searchIndexes
        options.comparesStrictly = strictCompare
        options.batchSize = batch
        let line = ProgressLine("Ingesting")
        let report = try await RawIngest(butler, options: options).run(locations) { line.update($0, of: $1) }
        line.finish()
        if output.format == .table {
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
        } else {
            Console.write(try output.render(table(report)))
        }
        if let error = report.error { throw error }
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

/// `define-visits`: visits of the exposures of a camera.
struct DefineVisitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "define-visits",
        abstract: "Define visits of exposures, with their regions on the sky.",
        discussion: """
            Repeating it changes nothing. Example:
              steward define-visits REPO HSC --where "exposure.day_obs = 20240105"
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Name or class name of the instrument.")
    var instrument: String

    @Option(
        name: .customLong("collections"),
        help: "Accepted for scripts of the reference; the nominal camera is used."
    )
    var collectionLists: [String] = []

    @Option(name: .customLong("where"), help: ArgumentHelp("Which exposures, as in SQL.", valueName: "expression"))
    var condition = ""

    @Option(help: "How exposures make visits: one-to-one, one-to-one-and-by-counter or by-group-metadata.")
    var grouping: VisitGrouping?

    @Flag(help: "Change visits that differ, and write the regions of their detectors anew.")
    var updateRecords = false

    @Flag(help: "Change visits that got further exposures.")
    var incremental = false

    @Flag(help: "Leave out visits that conflict.")
    var skipConflicting = false

    @Flag(help: "Leave out exposures that have a visit, before anything is computed.")
    var prefilter = false

    @Flag(help: "Write regions of detectors that visits lack.")
    var checkDetectorRegions = false

    @Flag(help: "Take values that differ by rounding only for different.")
    var strictCompare = false

    @Option(name: [.customShort("j"), .long], help: "Accepted for scripts of the reference.")
    var processes = 1

    func run() async throws {
        let definition = try InstrumentCatalog.standard().definition(instrument)
        let butler = try await repository.open(writeable: true)
        var options = VisitDefinition.Options()
        options.condition = condition
        options.grouping = grouping
        options.updatesRecords = updateRecords
        options.isIncremental = incremental
        options.skipsConflicts = skipConflicting
        options.skipsVisited = prefilter
        options.completesRegions = checkDetectorRegions
        options.comparesStrictly = strictCompare
        let line = ProgressLine("Defining visits")
        let report = try await VisitDefinition(butler, definition, options: options).run { line.update($0, of: $1) }
        line.finish()
        for remark in report.remarks { Console.error(remark) }
        Console.error(
            "Grouping \(report.grouping.rawValue): \(report.inserted) visits new, \(report.unchanged) unchanged, "
                + "\(report.updated + report.partiallyUpdated) changed, "
                + "\(report.conflicting + report.filtered) left out."
        )
    }
}

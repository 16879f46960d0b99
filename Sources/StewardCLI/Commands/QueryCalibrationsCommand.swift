internal import ArgumentParser
internal import Foundation
internal import Steward
internal import StewardCore

/// `query-calibrations`: which calibration of each type applies to an exposure, and why no other.
struct QueryCalibrationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query-calibrations",
        abstract: "Show which calibration of each type an exposure gets, from where, and why.",
        discussion: """
            Examples:
              steward query-calibrations REPO --instrument HSC --exposure 904024 --detector 50 --collections HSC/calib
              steward query-calibrations REPO --data-id instrument=HSC,detector=50,physical_filter=HSC-R --time 2024-05-01
              steward query-calibrations REPO --exposure 904024 --detector 50 --timeline validity.svg
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Option(help: "Instrument; may be left out when there is only one.")
    var instrument: String?

    @Option(help: "Exposure number or observation identifier; gives the time.")
    var exposure: String?

    @Option(help: "Detector number or name.")
    var detector: String?

    @OptionGroup var dataID: DataIDOptions

    @Option(
        name: .customLong("collections"),
        help: "Collections to search in order; all CALIBRATION ones when left out."
    )
    var collectionLists: [String] = []

    @Option(
        name: [.customShort("d"), .customLong("dataset-type")],
        help: "Names or globs (comma-separated, repeatable)."
    )
    var datasetTypeLists: [String] = []

    @Option(help: ArgumentHelp("Instant instead of the exposure's, ISO 8601 in TAI.", valueName: "time"))
    var time: String?

    @Option(help: ArgumentHelp("Also draw the ranges of validity into an SVG file.", valueName: "file"))
    var timeline: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let butler = try await repository.open()
        let values = try await values(in: butler)
        let choices = try await butler.calibrations(
            for: values,
            collections: collectionLists.splitAtCommas,
            timespan: try time.map { text in
                try Timespan(instant: TAI(text, format: text.contains("T") ? .isot : .iso, scale: .tai))
            },
            datasetTypes: datasetTypeLists.splitAtCommas
        )
        Console.write(try output.render(table(choices)))
        if let timeline {
            var picture = picture(choices)
            picture.marks = try await marks(values, in: butler)
            let svg = picture.svg()
            do {
                try svg.write(toFile: timeline, atomically: true, encoding: .utf8)
            } catch {
                throw ButlerError(.fileAccess, "The file \"\(timeline)\" cannot be written.", cause: error)
            }
            Console.error("Wrote \(timeline)")
        }
    }

    private func values(in butler: Butler) async throws -> [String: DimensionValue] {
        var values = try dataID.values()
        func set(_ name: String, _ text: String?) {
            guard let text else { return }
            values[name] = Int64(text).map { .int($0) } ?? .string(text)
        }
        set("exposure", exposure)
        set("detector", detector)
        if let instrument { values["instrument"] = .string(instrument) }
        if values["instrument"] == nil {
            let known = try await butler.records(of: "instrument").compactMap { $0["instrument"]?.dimensionValue }
            guard known.count == 1 else {
                throw ButlerError(
                    .dimensionValue,
                    "The repository has \(known.count) instruments, and none was named.",
                    remedy: "Name one with --instrument: \(known.map(\.description).joined(separator: ", "))."
                )
            }
            values["instrument"] = known[0]
        }
        return values
    }

    private func table(_ choices: [CalibrationChoice]) -> OutputTable {
        var table = OutputTable(["type", "data ID", "collection", "run", "validity (TAI)", "why"], alignment: .left)
        table.columns[1].key = "data_id"
        table.columns[4].key = "validity"
        table.columns.append(.init("id"))
        for choice in choices {
            let items = choice.dataID?.items.map { JSONValue.Member($0.dimension.name, $0.value.json) } ?? []
            let validity = choice.validity.map { range in
                OutputTable.Cell.shown(
                    range.description,
                    .array([.int(range.beginNanoseconds), .int(range.endNanoseconds)])
                )
            }
            table.rows.append([
                .text(choice.datasetType.name), .shown(choice.dataID?.description ?? "-", .object(items)),
                choice.collection.map { .text($0) } ?? .shown("-", .null),
                choice.dataset.map { .text($0.run) } ?? .shown("-", .null), validity ?? .shown("-", .null),
                .text(choice.reason), choice.dataset.map { .text($0.id.dashed) } ?? .shown("-", .null),
            ])
        }
        return table
    }

    private func picture(_ choices: [CalibrationChoice]) -> ValidityTimeline {
        var picture = ValidityTimeline(title: "Validity of calibrations (TAI)", bars: [])
        for choice in choices {
            let detail =
                choice.dataID.map { " \($0.values.dropFirst().map(\.description).joined(separator: " "))" } ?? ""
            for range in choice.ranges.sorted(by: { $0.validity.beginNanoseconds < $1.validity.beginNanoseconds }) {
                picture.bars.append(
                    .init(
                        lane: choice.datasetType.name + detail,
                        label: "\(range.dataset.run) in \(range.collection): \(range.validity)",
                        begin: range.validity.begin?.modifiedJulianDate(),
                        end: range.validity.end?.modifiedJulianDate()
                    )
                )
            }
        }
        return picture
    }

    /// When the exposure of the data ID was taken.
    private func marks(
        _ values: [String: DimensionValue],
        in butler: Butler
    ) async throws -> [ValidityTimeline.Mark] {
        guard let instrument = values["instrument"], let exposure = values["exposure"] else { return [] }
        func bind(_ value: DimensionValue) -> BindValue {
            switch value {
            case .int(let number): .value(.int(number))
            case .string(let text): .value(.string(text))
            }
        }
        let field = if case .int = exposure { "exposure.id" } else { "exposure.obs_id" }
        let records = try await butler.queryDimensionRecords(
            "exposure",
            where: "instrument = camera AND \(field) = wanted",
            binds: ["camera": bind(instrument), "wanted": bind(exposure)]
        )
        guard let time = records.first?.timespan?.begin?.modifiedJulianDate() else { return [] }
        return [.init(label: "exposure \(exposure)", time: time)]
    }
}

/// `explain`: why a dataset is, or is not, found.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Walk the way to a dataset and say at each step what was found.",
        discussion: """
            Example:
              steward explain REPO flat --data-id instrument=HSC,detector=50,exposure=904024 --collections HSC/defaults
            The exit code is 1 when there is no such dataset.
            """
    )

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "Dataset type, with .component for a part.")
    var datasetType: String

    @OptionGroup var dataID: DataIDOptions

    @Option(name: .customLong("collections"), help: "Collections to search in order (comma-separated).")
    var collectionLists: [String] = []

    @Option(help: ArgumentHelp("Instant for calibrations, ISO 8601 in TAI.", valueName: "time"))
    var time: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let butler = try await repository.open()
        let timespan = try time.map { text in
            try Timespan(instant: TAI(text, format: text.contains("T") ? .isot : .iso, scale: .tai))
        }
        let steps = try await butler.explain(
            datasetType,
            try dataID.values(),
            collections: collectionLists.splitAtCommas,
            timespan: timespan
        )
        if output.format == .table {
            for step in steps { Console.line("\(step.isFine ? "✓" : "✗") \(step.subject): \(step.finding)") }
        } else {
            var table = OutputTable(["subject", "fine", "finding"])
            table.rows = steps.map { [.text($0.subject), .bool($0.isFine), .text($0.finding)] }
            Console.write(try output.render(table))
        }
        if steps.contains(where: { !$0.isFine }) { throw ExitCode(1) }
    }
}

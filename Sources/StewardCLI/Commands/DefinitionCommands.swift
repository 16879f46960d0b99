internal import ArgumentParser
internal import Instruments
internal import ObservationMetadata
internal import Steward
internal import StewardCore

/// `check-instrument`: whether definitions of cameras are right.
struct CheckInstrumentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-instrument",
        abstract: "Check definitions of cameras; mistakes are reported with line, key and near names.",
        discussion: """
            Examples:
              steward check-instrument ./MyCam.yaml
              steward check-instrument cameras/*.yaml
            """
    )

    @Argument(help: "Definition files, or names of cameras.", completion: .file(extensions: ["yaml"]))
    var definitions: [String]

    func run() throws {
        let catalog = InstrumentCatalog.standard()
        var failure: (any Error)?
        for name in definitions {
            do {
                let definition = try catalog.definition(name)
                Console.write(
                    "\(name): \(definition.name) is in order: \(definition.camera.detectors.count) detectors, "
                        + "\(definition.filters.count) filters"
                        + (definition.translation.map { ", translator \($0.name)" } ?? "") + ".\n"
                )
                for remark in remarks(definition) { Console.write("  \(remark)\n") }
            } catch {
                if let earlier = failure { Console.error("Error: \(earlier)") }
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// What is allowed, but limits what the camera can be used for.
    private func remarks(_ definition: InstrumentDefinition) -> [String] {
        var remarks: [String] = []
        if definition.translation == nil { remarks.append("No translator: only sidecars and indexes can be ingested.") }
        let unplaced = definition.camera.detectors.filter { $0.geometry == nil }.count
        if unplaced > 0 { remarks.append("\(unplaced) detectors have no place: visits get no regions of them.") }
        if definition.dayOffsetSeconds == nil { remarks.append("No day offset: days of observation have no timespan.") }
        return remarks
    }
}

/// `describe-instrument`: what a definition says.
struct DescribeInstrumentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe-instrument",
        abstract: "Show a camera: summary, detectors, filters, header rules, differences from the camera it extends.",
        discussion: """
            Examples:
              steward describe-instrument LSSTCam
              steward describe-instrument HSC --section detectors --format csv
              steward describe-instrument ./MyCam.yaml --section differences
              steward describe-instrument LATISS --section all --format json
              steward describe-instrument LSSTCam --at 2026-03-01 --repository REPO
              steward describe-instrument MyCam --at 2026-03-01 --repository REPO --collections MyCam/calib
            """
    )

    /// Parts of a description.
    enum Section: String, CaseIterable, ExpressibleByArgument {
        case summary
        case detectors
        case filters
        case rules
        case differences
        case all
    }

    @Argument(help: "Name, class name or definition file.", completion: .file(extensions: ["yaml"]))
    var instrument: String

    @Option(help: "Part to show: summary, detectors, filters, rules, differences or all.")
    var section = Section.summary

    @Option(
        help: ArgumentHelp(
            "Show the physical detectors in the slots at this time (ISO 8601, TAI), and when slots changed.",
            valueName: "time"
        )
    )
    var at: String?

    @Option(help: ArgumentHelp("Repository to ask for --at; STEWARD_REPO when left out.", valueName: "repo"))
    var repository: String?

    @Option(
        name: .customLong("collections"),
        help: ArgumentHelp("With --at, collections in which a certified camera is looked up.", valueName: "names")
    )
    var collectionLists: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let catalog = InstrumentCatalog.standard()
        let definition = try catalog.definition(instrument)
        if let at {
            let instant = try TAI(at, format: at.contains("T") ? .isot : .iso, scale: .tai)
            try await showPhysicalDetectors(definition, at: instant)
            return
        }
        let outline = try catalog.outline(instrument)
        let description = InstrumentDescription(definition, outline)
        guard section == .all else {
            Console.write(try output.render(description.table(section)))
            return
        }
        let sections = Section.allCases.filter { $0 != .all }
        if output.format == .json {
            let members = sections.map { JSONValue.Member($0.rawValue, description.table($0).json) }
            Console.write(JSONValue.object(members).text(.indented) + "\n")
        } else {
            let texts = try sections.map { "\($0.rawValue):\n" + (try output.render(description.table($0))) }
            Console.write(texts.joined(separator: "\n"))
        }
    }
}

/// A camera as tables.
private struct InstrumentDescription {
    private let definition: InstrumentDefinition
    private let outline: DefinitionOutline

    init(_ definition: InstrumentDefinition, _ outline: DefinitionOutline) {
        self.definition = definition
        self.outline = outline
    }

    func table(_ section: DescribeInstrumentCommand.Section) -> OutputTable {
        switch section {
        case .detectors: detectors
        case .filters: filters
        case .rules: rules
        case .differences: differences
        case .summary, .all: summary
        }
    }

    private var summary: OutputTable {
        var table = OutputTable(["key", "value"], alignment: .left)
        let visitSystem = definition.visitSystem.map { OutputTable.Cell.text($0.name) } ?? .null
        let rows: [(String, OutputTable.Cell)] = [
            ("name", .text(definition.name)), ("class_name", .text(definition.className)),
            ("extends", outline.base.map { .text($0) } ?? .null), ("source", .text(definition.source)),
            ("detectors", .int(Int64(definition.camera.detectors.count))),
            ("filters", .int(Int64(definition.filters.count))),
            ("translator", definition.translation.map { .text($0.name) } ?? .null),
            ("visit_system", visitSystem), ("visit_max", .int(definition.visitMax)),
            ("exposure_max", .int(definition.exposureMax)), ("detector_max", .int(definition.detectorMax)),
            ("packer", .text(definition.packer.rawValue)), ("group_id", .text(definition.groupNumbering.rawValue)),
            ("day_obs_offset_seconds", definition.dayOffsetSeconds.map { .int($0) } ?? .null),
            ("raw_formatter", .list(definition.rawFormatters.map(\.formatter))),
            ("raw_collection", .text(definition.collections.raw)),
        ]
        table.rows = rows.map { [.text($0.0), $0.1] }
        return table
    }

    private var detectors: OutputTable {
        var table = OutputTable([
            "id", "full_name", "raft", "name_in_raft", "purpose", "serial", "x_mm", "y_mm", "yaw",
        ])
        table.rows = definition.camera.detectors.map { detector in
            let place = detector.geometry
            return [
                .int(detector.id), .text(detector.fullName), detector.raft.map { .text($0) } ?? .null,
                .text(detector.nameInRaft), .text(detector.purpose.rawValue), .text(detector.serial),
                place.map { .real($0.offset.x) } ?? .null, place.map { .real($0.offset.y) } ?? .null,
                place.map { .real($0.yaw) } ?? .null,
            ]
        }
        return table
    }

    private var filters: OutputTable {
        var table = OutputTable(["physical_filter", "band", "alias"])
        table.rows = definition.filters.map { [.text($0.physicalFilter), .text($0.band), .list($0.aliases)] }
        return table
    }

    private var rules: OutputTable {
        var table = OutputTable(["property", "rule", "place"], alignment: .left)
        table.rows = outline.rules.map { [.text($0.property), .text($0.text), .text($0.place)] }
        return table
    }

    private var differences: OutputTable {
        var table = OutputTable(["key", "base", "own"], alignment: .left)
        table.rows = outline.differences.map { [.text($0.key), $0.base.map { .text($0) } ?? .null, .text($0.own)] }
        return table
    }
}

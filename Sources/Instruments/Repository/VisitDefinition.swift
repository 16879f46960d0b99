internal import AstroTime
internal import Dimensions
internal import SphericalGeometry
public import Steward
internal import StewardCore

/// Makes visits of the exposures of a repository.
///
/// One transaction for each visit; repeating it changes nothing (instruments and ingest design document, section 3).
public struct VisitDefinition: Sendable {
    /// Visits that are compared with the repository in one go.
    private static let comparisonSize = 32

    /// How visits are made.
    public struct Options: Sendable {
        /// Which exposures; an expression of the `where` language.
        public var condition = ""
        /// How exposures make visits; what the repository has already, else the instrument's way, if nil.
        public var grouping: VisitGrouping?
        /// Whether visits are changed where they differ, and their regions of detectors written anew.
        public var updatesRecords = false
        /// Whether visits that got further exposures are changed; all exposures of a group are looked up then.
        public var isIncremental = false
        /// Whether visits that conflict are left out instead of being an error.
        public var skipsConflicts = false
        /// Whether exposures that have a visit are left out before anything is computed.
        public var skipsVisited = false
        /// Whether visits that lack regions of detectors get them.
        public var completesRegions = false
        /// Whether values that differ by rounding only count as different.
        public var comparesStrictly = false

        /// The reference's defaults.
        public init() {}
    }

    /// What was done.
    public struct Report: Sendable {
        /// The grouping that was used.
        public let grouping: VisitGrouping
        /// Visits that are new.
        public var inserted = 0
        /// Visits that were there already in this form.
        public var unchanged = 0
        /// Visits that were changed with the regions of their detectors.
        public var updated = 0
        /// Visits that were changed without the regions of their detectors.
        public var partiallyUpdated = 0
        /// Visits left out because they conflict.
        public var conflicting = 0
        /// Exposures left out because they have a visit.
        public var filtered = 0
        /// Exposures that make no visit, with the reason, and further remarks.
        public var remarks: [String] = []
    }

    let butler: Butler
    let definition: InstrumentDefinition
    let options: Options

    /// Prepares the definition of visits.
    public init(_ butler: Butler, _ definition: InstrumentDefinition, options: Options = Options()) {
        self.butler = butler
        self.definition = definition
        self.options = options
    }

    /// Makes the visits.
    ///
    /// - Parameter progress: Called with the number of visits done and their total.
    /// - Returns: What was done.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` naming visit and fields, `.invalidQuery`, `.readOnly`,
    ///   `.invalidArgument` for options that exclude each other, `.instrument` when it is not registered; database
    ///   errors.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) async throws -> Report {
        guard !options.skipsVisited || !(options.updatesRecords || options.isIncremental) else {
            throw ButlerError(
                .invalidArgument,
                "Exposures that have visits cannot be left out when visits are to be changed.",
                remedy: "Drop --prefilter, or drop --update-records and --incremental."
            )
        }
        try await requireInstrument()
        let grouping = try await chosenGrouping()
        var report = Report(grouping: grouping)
        let exposures = try await exposures(grouping, &report)
        let plan = try grouping.visits(of: exposures, numbering: definition.groupNumbering)
        report.remarks += plan.remarks
        try await registerSystems(grouping)
        let footprint = try CameraFootprint(definition.camera)
        for start in stride(from: 0, to: plan.visits.count, by: Self.comparisonSize) {
            let end = min(start + Self.comparisonSize, plan.visits.count)
            let rows = try plan.visits[start..<end].map { try VisitRows($0, footprint, definition, butler.universe) }
            let stored = try await butler.differences(rows.map(\.visit))
            for (offset, (rows, differences)) in zip(rows, stored).enumerated() {
                try Task.checkCancellation()
                try await define(rows, differences, &report)
                progress(start + offset + 1, plan.visits.count)
            }
        }
        return report
    }

    private func requireInstrument() async throws {
        let names = try await butler.records(of: "instrument").compactMap { $0["instrument"]?.dimensionValue?.string }
        guard !names.contains(definition.name) else { return }
        throw ButlerError(
            .instrument,
            "Instrument \"\(definition.name)\" is not registered in this repository.",
            remedy: "Register it with \"steward register-instrument REPO \(definition.name)\".",
            candidates: Candidates.nearest(to: definition.name, in: names)
        )
    }

    private func chosenGrouping() async throws -> VisitGrouping {
        if let grouping = options.grouping { return grouping }
        let known = try await butler.records(of: "visit_system").filter {
            $0["instrument"]?.dimensionValue?.string == definition.name
        }
        let systems = known.compactMap { $0["visit_system"]?.dimensionValue?.int }.compactMap {
            VisitSystem(rawValue: $0)
        }
        return VisitGrouping(existing: Set(systems)) ?? definition.visits.grouping
    }

    private func registerSystems(_ grouping: VisitGrouping) async throws {
        let records = try grouping.systems.map { system in
            try InstrumentDefinition.record(
                "visit_system",
                ["instrument": .string(definition.name), "id": .int(system.rawValue), "name": .string(system.name)],
                butler.universe
            )
        }
        try await butler.sync(records)
    }

    // MARK: One visit

    private func define(_ rows: VisitRows, _ stored: [FieldDifference]?, _ report: inout Report) async throws {
        guard let stored else {
            try await butler.insert([rows.visit] + rows.members + rows.detectors)
            report.inserted += 1
            return
        }
        let real = options.comparesStrictly ? stored : stored.filter { !$0.isRounding }
        if options.updatesRecords {
            try await butler.insert([rows.visit] + rows.detectors, onExisting: .replace)
            report.updated += 1
        } else if options.isIncremental {
            try await extend(rows, real, &report)
        } else if real.isEmpty {
            try await complete(rows, &report)
        } else if options.skipsConflicts {
            report.conflicting += 1
        } else {
            throw ButlerError(
                .conflictingDefinition,
                "Visit \(rows.id) (\(rows.name)) is in the repository with other values.",
                remedy: "Take the new ones with --update-records, or leave such visits out with --skip-conflicting.",
                context: real.map { .init("field", $0.description) }
            )
        }
    }

    /// Changes a visit that got further exposures; its systems stay.
    private func extend(_ rows: VisitRows, _ real: [FieldDifference], _ report: inout Report) async throws {
        let known = try await butler.differences(rows.definitions)
        let missing = rows.definitions.count > 1 ? zip(rows.definitions, known).filter { $0.1 == nil }.map(\.0) : []
        guard !real.isEmpty || !missing.isEmpty else { return try await complete(rows, &report) }
        let movesRegion = real.contains { $0.field == "region" }
        let changed = real.isEmpty ? [] : [rows.visit]
        try await butler.insert(changed + missing + (movesRegion ? rows.detectors : []), onExisting: .replace)
        if movesRegion { report.updated += 1 } else { report.partiallyUpdated += 1 }
    }

    /// Leaves a visit as it is, but for regions of detectors that it lacks if they are wanted.
    private func complete(_ rows: VisitRows, _ report: inout Report) async throws {
        if options.completesRegions {
            guard try await butler.differences(rows.detectors).allSatisfy({ $0 != nil }) else {
                try await butler.insert(rows.detectors, onExisting: .replace)
                report.partiallyUpdated += 1
                return
            }
        }
        report.unchanged += 1
    }
}

internal import Dimensions
internal import SphericalGeometry
public import Steward
internal import StewardCore

/// Makes visits of the exposures of a repository.
///
/// One transaction for each visit; repeating it changes nothing (instruments and ingest design document, section 3).
public struct VisitDefinition: Sendable {
    /// How visits are made.
    public struct Options: Sendable {
        /// Which exposures; an expression of the `where` language.
        public var condition = ""
        /// How exposures make visits; what the repository has already, else the instrument's way, if nil.
        public var grouping: VisitGrouping?
        /// Whether visits and regions that differ are changed.
        public var updatesRecords = false
        /// Whether visits that got further exposures are changed.
        public var isIncremental = false
        /// Whether visits that conflict are left out instead of being an error.
        public var skipsConflicts = false

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
        /// Visits that were changed.
        public var updated = 0
        /// Visits left out because they conflict.
        public var conflicting = 0
        /// Exposures that make no visit, with the reason, and further remarks.
        public var remarks: [String] = []
    }

    private let butler: Butler
    private let definition: InstrumentDefinition
    private let options: Options

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
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` naming visit and fields, `.invalidQuery`, `.readOnly`;
    ///   database errors.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) async throws -> Report {
        let name = definition.name
        let exposures = try await butler.queryDimensionRecords(
            "exposure",
            where: options.condition.isEmpty
                ? "instrument = owner" : "instrument = owner AND (\(options.condition))",
            binds: ["owner": .value(.string(name))]
        )
        let candidates = VisitCandidates(exposures.compactMap { ExposureSummary($0) })
        let grouping = try await chosenGrouping()
        let plan = try grouping.visits(of: candidates.usable, numbering: definition.groupNumbering)
        var report = Report(grouping: grouping)
        report.remarks = candidates.rejected.map { "\($0.exposure.obsID): \($0.reason)" } + plan.remarks
        try await registerSystems(grouping)
        let footprint = try CameraFootprint(definition.camera)
        for (index, visit) in plan.visits.enumerated() {
            try Task.checkCancellation()
            try await define(visit, footprint, &report)
            progress(index + 1, plan.visits.count)
        }
        return report
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

    private func define(_ visit: Visit, _ footprint: CameraFootprint, _ report: inout Report) async throws {
        let pointings = visit.exposures.compactMap { Pointing($0) }
        let regions = try footprint.regions(pointings, mergesExposures: definition.visits.mergesExposures)
        let record = try self.record(visit, regions.visit)
        let stored = try await butler.differences([record])[0]
        let real = try stored.map { differences in try differences.filter { try !isSameRegion($0) } }
        switch real {
        case nil:
            try await butler.insert([record] + members(visit) + detectors(visit, regions))
            report.inserted += 1
        case .some(let differences) where differences.isEmpty:
            report.unchanged += 1
        case .some where options.updatesRecords || options.isIncremental:
            try await butler.sync([record], updating: true)
            try await butler.insert(members(visit), onExisting: .skip)
            try await butler.insert(detectors(visit, regions), onExisting: .replace)
            report.updated += 1
        case .some where options.skipsConflicts:
            report.conflicting += 1
        case .some(let differences):
            throw ButlerError(
                .conflictingDefinition,
                "Visit \(visit.id) (\(visit.name)) is in the repository with other values.",
                remedy: "Take the new ones with --update-records, or leave such visits out with --skip-conflicting.",
                context: differences.map { .init("field", $0.description) }
            )
        }
    }

    /// Whether a difference is one of rounding only: each vertex within 1e-9 rad.
    private func isSameRegion(_ difference: FieldDifference) throws -> Bool {
        guard case .region(.polygon(let stored)) = difference.stored,
            case .region(.polygon(let given)) = difference.given
        else { return false }
        return stored.matches(given)
    }

    private func record(_ visit: Visit, _ region: ConvexPolygon) throws -> DimensionRecord {
        func real(_ value: Double?) -> DimensionRecord.FieldValue { value.map { .real($0) } ?? .null }
        return try InstrumentDefinition.record(
            "visit",
            [
                "instrument": .string(definition.name), "id": .int(visit.id), "name": .string(visit.name),
                "day_obs": .int(visit.dayObs), "physical_filter": InstrumentDefinition.text(visit.physicalFilter),
                "seq_num": visit.seqNum.map { .int($0) } ?? .null, "exposure_time": real(visit.exposureTime),
                "target_name": InstrumentDefinition.text(visit.targetName),
                "observation_reason": .string(visit.observationReason),
                "science_program": InstrumentDefinition.text(visit.scienceProgram), "azimuth": real(visit.azimuth),
                "zenith_angle": real(visit.zenithAngle), "region": .region(.polygon(region)),
                "timespan": .timespan(try Timespan(begin: visit.begin, end: visit.end)),
            ],
            butler.universe
        )
    }

    private func members(_ visit: Visit) throws -> [DimensionRecord] {
        let owner = DimensionRecord.FieldValue.string(definition.name)
        let exposures = try visit.exposures.map { exposure in
            try InstrumentDefinition.record(
                "visit_definition",
                ["instrument": owner, "exposure": .int(exposure.id), "visit": .int(visit.id)],
                butler.universe
            )
        }
        guard butler.universe.find("visit_system_membership") != nil else { return exposures }
        return try exposures
            + visit.systems.map { system in
                try InstrumentDefinition.record(
                    "visit_system_membership",
                    ["instrument": owner, "visit_system": .int(system.rawValue), "visit": .int(visit.id)],
                    butler.universe
                )
            }
    }

    private func detectors(_ visit: Visit, _ regions: VisitRegions) throws -> [DimensionRecord] {
        try regions.detectors.map { detector in
            try InstrumentDefinition.record(
                "visit_detector_region",
                [
                    "instrument": .string(definition.name), "visit": .int(visit.id), "detector": .int(detector.id),
                    "region": .region(.polygon(detector.region)),
                ],
                butler.universe
            )
        }
    }
}

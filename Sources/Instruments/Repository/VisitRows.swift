internal import AstroTime
internal import Dimensions
internal import SphericalGeometry
internal import StewardCore

/// The rows of one visit.
struct VisitRows: Sendable {
    /// Number of the visit.
    let id: Int64
    /// Name of the visit.
    let name: String
    /// Its exposures.
    let exposures: [ExposureSummary]
    /// Row of the visit with its region.
    let visit: DimensionRecord
    /// Which exposures belong to it.
    let definitions: [DimensionRecord]
    /// Which systems it belongs to; empty in universes that have no such table.
    let memberships: [DimensionRecord]
    /// Regions of all detectors; empty if none are known.
    let detectors: [DimensionRecord]

    /// Exposures and systems.
    var members: [DimensionRecord] { definitions + memberships }

    /// Makes the rows.
    ///
    /// - Parameters:
    ///   - visit: The visit.
    ///   - regions: Where it and its detectors looked; nil when that is not known.
    ///   - instrument: Name of the instrument.
    ///   - universe: The repository's universe; fields that it does not have are left out.
    /// - Throws: `ButlerError` of code `dimensionValue` for text that is too long.
    init(_ visit: Visit, _ regions: VisitRegions?, _ instrument: String, _ universe: DimensionUniverse) throws {
        let owner = DimensionRecord.FieldValue.string(instrument)
        // Universes without memberships know one system of each visit.
        let system = visit.systems.first { $0 == .oneToOne } ?? visit.systems.first ?? .oneToOne
        exposures = visit.exposures
        id = visit.id
        name = visit.name
        self.visit = try Self.record(visit, regions?.visit, owner, system, universe)
        definitions = try visit.exposures.map { exposure in
            try InstrumentDefinition.record(
                "visit_definition",
                [
                    "instrument": owner, "exposure": .int(exposure.id), "visit": .int(visit.id),
                    "visit_system": .int(system.rawValue),
                ],
                universe
            )
        }
        let hasMemberships = universe.find("visit_system_membership") != nil
        memberships = try (hasMemberships ? visit.systems : []).map { system in
            try InstrumentDefinition.record(
                "visit_system_membership",
                ["instrument": owner, "visit_system": .int(system.rawValue), "visit": .int(visit.id)],
                universe
            )
        }
        detectors = try (regions?.detectors ?? []).map { detector in
            try InstrumentDefinition.record(
                "visit_detector_region",
                [
                    "instrument": owner, "visit": .int(visit.id), "detector": .int(detector.id),
                    "region": .region(.polygon(detector.region)),
                ],
                universe
            )
        }
    }

    private static func record(
        _ visit: Visit,
        _ region: ConvexPolygon?,
        _ owner: DimensionRecord.FieldValue,
        _ system: VisitSystem,
        _ universe: DimensionUniverse
    ) throws -> DimensionRecord {
        func real(_ value: Double?) -> DimensionRecord.FieldValue { value.map { .real($0) } ?? .null }
        return try InstrumentDefinition.record(
            "visit",
            [
                "instrument": owner, "id": .int(visit.id), "name": .string(visit.name),
                "day_obs": .int(visit.dayObs), "physical_filter": InstrumentDefinition.text(visit.physicalFilter),
                "seq_num": visit.seqNum.map { .int($0) } ?? .null, "exposure_time": real(visit.exposureTime),
                "target_name": InstrumentDefinition.text(visit.targetName),
                "observation_reason": .string(visit.observationReason),
                "science_program": InstrumentDefinition.text(visit.scienceProgram), "azimuth": real(visit.azimuth),
                "zenith_angle": real(visit.zenithAngle), "region": region.map { .region(.polygon($0)) } ?? .null,
                "visit_system": .int(system.rawValue),
                "timespan": .timespan(try Timespan(begin: visit.begin, end: visit.end)),
            ],
            universe
        )
    }
}

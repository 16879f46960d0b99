internal import Dimensions
public import SphericalGeometry
public import Steward
internal import StewardCore

/// Replaces the regions of visits by those from better astrometry.
///
/// One transaction for some visits; the rows of overlaps with sky pixels are rewritten in it. Repeating it changes
/// nothing (instruments and ingest design document, section 3.6).
public struct RegionUpdate: Sendable {
    /// How regions are replaced.
    public struct Options: Sendable {
        /// Visits that make one transaction.
        public var batchSize = 11
        /// By how much regions are grown, so that they cover what was observed.
        public var margin = Angle(radians: 0)

        /// The reference's defaults.
        public init() {}
    }

    /// What was done.
    public struct Report: Sendable {
        /// Visits of which something changed.
        public var updated = 0
        /// Visits that were in this form already.
        public var unchanged = 0
        /// Visits that have no region any more.
        public var withoutRegion: [Int64] = []
    }

    private let butler: Butler
    private let instrument: String
    private let options: Options

    /// Prepares the replacement.
    public init(_ butler: Butler, instrument: String, options: Options = Options()) {
        self.butler = butler
        self.instrument = instrument
        self.options = options
    }

    /// Replaces regions by those of `VisitGeometry` datasets.
    ///
    /// - Parameters:
    ///   - datasetType: Name of their dataset type.
    ///   - collections: Collections to search, in order.
    ///   - condition: Which of them; an expression of the `where` language.
    ///   - progress: Called with the number of visits done and their total.
    /// - Returns: What was done.
    /// - Throws: ``ButlerError`` as ``run(_:progress:)``, as queries, and as reading datasets.
    public func run(
        datasets datasetType: String,
        collections: [String],
        where condition: String = "",
        progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> Report {
        let refs = try await butler.queryDatasets(
            datasetType,
            collections: collections,
            where: condition.isEmpty ? "instrument = owner" : "instrument = owner AND (\(condition))",
            binds: ["owner": .value(.string(instrument))]
        )
        let visits = try refs.map { ref in
            guard let visit = ref.dataID["visit"]?.int else {
                throw ButlerError(
                    .invalidArgument,
                    "Datasets of type \"\(datasetType)\" are not of visits.",
                    remedy: "Name a dataset type with the dimensions instrument and visit."
                )
            }
            return (visit: visit, ref: ref)
        }.sorted { $0.visit < $1.visit }
        var report = Report()
        for start in stride(from: 0, to: visits.count, by: max(1, options.batchSize)) {
            let end = min(start + max(1, options.batchSize), visits.count)
            var placements: [VisitPlacement] = []
            for (visit, ref) in visits[start..<end] {
                guard let json = try await butler.get(ref) as? JSONValue else {
                    throw ButlerError(.corruptFile, "Dataset \(ref) is no geometry of a visit.")
                }
                placements.append(try VisitPlacement(visit: visit, geometry: json))
            }
            try await replace(placements, &report)
            progress(end, visits.count)
        }
        return report
    }

    /// Replaces regions.
    ///
    /// - Parameters:
    ///   - placements: Where visits looked.
    ///   - progress: Called with the number of visits done and their total.
    /// - Returns: What was done.
    /// - Throws: ``ButlerError`` with `.dataIDValue` for visits and detectors that do not exist, `.region`, `.readOnly`;
    ///   database errors. Visits before that are replaced then.
    public func run(
        _ placements: [VisitPlacement],
        progress: (Int, Int) -> Void = { _, _ in }
    ) async throws -> Report {
        var report = Report()
        for start in stride(from: 0, to: placements.count, by: max(1, options.batchSize)) {
            let end = min(start + max(1, options.batchSize), placements.count)
            try await replace(Array(placements[start..<end]), &report)
            progress(end, placements.count)
        }
        return report
    }

    private func replace(_ placements: [VisitPlacement], _ report: inout Report) async throws {
        try Task.checkCancellation()
        let grown = try placements.map { try $0.grown(by: options.margin) }
        let detectors = try await butler.records(of: "detector").filter {
            $0["instrument"]?.dimensionValue?.string == instrument
        }
        let known = Set(detectors.compactMap { $0["detector"]?.dimensionValue?.int })
        for placement in grown {
            guard let stranger = placement.detectors.keys.filter({ !known.contains($0) }).min() else { continue }
            throw ButlerError(
                .dataIDValue,
                "Visit \(placement.visit) cannot have a region of detector \(stranger), which \(instrument) does not have."
            )
        }
        let changed = try await butler.changeRecords { changes in
            try grown.map { placement in
                let records = try self.records(placement, changes)
                let outcomes = try changes.sync(records, updating: true)
                return outcomes.contains { $0 != .unchanged }
            }
        }
        for (placement, isChanged) in zip(grown, changed) {
            if isChanged { report.updated += 1 } else { report.unchanged += 1 }
            if placement.region == .unknown { report.withoutRegion.append(placement.visit) }
        }
    }

    // MARK: Records

    /// The records of a visit, its exposures and detectors as they shall be.
    private func records(_ placement: VisitPlacement, _ changes: RecordChanges) throws -> [DimensionRecord] {
        let key: [String: DimensionRecord.FieldValue] = [
            "instrument": .string(instrument), "visit": .int(placement.visit),
        ]
        guard let visit = try changes.records(of: "visit", matching: key).first else {
            throw ButlerError(
                .dataIDValue,
                "\(instrument) has no visit \(placement.visit).",
                remedy: "Define it with \"steward define-visits\"."
            )
        }
        let detectors = try placement.detectors.sorted { $0.key < $1.key }.map { number, place in
            try InstrumentDefinition.record(
                "visit_detector_region",
                key.merging(["detector": .int(number), "region": Self.field(place)]) { $1 },
                butler.universe
            )
        }
        let region = try placement.region.map(Self.field) ?? hull(detectors, key, changes)
        var records = try placement.pointing.map { try exposures(key, $0, changes) } ?? []
        if let region { records.append(visit.replacing(["region": region])) }
        return records + detectors
    }

    private static func field(_ place: VisitPlacement.Place) -> DimensionRecord.FieldValue {
        switch place {
        case .region(let region): .region(region)
        case .unknown: .null
        }
    }

    /// The exposures of a visit with another boresight.
    private func exposures(
        _ key: [String: DimensionRecord.FieldValue],
        _ pointing: Pointing,
        _ changes: RecordChanges
    ) throws -> [DimensionRecord] {
        let members = try changes.records(of: "visit_definition", matching: key)
        return try members.flatMap { member in
            try changes.records(
                of: "exposure",
                matching: ["instrument": .string(instrument), "exposure": member["exposure"] ?? .null]
            )
        }.map {
            $0.replacing([
                "tracking_ra": .real(pointing.rightAscension), "tracking_dec": .real(pointing.declination),
                "sky_angle": .real(pointing.skyAngle),
            ])
        }
    }

    /// The hull of all detectors of a visit, those that are not given as they are stored; nil without given ones.
    private func hull(
        _ given: [DimensionRecord],
        _ key: [String: DimensionRecord.FieldValue],
        _ changes: RecordChanges
    ) throws -> DimensionRecord.FieldValue? {
        guard !given.isEmpty else { return nil }
        let replaced = Set(given.map { $0["detector"] })
        let others = try changes.records(of: "visit_detector_region", matching: key).filter {
            !replaced.contains($0["detector"])
        }
        let points = try (given + others).compactMap(\.region).flatMap { try $0.hullPoints() }
        return points.isEmpty ? .null : .region(.polygon(try ConvexPolygon(hullOf: points)))
    }
}

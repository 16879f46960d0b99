public import Steward
internal import StewardCore

/// Finds visits and exposures of a repository that cannot be found on the sky.
public struct VisitCheck: Sendable {
    /// Something that is not as it should be.
    public struct Finding: Hashable, Sendable {
        /// What it is.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// A visit has no region: its pointing is not known or not trusted.
            case noRegion = "no-region"
            /// A visit lacks regions of detectors.
            case detectorRegions = "detector-regions"
            /// An exposure on the sky with a known pointing has no visit.
            case noVisit = "no-visit"
        }

        /// What it is.
        public let kind: Kind
        /// Number of the visit or exposure.
        public let id: Int64
        /// Name of the visit, or label of the exposure.
        public let name: String
    }

    private let butler: Butler
    private let instrument: String

    /// Prepares a check of one instrument.
    public init(_ butler: Butler, instrument: String) {
        self.butler = butler
        self.instrument = instrument
    }

    /// Looks at all visits and exposures.
    ///
    /// - Returns: What was found: visits, then exposures, by number.
    /// - Throws: Database errors.
    public func run() async throws -> [Finding] {
        let detectors = try await butler.records(of: "detector").count {
            $0["instrument"]?.dimensionValue?.string == instrument
        }
        let visits = try await records("visit").compactMap { record in
            record["visit"]?.dimensionValue?.int.map { (id: $0, record: record) }
        }.sorted { $0.id < $1.id }
        let counts = try await butler.detectorRegionCounts(visits.map(\.id), of: instrument)
        var findings = visits.compactMap { visit -> Finding? in
            let name = visit.record["name"]?.dimensionValue?.string ?? ""
            if visit.record.region == nil { return Finding(kind: .noRegion, id: visit.id, name: name) }
            return counts[visit.id] ?? 0 < detectors
                ? Finding(kind: .detectorRegions, id: visit.id, name: name) : nil
        }
        let visited = Set(try await records("visit_definition").compactMap { $0["exposure"]?.dimensionValue?.int })
        let exposures = try await records("exposure").compactMap { ExposureSummary($0) }.sorted { $0.id < $1.id }
        for exposure in VisitCandidates(exposures).usable where !visited.contains(exposure.id) {
            findings.append(Finding(kind: .noVisit, id: exposure.id, name: exposure.obsID))
        }
        return findings
    }

    private func records(_ element: String) async throws -> [DimensionRecord] {
        try await butler.queryDimensionRecords(
            element,
            where: "instrument = owner",
            binds: ["owner": .value(.string(instrument))]
        )
    }
}

extension Butler {
    /// Visits that are asked for in one query.
    private static let visitsPerQuery = 64

    /// How many detectors of each visit have a region; visits without any are left out.
    func detectorRegionCounts(_ visits: [Int64], of instrument: String) async throws -> [Int64: Int] {
        var counts: [Int64: Int] = [:]
        for start in stride(from: 0, to: visits.count, by: Self.visitsPerQuery) {
            let some = visits[start..<min(start + Self.visitsPerQuery, visits.count)]
            let regions = try await queryDimensionRecords(
                "visit_detector_region",
                where: "instrument = owner AND visit IN (some_visits)",
                binds: ["owner": .value(.string(instrument)), "some_visits": .list(some.map { .int($0) })]
            )
            for record in regions where record.region != nil {
                if let visit = record["visit"]?.dimensionValue?.int { counts[visit, default: 0] += 1 }
            }
        }
        return counts
    }
}

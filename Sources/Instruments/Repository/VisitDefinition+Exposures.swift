internal import Dimensions
internal import Steward
internal import StewardCore

extension VisitDefinition {
    /// The exposures that visits are made of; those that make none become remarks.
    func exposures(_ grouping: VisitGrouping, _ report: inout Report) async throws -> [ExposureSummary] {
        let records = try await exposureRecords(options.condition)
        var usable = try candidates(records, &report)
        if options.skipsVisited {
            let visited = try await visitedExposures()
            let fresh = usable.filter { !visited.contains($0.id) }
            report.filtered = usable.count - fresh.count
            usable = fresh
        }
        guard options.isIncremental, grouping != .oneToOne, !usable.isEmpty else { return usable }
        return try await completed(usable, grouping)
    }

    /// Numbers of exposures whose pointing is not to be trusted.
    func unreliableExposures() async throws -> Set<Int64> {
        guard !options.unreliable.isEmpty else { return [] }
        let records = try await exposureRecords(options.unreliable)
        return Set(records.compactMap { $0["exposure"]?.dimensionValue?.int })
    }

    private func candidates(_ records: [DimensionRecord], _ report: inout Report) throws -> [ExposureSummary] {
        let summaries = records.compactMap { record -> ExposureSummary? in
            let summary = ExposureSummary(record)
            if summary == nil {
                let label = record["obs_id"]?.dimensionValue?.string ?? "exposure"
                report.remarks.append("\(label): its time is not known")
            }
            return summary
        }
        let candidates = candidates(summaries.sorted { $0.id < $1.id })
        report.remarks += candidates.rejected.map { "\($0.exposure.obsID): \($0.reason)" }
        if options.refusesUnusable, let first = report.remarks.first {
            throw ButlerError(
                .invalidArgument,
                "\(report.remarks.count) exposures make no visit; the first one is \(first).",
                remedy: "Choose exposures with --where, or drop ignoreNonScienceExposures from the configuration."
            )
        }
        return candidates.usable
    }

    private func candidates(_ exposures: [ExposureSummary]) -> VisitCandidates {
        VisitCandidates(exposures, keepsUnpointed: options.keepsUnpointed)
    }

    private func exposureRecords(
        _ condition: String,
        _ binds: [String: BindValue] = [:]
    ) async throws -> [DimensionRecord] {
        try await butler.queryDimensionRecords(
            "exposure",
            where: condition.isEmpty ? "instrument = owner" : "instrument = owner AND (\(condition))",
            binds: binds.merging(["owner": .value(.string(definition.name))]) { $1 }
        )
    }

    /// The exposures that have any visit, or where regions are to be completed, a visit with all of them.
    private func visitedExposures() async throws -> Set<Int64> {
        let records = try await butler.queryDimensionRecords(
            "visit_definition",
            where: "instrument = owner",
            binds: ["owner": .value(.string(definition.name))]
        )
        let pairs = records.compactMap { record -> (visit: Int64, exposure: Int64)? in
            guard let visit = record["visit"]?.dimensionValue?.int,
                let exposure = record["exposure"]?.dimensionValue?.int
            else { return nil }
            return (visit, exposure)
        }
        guard options.completesRegions else { return Set(pairs.map(\.exposure)) }
        let complete = try await completeVisits(Set(pairs.map(\.visit)))
        return Set(pairs.filter { complete.contains($0.visit) }.map(\.exposure))
    }

    /// Those of some visits that have a region of each detector in the repository.
    private func completeVisits(_ visits: Set<Int64>) async throws -> Set<Int64> {
        let detectors = try await butler.records(of: "detector").count {
            $0["instrument"]?.dimensionValue?.string == definition.name
        }
        let counts = try await butler.detectorRegionCounts(visits.sorted(), of: definition.name)
        return Set(counts.filter { $0.value == detectors }.keys)
    }

    private enum GroupKey: Hashable {
        case counter(Int64, Int64?, Int64?)
        case group(String)

        init(_ exposure: ExposureSummary, _ grouping: VisitGrouping) {
            self =
                grouping == .byGroupMetadata
                ? .group(exposure.group) : .counter(exposure.dayObs, exposure.seqStart, exposure.seqEnd)
        }
    }

    /// The exposures with all others of their groups that the repository has: of sequences those of the same days.
    func completed(_ exposures: [ExposureSummary], _ grouping: VisitGrouping) async throws -> [ExposureSummary] {
        let keys = Set(exposures.map { GroupKey($0, grouping) })
        let known = Set(exposures.map(\.id))
        let records = try await relatives(of: exposures, grouping)
        let further = candidates(records.compactMap { ExposureSummary($0) }).usable.filter {
            !known.contains($0.id) && keys.contains(GroupKey($0, grouping))
        }
        return (exposures + further).sorted { $0.id < $1.id }
    }

    private func relatives(of exposures: [ExposureSummary], _ grouping: VisitGrouping) async throws -> [DimensionRecord]
    {
        guard grouping == .byGroupMetadata else {
            let days = Set(exposures.map(\.dayObs)).sorted().map(String.init).joined(separator: ", ")
            return try await exposureRecords("exposure.day_obs IN (\(days))")
        }
        let hasGroups = butler.universe.find("group") != nil
        let groups = Set(exposures.map(\.group)).sorted()
        var records: [DimensionRecord] = []
        for start in stride(from: 0, to: groups.count, by: 500) {
            let some = groups[start..<min(start + 500, groups.count)]
            records += try await exposureRecords(
                hasGroups ? "exposure.group IN (some_groups)" : "exposure.group_name IN (some_groups)",
                ["some_groups": .list(some.map { .string($0) })]
            )
        }
        return records
    }
}

internal import Dimensions
internal import Steward
internal import StewardCore

extension VisitDefinition {
    /// The exposures that visits are made of; those that make none become remarks.
    func exposures(_ grouping: VisitGrouping, _ report: inout Report) async throws -> [ExposureSummary] {
        let records = try await exposureRecords(options.condition)
        var usable = candidates(records, &report)
        if options.skipsVisited {
            let visited = try await visitedExposures()
            let fresh = usable.filter { !visited.contains($0.id) }
            report.filtered = usable.count - fresh.count
            usable = fresh
        }
        guard options.isIncremental, grouping != .oneToOne, !usable.isEmpty else { return usable }
        return try await completed(usable, grouping)
    }

    private func candidates(_ records: [DimensionRecord], _ report: inout Report) -> [ExposureSummary] {
        let summaries = records.compactMap { record -> ExposureSummary? in
            let summary = ExposureSummary(record)
            if summary == nil {
                let label = record["obs_id"]?.dimensionValue?.string ?? "exposure"
                report.remarks.append("\(label): its time is not known")
            }
            return summary
        }
        let candidates = VisitCandidates(summaries.sorted { $0.id < $1.id })
        report.remarks += candidates.rejected.map { "\($0.exposure.obsID): \($0.reason)" }
        return candidates.usable
    }

    private func exposureRecords(_ condition: String) async throws -> [DimensionRecord] {
        try await butler.queryDimensionRecords(
            "exposure",
            where: condition.isEmpty ? "instrument = owner" : "instrument = owner AND (\(condition))",
            binds: ["owner": .value(.string(definition.name))]
        )
    }

    /// The exposures that have any visit.
    private func visitedExposures() async throws -> Set<Int64> {
        let records = try await butler.queryDimensionRecords(
            "visit_definition",
            where: "instrument = owner",
            binds: ["owner": .value(.string(definition.name))]
        )
        return Set(records.compactMap { $0["exposure"]?.dimensionValue?.int })
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

    /// The exposures with all others of their groups that the repository has from the same days.
    private func completed(
        _ exposures: [ExposureSummary],
        _ grouping: VisitGrouping
    ) async throws -> [ExposureSummary] {
        let keys = Set(exposures.map { GroupKey($0, grouping) })
        let days = Set(exposures.map(\.dayObs)).sorted().map(String.init).joined(separator: ", ")
        let all = VisitCandidates(
            try await exposureRecords("exposure.day_obs IN (\(days))").compactMap { ExposureSummary($0) }
        ).usable
        let known = Set(exposures.map(\.id))
        let further = all.filter { !known.contains($0.id) && keys.contains(GroupKey($0, grouping)) }
        return (exposures + further).sorted { $0.id < $1.id }
    }
}

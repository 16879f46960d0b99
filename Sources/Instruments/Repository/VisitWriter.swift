internal import Dimensions
internal import Steward
internal import StewardCore

/// Writes visits into a repository, beside others that may do the same.
struct VisitWriter: Sendable {
    let butler: Butler
    let definition: InstrumentDefinition
    let options: VisitDefinition.Options
    let grouping: VisitGrouping
    let footprints: ExposureFootprints
    /// Numbers of exposures whose pointing is not to be trusted.
    let unreliable: Set<Int64>

    /// Attempts at one visit that others change at the same time.
    private static let attempts = 5

    /// The visit has exposures in the repository that were not known when it was computed.
    private struct Outdated: Error {}

    /// The rows of a visit; without regions if the pointing of one of its exposures is of no use.
    ///
    /// The camera is that at the time of the first exposure.
    func rows(of visit: Visit) async throws -> VisitRows {
        let pointings = visit.exposures.compactMap { unreliable.contains($0.id) ? nil : Pointing($0) }
        var regions: VisitRegions?
        if let first = visit.exposures.first, pointings.count == visit.exposures.count {
            regions = try await footprints.footprint(of: first).regions(
                pointings,
                mergesExposures: options.mergesExposures ?? definition.visits.mergesExposures
            )
        }
        return try VisitRows(visit, regions, definition.name, butler.universe)
    }

    /// Writes visits in one transaction, or one by one where that fails.
    ///
    /// - Parameter visits: Visits of different numbers.
    /// - Returns: What became of each.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition`; the visits before that one are written then.
    func write(_ visits: [VisitRows]) async throws -> [VisitDefinition.Outcome] {
        // Some are written together unless two have the same number, as names of groups can give.
        if visits.count > 1, Set(visits.map(\.id)).count == visits.count {
            do {
                return try await butler.changeRecords { try define(visits, $0) }
            } catch let error where Self.isConflict(error) {
                // One of them is the reason; the others are written.
            }
        }
        var outcomes: [VisitDefinition.Outcome] = []
        for visit in visits { outcomes.append(try await write(visit)) }
        return outcomes
    }

    /// Writes one visit, again if another process has made or extended it in the meantime.
    private func write(_ visit: VisitRows) async throws -> VisitDefinition.Outcome {
        var rows = visit
        for _ in 1..<Self.attempts {
            do {
                return try await attempt(rows)
            } catch is Outdated {
                rows = try await recomputed(rows)
            } catch let error as ButlerError where error.code == .conflictingDefinition {
                guard try await butler.differences([rows.visit]) != [nil] else { continue }
                return try await attempt(rows)
            }
        }
        return try await attempt(rows)
    }

    private func attempt(_ rows: VisitRows) async throws -> VisitDefinition.Outcome {
        try await butler.changeRecords { try define([rows], $0) }[0]
    }

    private static func isConflict(_ error: any Error) -> Bool {
        error is Outdated || (error as? ButlerError)?.code == .conflictingDefinition
    }

    private func recomputed(_ rows: VisitRows) async throws -> VisitRows {
        let source = VisitDefinition(butler, definition, options: options)
        let exposures = try await source.completed(rows.exposures, grouping)
        let plan = try grouping.visits(of: exposures, numbering: definition.groupNumbering)
        guard let visit = plan.visits.first(where: { $0.id == rows.id }) else { return rows }
        return try await self.rows(of: visit)
    }

    // MARK: In a transaction

    private func define(_ visits: [VisitRows], _ changes: RecordChanges) throws -> [VisitDefinition.Outcome] {
        let stored = try changes.differences(visits.map(\.visit))
        let new = zip(visits, stored).filter { $0.1 == nil }.map(\.0)
        let made = new.isEmpty ? [] : try insert(new, changes)
        return try zip(visits, stored).map { rows, differences in
            guard let differences else { return made.contains(rows.id) ? .inserted : .unchanged }
            return try change(rows, differences, changes)
        }
    }

    /// Inserts visits and what belongs to them; those that another process has just made belong to it.
    private func insert(_ visits: [VisitRows], _ changes: RecordChanges) throws -> Set<Int64> {
        let outcomes = try changes.sync(visits.map(\.visit))
        let own = zip(visits, outcomes).filter { $0.1 == .inserted }.map(\.0)
        try changes.insert(own.flatMap { $0.members + $0.detectors })
        return Set(own.map(\.id))
    }

    private func change(
        _ rows: VisitRows,
        _ stored: [FieldDifference],
        _ changes: RecordChanges
    ) throws -> VisitDefinition.Outcome {
        let kept = stored.filter { $0.isUnknownRegion || !options.comparesStrictly && $0.isRounding }
        let real = stored.filter { !kept.contains($0) }
        let visit = rows.visit.keepingStored(kept)
        if options.updatesRecords {
            try changes.insert([visit] + rows.detectors, onExisting: .replace)
            return .updated
        }
        if options.isIncremental { return try extend(rows, visit, real, changes) }
        if real.isEmpty { return try complete(rows, changes) }
        if options.skipsConflicts { return .conflicting }
        throw ButlerError(
            .conflictingDefinition,
            "Visit \(rows.id) (\(rows.name)) is in the repository with other values.",
            remedy: "Take the new ones with --update-records, or leave such visits out with --skip-conflicting.",
            context: real.map { .init("field", $0.description) }
        )
    }

    /// Changes a visit that got further exposures; its systems stay.
    ///
    /// The visit's row is changed first: another process that extends the same visit waits for that, and what it added
    /// before is seen after it.
    private func extend(
        _ rows: VisitRows,
        _ visit: DimensionRecord,
        _ real: [FieldDifference],
        _ changes: RecordChanges
    ) throws -> VisitDefinition.Outcome {
        if !real.isEmpty { try changes.sync([visit], updating: true) }
        let members = try changes.records(
            of: "visit_definition",
            matching: ["instrument": .string(definition.name), "visit": .int(rows.id)]
        )
        let known = Set(members.compactMap { $0["exposure"]?.dimensionValue?.int })
        guard known.isSubset(of: rows.exposures.map(\.id)) else {
            guard !real.isEmpty else { return try complete(rows, changes) }
            throw Outdated()
        }
        let missing = zip(rows.exposures, rows.definitions).filter { !known.contains($0.0.id) }.map(\.1)
        guard !real.isEmpty || !missing.isEmpty else { return try complete(rows, changes) }
        try changes.sync(missing)
        guard real.contains(where: { $0.field == "region" }) else { return .partiallyUpdated }
        try changes.insert(rows.detectors, onExisting: .replace)
        return .updated
    }

    /// Leaves a visit as it is, but for regions of detectors that it lacks if they are wanted.
    private func complete(_ rows: VisitRows, _ changes: RecordChanges) throws -> VisitDefinition.Outcome {
        guard options.completesRegions, !rows.detectors.isEmpty else { return .unchanged }
        guard try changes.differences(rows.detectors).contains(where: { $0 == nil }) else { return .unchanged }
        try changes.insert(rows.detectors, onExisting: .replace)
        return .partiallyUpdated
    }
}

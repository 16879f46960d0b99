public import Databases
public import Dimensions
public import Queries
internal import Registry
internal import StewardCore

extension QueryEngine {
    /// Counts the rows of a result.
    ///
    /// - Parameters:
    ///   - tree: Which rows there are.
    ///   - spec: What they show; its limit caps the count.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - exact: Whether overlaps of regions are tested exactly; otherwise the count is an upper bound.
    ///   - discard: Whether all rows may be fetched and dropped where that is needed to be exact.
    ///   - connection: Where to read.
    /// - Returns: The number of rows.
    /// - Throws: ``ButlerError`` as in ``execute(_:_:defaults:on:_:)``; `.invalidQuery` where rows must be fetched and
    ///   may not.
    public func count(
        _ tree: QueryTree,
        _ spec: ResultSpec,
        defaults: [String: DimensionValue] = [:],
        exact: Bool = true,
        discard: Bool = false,
        on connection: any Connection
    ) throws -> Int {
        try spec.validate(for: tree)
        var counted = spec
        counted.order = []
        counted.withRecords = false
        let analysis = try analyse(tree, defaults, on: connection)
        try analysis.checkPixels()
        guard !analysis.isDoomed else { return 0 }
        let plan = try plan(analysis, counted, testsRegions: exact, on: connection)
        if let sql = plan.countSQL {
            let count = Int(try connection.integer(sql) ?? 0)
            return spec.limit.map { min($0, count) } ?? count
        }
        guard discard || plan.filter.tests.isEmpty else {
            throw ButlerError(
                .invalidQuery,
                "The rows cannot be counted exactly without fetching them, since regions have to be compared.",
                remedy: "Allow that rows are fetched and discarded, or ask for an upper bound."
            )
        }
        var count = 0
        try rows(of: plan, on: connection) { _, rows in
            count += rows.count
            return true
        }
        return count
    }

    /// Whether a query has any rows, whatever they show.
    ///
    /// - Parameters:
    ///   - tree: Which rows there are.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - execute: Whether to ask the database; otherwise the answer is whether the query is not known to be empty.
    ///   - exact: Whether overlaps of regions are tested exactly.
    ///   - connection: Where to read.
    /// - Returns: Whether there are rows.
    /// - Throws: ``ButlerError`` as in ``execute(_:_:defaults:on:_:)``; `.invalidQuery` for an exact answer without asking.
    public func any(
        _ tree: QueryTree,
        defaults: [String: DimensionValue] = [:],
        execute: Bool = true,
        exact: Bool = true,
        on connection: any Connection
    ) throws -> Bool {
        let analysis = try analyse(tree, defaults, on: connection)
        try analysis.checkPixels()
        guard !analysis.isDoomed else { return false }
        guard execute else {
            guard !exact else {
                throw ButlerError(.invalidQuery, "An exact answer cannot be had without asking the database.")
            }
            return true
        }
        let spec = ResultSpec(.dataIDs(tree.dimensions), limit: 1)
        var found = false
        try rows(of: try plan(analysis, spec, testsRegions: exact, on: connection), on: connection) { _, _ in
            found = true
            return false
        }
        return found
    }

    /// Reasons why a query has no rows, as far as they follow from collections and constraints.
    ///
    /// - Parameters:
    ///   - tree: The query.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - connection: Where to read.
    /// - Returns: One sentence for each reason; possibly none.
    /// - Throws: ``ButlerError`` as in ``execute(_:_:defaults:on:_:)``.
    public func emptyReasons(
        _ tree: QueryTree,
        defaults: [String: DimensionValue] = [:],
        on connection: any Connection
    ) throws -> [String] {
        let analysis = try analyse(tree, defaults, on: connection)
        guard analysis.messages.isEmpty else { return analysis.messages }
        return try registry.universe.governors.compactMap { governor in
            guard let wanted = analysis.dataID[governor.name]?.dimensionValue else { return nil }
            let known = try registry.dimensions.all(of: governor, on: connection).records.compactMap {
                $0.values.first?.dimensionValue
            }
            guard !known.contains(wanted) else { return nil }
            let names = known.map { "'\($0)'" }.sorted().joined(separator: ", ")
            return "There is no \(governor.name) '\(wanted)', only \(names.isEmpty ? "none" : names)."
        }
    }
}

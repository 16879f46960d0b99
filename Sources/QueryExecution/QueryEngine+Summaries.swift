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

    /// How a query would be answered: tree, joins, SQL and what is done with the rows.
    ///
    /// - Parameters:
    ///   - tree: Which rows there are.
    ///   - spec: What they show.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - connection: Where to read collections and summaries.
    /// - Returns: Text of several lines.
    /// - Throws: ``ButlerError`` as in ``execute(_:_:defaults:on:_:)``.
    public func explain(
        _ tree: QueryTree,
        _ spec: ResultSpec,
        defaults: [String: DimensionValue] = [:],
        on connection: any Connection
    ) throws -> String {
        try spec.validate(for: tree)
        let analysis = try analyse(tree, defaults, on: connection)
        var lines = ["query", Self.indented("\(tree)")]
        if !analysis.messages.isEmpty {
            lines += ["no rows", Self.indented(analysis.messages.joined(separator: "\n"))]
        }
        guard !analysis.isDoomed else { return lines.joined(separator: "\n") }
        let plan = try plan(analysis, spec, on: connection)
        lines += ["joins", Self.indented(plan.joins.tables.items.map(\.label).joined(separator: "\n"))]
        let rendered = plan.sql.rendered(for: connection.dialect)
        lines += ["sql", Self.indented(rendered.text)]
        if !rendered.values.isEmpty {
            lines += ["values", Self.indented(rendered.values.map(\.description).joined(separator: ", "))]
        }
        let filters = plan.filter.descriptions
        if !filters.isEmpty { lines += ["filters", Self.indented(filters.joined(separator: "\n"))] }
        return lines.joined(separator: "\n")
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n")
    }
}

extension RowFilter {
    /// What is done with the rows, a line for each step.
    fileprivate var descriptions: [String] {
        var lines: [String] = []
        if !tests.isEmpty {
            lines.append("exact overlap of \(tests.count) pair\(tests.count == 1 ? "" : "s") of regions")
        }
        if rank != nil {
            lines.append("for each key only rows of the first collection that has any")
        } else if keys != nil {
            lines.append("one row for each key")
        }
        if refusesAmbiguity { lines.append("an error if several validity ranges match one key") }
        return lines
    }
}

public import Databases
internal import Datasets
public import Dimensions
public import Queries
internal import Registry
internal import StewardCore

extension QueryEngine {
    /// How a query would be answered: what is searched, joins, SQL and what is done with the rows.
    ///
    /// The statement that answers the query is not run; those for collections, summaries and sizes are.
    ///
    /// - Parameters:
    ///   - query: The query and what its rows show.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - connection: Where to read collections and summaries.
    /// - Returns: The plan.
    /// - Throws: ``ButlerError`` as in ``execute(_:_:defaults:on:_:)``.
    public func explain(
        _ query: RowQuery,
        defaults: [String: DimensionValue] = [:],
        on connection: any Connection
    ) throws -> QueryPlan {
        try query.spec.validate(for: query.tree)
        let analysis = try analyse(query.tree, defaults, on: connection)
        let searches = query.tree.searches.compactMap { analysis.searches[$0.datasetType].map(QueryPlan.Search.init) }
        guard !analysis.isDoomed else {
            return QueryPlan(query: query, searches: searches, reasons: analysis.messages)
        }
        let plan = try plan(analysis, query.spec, on: connection)
        let tables = plan.joins.tables
        let rendered = plan.sql.rendered(for: connection.dialect)
        return QueryPlan(
            query: query,
            searches: searches,
            reasons: analysis.messages,
            joins: tables.items.map { item in
                .init(table: item.label, rows: tables.isOrdered ? Int(exactly: item.size.rounded()) : nil)
            },
            isOrderFixed: tables.isOrdered,
            sql: rendered.text,
            binds: rendered.values.map(\.shown),
            steps: plan.steps(analysis)
        )
    }
}

extension QueryPlan.Search {
    fileprivate init(_ search: ResolvedSearch) {
        self.init(
            datasetType: search.type.type.name,
            collections: search.collections.map(\.name),
            leftOut: search.leftOut.map { .init(collection: $0.collection.name, reasons: $0.reasons) }
        )
    }
}

extension SelectPlan {
    /// What is done with the rows of the statement, a line for each step.
    fileprivate func steps(_ analysis: QueryAnalysis) -> [String] {
        var lines = late.map { source in
            let columns = source.lookUp.columns.map(\.name).joined(separator: ", ")
            return "\(columns) of \(source.lookUp.element.name) looked up by key, once each"
        }
        if !filter.tests.isEmpty {
            let pairs = analysis.overlaps.regionPairs.map { "\($0.name).region with \($1.name).region" }
            let given = analysis.overlaps.regionConstraints.map { "\($0.0.name).region with a given region" }
            lines += (pairs + given).map { "exact overlap of \($0)" }
        }
        if filter.rank != nil {
            lines.append("for each data ID only rows of the first collection that has any")
        } else if filter.keys != nil {
            lines.append("one row for each data ID")
        }
        if filter.refusesAmbiguity { lines.append("an error if several validity ranges match one data ID") }
        if let limit, !filter.isTrivial { lines.append("at most \(limit) of what is left") }
        let known = layout.records.filter { $0.memory != nil }.map(\.element.name)
        if !known.isEmpty { lines.append("records of \(known.joined(separator: ", ")) from memory") }
        return lines
    }
}

extension SQLValue {
    /// The value for people and programs; bytes in hexadecimal digits.
    fileprivate var shown: JSONValue {
        switch self {
        case .null: .null
        case .int(let value): .int(value)
        case .real(let value): .double(value)
        case .text(let value): .string(value)
        case .blob(let value): .string(Hexadecimal.encode(value))
        case .uuid(let value): .string(value.dashed)
        case .bool(let value): .bool(value)
        }
    }
}

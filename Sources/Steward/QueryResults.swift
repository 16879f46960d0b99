internal import QueryExecution
internal import StewardCore

/// What one row of a query's result is.
public protocol QueryRow: Sendable {
    /// Whether a result has rows of this type.
    static func fits(_ rows: ResultSpec.Rows) -> Bool

    /// The rows of a page of a result that fits.
    static func rows(of page: ResultPage) -> [Self]
}

/// The rows of a query, which are fetched when they are asked for.
///
/// A value; each method that says how rows shall be returns a changed copy. Names in conditions and orders mean what the
/// rows have: fields of the elements of the row's dimensions, and of the row's dataset types.
public struct QueryResults<Row: QueryRow>: Sendable {
    let butler: Butler
    /// Which rows there are, and what they show.
    public private(set) var query: RowQuery

    init(_ butler: Butler, _ query: RowQuery) {
        self.butler = butler
        self.query = query
    }

    // MARK: How rows shall be

    /// The result with one more condition.
    ///
    /// - Parameters:
    ///   - text: Expression of the `where` language; blank is no condition.
    ///   - binds: What names in the expression stand for.
    /// - Returns: The changed result.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func filtered(where text: String, binds: [String: BindValue] = [:]) throws -> QueryResults {
        QueryResults(butler, try query.filtered(by: text, binds: binds))
    }

    /// The result with rows of given dimension values only.
    ///
    /// - Parameter dataID: Values by dimension name; they must have the types of the dimensions' keys.
    /// - Returns: The changed result.
    /// - Throws: ``ButlerError`` with `.dimensionName` or `.invalidQuery`.
    public func filtered(dataID: [String: LiteralValue]) throws -> QueryResults {
        QueryResults(butler, try query.filtered(dataID: dataID))
    }

    /// The result sorted, instead of in any order that it had.
    ///
    /// - Parameter terms: Names, with `-` in front for descending order.
    /// - Returns: The changed result.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func ordered(by terms: [String]) throws -> QueryResults {
        QueryResults(butler, try query.ordered(by: terms))
    }

    /// The result with at most so many rows; nil for all.
    public func limited(to limit: Int?) -> QueryResults {
        QueryResults(butler, query.limited(to: limit))
    }

    /// The result whose data IDs come with the records of all their elements.
    public func withRecords() -> QueryResults {
        QueryResults(butler, query.withRecords())
    }

    // MARK: Answers

    /// All rows.
    ///
    /// - Returns: The rows; without an order in any.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.missingDatasetType`, `.invalidQuery`,
    ///   `.unimplementedQuery`, `.calibrationLookup`; database errors.
    public func all() async throws -> [Row] {
        try await reducePages(into: []) { rows, page in
            rows += page
            return true
        }
    }

    /// Goes through the rows page by page, so that not all are in memory at once.
    ///
    /// All pages come from one state of the database, which is read from as long as this takes. Some questions need all
    /// candidates in memory, in a compact form: the first datasets of several collections, ambiguous calibrations, and
    /// exact overlaps of regions whose elements the rows do not show.
    ///
    /// - Parameters:
    ///   - initial: A value to begin with.
    ///   - body: Takes the value, which it may change, and some rows, at least one; says whether to go on.
    /// - Returns: The value at the end.
    /// - Throws: As ``all()``, and what the body throws.
    public func reducePages<Value: Sendable>(
        into initial: Value,
        _ body: @Sendable (inout Value, [Row]) throws -> Bool
    ) async throws -> Value {
        try await butler.reducePages(of: [self], into: initial, body)
    }

    /// How many rows there are.
    ///
    /// - Parameters:
    ///   - exact: Whether overlaps of regions are tested exactly; otherwise the count is an upper bound.
    ///   - discard: Whether all rows may be fetched and dropped where that is needed to be exact.
    /// - Returns: The number of rows, at most the limit.
    /// - Throws: ``ButlerError`` with `.invalidQuery` where rows must be fetched and may not, else as ``all()``.
    public func count(exact: Bool = true, discard: Bool = false) async throws -> Int {
        try await butler.read { [butler, query] connection in
            try butler.engine.count(
                query.tree,
                query.spec,
                defaults: butler.defaults.dataID,
                exact: exact,
                discard: discard,
                on: connection
            )
        }
    }

    /// Whether there are any rows; whether the first collection has them does not matter.
    ///
    /// - Parameters:
    ///   - execute: Whether to ask the database; otherwise the answer is whether the result is not known to be empty.
    ///   - exact: Whether overlaps of regions are tested exactly.
    /// - Returns: Whether there are rows.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for an exact answer without asking, else as ``all()``.
    public func any(execute: Bool = true, exact: Bool = true) async throws -> Bool {
        try await Query(butler, query.tree).any(execute: execute, exact: exact)
    }

    /// Reasons why there are no rows, as far as they follow from collections and constraints.
    ///
    /// - Returns: One sentence for each reason; possibly none.
    /// - Throws: As ``all()``.
    public func emptyReasons() async throws -> [String] {
        try await butler.read { [butler, query] in
            try butler.engine.emptyReasons(query.tree, defaults: butler.defaults.dataID, on: $0)
        }
    }

    /// How the rows would be found: searched collections, joins, SQL and what is done with the rows; finds none.
    ///
    /// - Returns: The plan.
    /// - Throws: As ``all()``.
    public func explain() async throws -> QueryPlan {
        try await butler.read { [butler, query] in
            try butler.engine.explain(query, defaults: butler.defaults.dataID, on: $0)
        }
    }
}

extension QueryResults<DatasetRef> {
    /// The data IDs for which there are datasets, each once.
    ///
    /// - Returns: The result, without order and limit.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func dataIDs() throws -> QueryResults<DataCoordinate> {
        QueryResults<DataCoordinate>(butler, try query.tree.dataIDs(query.spec.dimensions(in: butler.universe)))
    }
}

extension Butler {
    /// Goes through the rows of several results of this butler, one result after the other, page by page.
    ///
    /// - Parameters:
    ///   - results: The results.
    ///   - limit: Most rows of all together; nil for no other limits than the results' own.
    ///   - initial: A value to begin with.
    ///   - body: Takes the value, which it may change, and some rows of one result, at least one; says whether to go on.
    /// - Returns: The value at the end.
    /// - Throws: As ``QueryResults/all()``, and what the body throws.
    public func reducePages<Row, Value: Sendable>(
        of results: [QueryResults<Row>],
        limit: Int? = nil,
        into initial: Value,
        _ body: @Sendable (inout Value, [Row]) throws -> Bool
    ) async throws -> Value {
        try ResultSpec.check(limit: limit)
        return try await read { connection in
            var value = initial
            var left = limit ?? .max
            var goesOn = true
            for result in results where goesOn && left > 0 {
                var spec = result.query.spec
                if left < .max { spec.limit = min(left, spec.limit ?? .max) }
                try self.engine.execute(result.query.tree, spec, defaults: self.defaults.dataID, on: connection) {
                    page in
                    let rows = Row.rows(of: page)
                    left -= rows.count
                    goesOn = try body(&value, rows)
                    return goesOn
                }
            }
            return value
        }
    }
}

// MARK: Kinds of rows

/// One row of a result with any columns.
public struct GeneralRow: QueryRow, Hashable {
    /// Names of the columns: `dimension`, `element.field`, `type.field`.
    public let columns: [String]
    /// The values in the order of the columns.
    public let values: [ResultValue]

    /// The value of a column; nil if there is no such column.
    public subscript(column: String) -> ResultValue? {
        columns.firstIndex(of: column).map { values[$0] }
    }

    /// Whether a result has rows of this type.
    public static func fits(_ rows: ResultSpec.Rows) -> Bool {
        if case .general = rows { true } else { false }
    }

    /// The rows of a page of a general result.
    public static func rows(of page: ResultPage) -> [GeneralRow] {
        guard case .general(let general) = page else { return [] }
        return general.rows.map { GeneralRow(columns: general.columns, values: $0) }
    }
}

extension DataCoordinate: QueryRow {
    /// Whether a result has data IDs.
    public static func fits(_ rows: ResultSpec.Rows) -> Bool {
        if case .dataIDs = rows { true } else { false }
    }

    /// The data IDs of a page.
    public static func rows(of page: ResultPage) -> [DataCoordinate] {
        if case .dataIDs(let rows) = page { rows } else { [] }
    }
}

extension DimensionRecord: QueryRow {
    /// Whether a result has records.
    public static func fits(_ rows: ResultSpec.Rows) -> Bool {
        if case .records = rows { true } else { false }
    }

    /// The records of a page.
    public static func rows(of page: ResultPage) -> [DimensionRecord] {
        if case .records(let rows) = page { rows } else { [] }
    }
}

extension DatasetRef: QueryRow {
    /// Whether a result has datasets.
    public static func fits(_ rows: ResultSpec.Rows) -> Bool {
        if case .datasets = rows { true } else { false }
    }

    /// The datasets of a page.
    public static func rows(of page: ResultPage) -> [DatasetRef] {
        if case .datasets(let rows) = page { rows } else { [] }
    }
}

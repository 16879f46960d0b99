internal import QueryExecution
public import StewardCore

extension Query {
    /// The query in the reference's JSON form: `tree`, and `additional_query_inputs` with the rows of joined tables.
    public var json: JSONValue {
        let keys = tree.tables.indices.map { "given_\($0)" }
        let inputs = zip(keys, tree.tables).map { key, table -> JSONValue in
            .object([
                "type": table.hasImplied ? "materialized" : "upload", "key": .string(key),
                "dimensions": .array(table.columns.map { .string($0.name) }),
                "rows": .array(table.rows.map { .array($0.map(\.json)) }),
            ])
        }
        return .object(["tree": tree.json(identifiers: keys), "additional_query_inputs": .array(inputs)])
    }
}

extension QueryResults {
    /// The query and what its rows show in the reference's JSON form: `query` and `result_spec`.
    public var json: JSONValue {
        .object(["query": Query(butler, query.tree).json, "result_spec": query.spec.json(in: butler.universe)])
    }

    /// Reads a query and what its rows show from the reference's JSON form.
    ///
    /// - Parameters:
    ///   - json: An object with `query` and `result_spec`.
    ///   - butler: The repository to ask.
    /// - Throws: ``ButlerError`` with `.invalidQuery`, also if the rows are of another type, `.dimensionName`, or
    ///   `.unimplementedQuery`; where tables are to be materialised, as ``all()``.
    public init(json: JSONValue, in butler: Butler) async throws {
        guard let query = json["query"], let result = json["result_spec"] else {
            throw ButlerError(.invalidQuery, "The JSON of a result lacks \"query\" or \"result_spec\".")
        }
        let spec = try ResultSpec(json: result, in: butler.universe)
        guard Row.fits(spec.rows) else {
            throw ButlerError(
                .invalidQuery,
                "The JSON describes a result of type \"\(result["result_type"]?.string ?? "")\", not rows of \(Row.self)."
            )
        }
        self.init(butler, try RowQuery(try await butler.query(json: query).tree, spec))
    }
}

extension Butler {
    /// Reads a query from the reference's JSON form.
    ///
    /// - Parameter json: An object with `tree` and, for joined tables, `additional_query_inputs`; inputs with a query of
    ///   their own are answered now.
    /// - Returns: The query.
    /// - Throws: ``ButlerError`` with `.invalidQuery`, `.dimensionName` or `.unimplementedQuery`; where tables are to be
    ///   materialised, as ``QueryResults/all()``.
    public func query(json: JSONValue) async throws -> Query {
        guard let tree = json["tree"] else {
            throw ButlerError(.invalidQuery, "The JSON of a query lacks \"tree\".")
        }
        var tables: [String: DataIDTable] = [:]
        for input in json["additional_query_inputs"]?.array ?? [] {
            tables[input["key"]?.string ?? ""] = try await table(input, tables)
        }
        return Query(self, try QueryTree(json: tree, tables: tables, in: universe))
    }

    private func table(_ input: JSONValue, _ tables: [String: DataIDTable]) async throws -> DataIDTable {
        let names = (input["dimensions"]?.array ?? []).compactMap(\.string)
        let group = try universe.group(names)
        if let json = input["tree"] {
            let query = Query(self, try QueryTree(json: json, tables: tables, in: universe))
            let made = try await query.materialized(dimensions: names, datasets: []).tree.tables.last
            return try made ?? DataIDTable([DataCoordinate](), dimensions: group, keepsImplied: true)
        }
        let dataIDs = try (input["rows"]?.array ?? []).map { row in
            let values = (row.array ?? []).compactMap { item in
                item.string.map { DimensionValue.string($0) } ?? item.int.map { .int($0) }
            }
            guard values.count == names.count else {
                throw ButlerError(.invalidQuery, "The row \(row.text()) has no value for each of \(names).")
            }
            let named = Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
            return try DataCoordinate(named, for: group)
        }
        return try DataIDTable(dataIDs, dimensions: group, keepsImplied: input["type"]?.string == "materialized")
    }
}

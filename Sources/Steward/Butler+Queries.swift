internal import Databases
internal import QueryExecution
internal import Registry
internal import StewardCore

extension Butler {
    /// Finds the datasets of one type.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type, with `.component` for parts.
    ///   - words: Names and globs of collections, in search order; the defaults if empty.
    ///   - condition: Expression of the `where` language; blank for none.
    ///   - binds: What names in the expression stand for.
    ///   - findFirst: Whether only the first collection that has a dataset of a data ID counts; needs collections named
    ///     in full.
    ///   - order: Names to sort by, with `-` in front for descending.
    ///   - limit: Most rows to return.
    ///   - withRecords: Whether data IDs come with dimension records.
    /// - Returns: References with full data IDs.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.missingCollection`, `.invalidQuery`,
    ///   `.calibrationLookup`; database errors.
    public func queryDatasets(
        _ name: String,
        collections words: [String] = [],
        where condition: String = "",
        binds: [String: BindValue] = [:],
        findFirst: Bool = false,
        orderBy order: [String] = [],
        limit: Int? = nil,
        withRecords: Bool = false
    ) async throws -> [DatasetRef] {
        let type = try await datasetType(name)
        let words = try searchWords(words, findFirst: findFirst)
        return try await read { connection in
            let collections = try self.registry.collections.resolve(CollectionExpression(words), on: connection)
            let query = DatasetQuery(
                type: type,
                collections: collections.map(\.name),
                condition: condition,
                binds: binds,
                findFirst: findFirst,
                order: order,
                limit: limit,
                withRecords: withRecords
            )
            return try self.run(query, on: connection)
        }
    }

    /// Reasons why a query for the datasets of one type has no rows, as far as collections and constraints tell.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type.
    ///   - words: Names and globs of collections; the defaults if empty.
    ///   - condition: Expression of the `where` language; blank for none.
    /// - Returns: One sentence for each reason; possibly none.
    /// - Throws: As ``queryDatasets(_:collections:where:binds:findFirst:orderBy:limit:withRecords:)``.
    public func emptyReasons(
        _ name: String,
        collections words: [String] = [],
        where condition: String = ""
    ) async throws -> [String] {
        let type = try await datasetType(name)
        let words = try searchWords(words, findFirst: false)
        return try await read { connection in
            let collections = try self.registry.collections.resolve(CollectionExpression(words), on: connection)
            guard !collections.isEmpty else {
                return [
                    "There is nothing to search in [\(words.joined(separator: ", "))]: patterns match no collection, or "
                        + "chains are empty."
                ]
            }
            let base = try QueryTree(in: self.universe).joining(DatasetSearch(type, in: collections.map(\.name)))
            let spec = ResultSpec(.datasets(type, findFirst: false))
            let (tree, _) = try self.prepared(base, spec, condition, [:], [])
            return try self.engine.emptyReasons(tree, defaults: self.defaults.dataID, on: connection)
        }
    }

    /// Reasons why a query for data IDs or records has no rows, as far as constraints tell.
    ///
    /// - Parameters:
    ///   - dimensions: Names of the dimensions of the rows.
    ///   - condition: Expression of the `where` language; blank for none.
    /// - Returns: One sentence for each reason; possibly none.
    /// - Throws: As ``queryDataIDs(_:datasets:collections:where:binds:orderBy:limit:)``.
    public func emptyReasons(dimensions: [String], where condition: String = "") async throws -> [String] {
        let group = try universe.group(dimensions)
        return try await read { connection in
            let spec = ResultSpec(.dataIDs(group))
            let (tree, _) = try self.prepared(QueryTree(in: self.universe).joining(group), spec, condition, [:], [])
            return try self.engine.emptyReasons(tree, defaults: self.defaults.dataID, on: connection)
        }
    }

    /// Finds the datasets of all types that names and globs mean, type by type in the order of their names.
    ///
    /// Each type is searched only in collections whose summaries say that they can hold it.
    ///
    /// - Parameters:
    ///   - names: Names and globs of dataset types; names must exist.
    ///   - words: Names and globs of collections, in search order; the defaults if empty.
    ///   - condition: Expression of the `where` language; blank for none.
    ///   - findFirst: Whether only the first collection that has a dataset of a data ID counts.
    ///   - limit: Most rows to return altogether.
    ///   - withRecords: Whether data IDs come with dimension records.
    /// - Returns: References with full data IDs.
    /// - Throws: ``ButlerError`` with `.missingDatasetType` for a name given in full, `.missingCollection`,
    ///   `.invalidQuery`, `.calibrationLookup`; database errors.
    public func queryAllDatasets(
        _ names: [String],
        collections words: [String] = [],
        where condition: String = "",
        findFirst: Bool = false,
        limit: Int? = nil,
        withRecords: Bool = false
    ) async throws -> [DatasetRef] {
        for name in names where !GlobPattern.isPattern(name) { _ = try await datasetType(name) }
        let types = try await datasetTypes(matching: names)
        let words = try searchWords(words, findFirst: findFirst)
        return try await read { connection in
            let found = try self.registry.collections.resolve(CollectionExpression(words), on: connection)
            let summaries = try self.registry.datasets.summaries(of: found, on: connection)
            var refs: [DatasetRef] = []
            for type in types {
                let holding = found.map(\.name).filter { summaries[$0]?.datasetTypes.contains(type.name) ?? false }
                let left = limit.map { $0 - refs.count }
                if holding.isEmpty || left == 0 { continue }
                let query = DatasetQuery(
                    type: type,
                    collections: holding,
                    condition: condition,
                    findFirst: findFirst,
                    limit: left,
                    withRecords: withRecords
                )
                refs += try self.run(query, on: connection)
            }
            return refs
        }
    }

    /// Finds data IDs.
    ///
    /// - Parameters:
    ///   - dimensions: Names of dimensions; those common to all dataset types if empty.
    ///   - datasets: Names and globs of dataset types of which each data ID must have a dataset.
    ///   - words: Names and globs of collections for these; all if empty.
    ///   - condition: Expression of the `where` language; blank for none.
    ///   - binds: What names in the expression stand for.
    ///   - order: Names to sort by, with `-` in front for descending.
    ///   - limit: Most rows to return.
    /// - Returns: Full data IDs.
    /// - Throws: ``ButlerError`` with `.dimensionName`, `.missingCollection`, `.invalidQuery`; database errors.
    public func queryDataIDs(
        _ dimensions: [String],
        datasets: [String] = [],
        collections words: [String] = [],
        where condition: String = "",
        binds: [String: BindValue] = [:],
        orderBy order: [String] = [],
        limit: Int? = nil
    ) async throws -> [DataCoordinate] {
        let types = datasets.isEmpty ? [] : try await datasetTypes(matching: datasets)
        var group = try universe.group(dimensions)
        if dimensions.isEmpty, let first = types.first {
            group = types.dropFirst().reduce(first.dimensions) { $0.intersection($1.dimensions) }
        }
        if !datasets.isEmpty, types.isEmpty { return [] }
        let spec = group
        return try await read { connection in
            guard let base = try self.tree(joining: types, words, on: connection) else { return [] }
            let (tree, result) = try self.prepared(
                base.joining(spec),
                ResultSpec(.dataIDs(spec), limit: limit),
                condition,
                binds,
                order
            )
            var rows: [DataCoordinate] = []
            try self.engine.execute(tree, result, defaults: self.defaults.dataID, on: connection) { page in
                if case .dataIDs(let some) = page { rows += some }
                return true
            }
            return rows
        }
    }

    /// Finds the records of a dimension element.
    ///
    /// - Parameters:
    ///   - name: Name of a dimension or join.
    ///   - datasets: Names and globs of dataset types of which each record must have a dataset.
    ///   - words: Names and globs of collections for these; all if empty.
    ///   - condition: Expression of the `where` language; blank for none.
    ///   - binds: What names in the expression stand for.
    ///   - order: Names to sort by, with `-` in front for descending.
    ///   - limit: Most rows to return.
    /// - Returns: The records.
    /// - Throws: ``ButlerError`` with `.dimensionName`, `.missingCollection`, `.invalidQuery`; database errors.
    public func queryDimensionRecords(
        _ name: String,
        datasets: [String] = [],
        collections words: [String] = [],
        where condition: String = "",
        binds: [String: BindValue] = [:],
        orderBy order: [String] = [],
        limit: Int? = nil
    ) async throws -> [DimensionRecord] {
        let element = try universe.element(name)
        let types = datasets.isEmpty ? [] : try await datasetTypes(matching: datasets)
        if !datasets.isEmpty, types.isEmpty { return [] }
        return try await read { connection in
            guard let base = try self.tree(joining: types, words, on: connection) else { return [] }
            let group = try self.universe.group(element.required)
            let (tree, spec) = try self.prepared(
                base.joining(group),
                ResultSpec(.records(element), limit: limit),
                condition,
                binds,
                order
            )
            var rows: [DimensionRecord] = []
            try self.engine.execute(tree, spec, defaults: self.defaults.dataID, on: connection) { page in
                if case .records(let some) = page { rows += some }
                return true
            }
            return rows
        }
    }

    /// Collections to search, which must be named in full to find the first.
    private func searchWords(_ words: [String], findFirst: Bool) throws -> [String] {
        let words = words.isEmpty ? defaults.collections : words
        guard !words.isEmpty else {
            throw ButlerError(
                .missingCollection,
                "No collections were given to search, and there are no defaults.",
                remedy: "Name collections, or * for all."
            )
        }
        if findFirst, let pattern = words.first(where: GlobPattern.isPattern) {
            throw ButlerError(
                .invalidQuery,
                "Finding the first dataset needs an order of collections, which the pattern \"\(pattern)\" does not give.",
                remedy: "Name the collections in full, or do without --find-first."
            )
        }
        return words
    }

    /// The query of data IDs that have datasets of the given types; nil if no collection can hold any.
    private func tree(
        joining types: [DatasetType],
        _ words: [String],
        on connection: any Connection
    ) throws -> QueryTree? {
        var tree = QueryTree(in: universe)
        guard !types.isEmpty else { return tree }
        let expression = CollectionExpression(words.isEmpty ? ["*"] : words)
        let found = try registry.collections.resolve(expression, on: connection)
        let summaries = try registry.datasets.summaries(of: found, on: connection)
        for type in types {
            let holding = found.map(\.name).filter { summaries[$0]?.datasetTypes.contains(type.name) ?? false }
            guard !holding.isEmpty else { continue }
            tree = try tree.joining(DatasetSearch(type, in: holding))
        }
        return tree.searches.isEmpty ? nil : tree
    }

    private func prepared(
        _ base: QueryTree,
        _ spec: ResultSpec,
        _ condition: String,
        _ binds: [String: BindValue],
        _ order: [String]
    ) throws -> (QueryTree, ResultSpec) {
        let context = spec.context(in: universe, binds: binds)
        let tree = try base.filtered(by: QueryPredicate(parsing: condition, in: context))
        var spec = spec
        spec.order = try order.map { try OrderTerm(parsing: $0, in: context) }
        return (tree, spec)
    }

    private func run(_ query: DatasetQuery, on connection: any Connection) throws -> [DatasetRef] {
        let base = try QueryTree(in: universe).joining(DatasetSearch(query.type, in: query.collections))
        let spec = ResultSpec(
            .datasets(query.type, findFirst: query.findFirst),
            withRecords: query.withRecords,
            limit: query.limit
        )
        let (tree, result) = try prepared(base, spec, query.condition, query.binds, query.order)
        var rows: [DatasetRef] = []
        try engine.execute(tree, result, defaults: defaults.dataID, on: connection) { page in
            if case .datasets(let some) = page { rows += some }
            return true
        }
        return rows
    }
}

/// A question for the datasets of one type, names resolved.
private struct DatasetQuery {
    let type: DatasetType
    let collections: [String]
    var condition = ""
    var binds: [String: BindValue] = [:]
    var findFirst = false
    var order: [String] = []
    var limit: Int?
    var withRecords = false
}

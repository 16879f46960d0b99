internal import Registry

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
        var results = try await query().datasets(name, collections: words, findFirst: findFirst)
            .filtered(where: condition, binds: binds).ordered(by: order).limited(to: limit)
        if withRecords { results = results.withRecords() }
        return try await results.all()
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
        try await query().datasets(name, collections: words, findFirst: false).filtered(where: condition)
            .emptyReasons()
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
        let results = try await datasetResults(names, collections: words, where: condition, findFirst: findFirst)
        return try await reducePages(
            of: withRecords ? results.map { $0.withRecords() } : results,
            limit: limit,
            into: []
        ) { refs, page in
            refs += page
            return true
        }
    }

    /// The datasets of all types that names and globs mean, one result for each type that the collections can hold.
    ///
    /// - Parameters:
    ///   - names: Names and globs of dataset types; names must exist.
    ///   - words: Names and globs of collections, in search order; the defaults if empty.
    ///   - condition: Expression of the `where` language; blank for none.
    ///   - findFirst: Whether only the first collection that has a dataset of a data ID counts.
    /// - Returns: The results in the order of the types' names.
    /// - Throws: ``ButlerError`` with `.missingDatasetType` for a name given in full, `.missingCollection`,
    ///   `.invalidQuery`; database errors.
    public func datasetResults(
        _ names: [String],
        collections words: [String] = [],
        where condition: String = "",
        findFirst: Bool = false
    ) async throws -> [QueryResults<DatasetRef>] {
        for name in names where !GlobPattern.isPattern(name) { _ = try await datasetType(name) }
        let types = try await datasetTypes(matching: names)
        let words = try await searchedCollections(words, findFirst: findFirst)
        return try await holding(types, words).map { type, collections in
            let tree = QueryTree(in: universe)
            let query = try tree.datasets(type, in: collections, findFirst: findFirst)
            return try QueryResults(self, query).filtered(where: condition)
        }
    }

    /// Which of the collections can hold datasets of each type, as their summaries say; types without any are left out.
    private func holding(
        _ types: [DatasetType],
        _ words: [String]
    ) async throws -> [(type: DatasetType, collections: [String])] {
        try await read { connection in
            let found = try self.registry.collections.resolve(CollectionExpression(words), on: connection)
            let summaries = try self.registry.datasets.summaries(of: found, on: connection)
            return types.compactMap { type in
                let names = found.map(\.name).filter { summaries[$0]?.datasetTypes.contains(type.name) ?? false }
                return names.isEmpty ? nil : (type, names)
            }
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
        let results = try await dataIDResults(dimensions, datasets: datasets, collections: words)
        return try await results?.filtered(where: condition, binds: binds).ordered(by: order).limited(to: limit).all()
            ?? []
    }

    /// Data IDs for which there are datasets.
    ///
    /// - Parameters:
    ///   - dimensions: Names of dimensions; those common to all dataset types if empty.
    ///   - datasets: Names and globs of dataset types of which each data ID must have a dataset.
    ///   - words: Names and globs of collections for these; all if empty.
    /// - Returns: The result; nil if no collection can hold any of the dataset types.
    /// - Throws: ``ButlerError`` with `.dimensionName`, `.missingCollection`; database errors.
    public func dataIDResults(
        _ dimensions: [String],
        datasets: [String] = [],
        collections words: [String] = []
    ) async throws -> QueryResults<DataCoordinate>? {
        let types = datasets.isEmpty ? [] : try await datasetTypes(matching: datasets)
        var group = try universe.group(dimensions)
        if dimensions.isEmpty, let first = types.first {
            group = types.dropFirst().reduce(first.dimensions) { $0.intersection($1.dimensions) }
        }
        guard let tree = try await tree(of: types, words, isLimited: !datasets.isEmpty) else { return nil }
        return QueryResults(self, try tree.dataIDs(group))
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
        let results = try await recordResults(name, datasets: datasets, collections: words)
        return try await results?.filtered(where: condition, binds: binds).ordered(by: order).limited(to: limit).all()
            ?? []
    }

    /// Records of a dimension element for which there are datasets.
    ///
    /// - Parameters:
    ///   - name: Name of a dimension or join.
    ///   - datasets: Names and globs of dataset types of which each record must have a dataset.
    ///   - words: Names and globs of collections for these; all if empty.
    /// - Returns: The result; nil if no collection can hold any of the dataset types.
    /// - Throws: ``ButlerError`` with `.dimensionName`, `.missingCollection`; database errors.
    public func recordResults(
        _ name: String,
        datasets: [String] = [],
        collections words: [String] = []
    ) async throws -> QueryResults<DimensionRecord>? {
        let element = try universe.element(name)
        let types = datasets.isEmpty ? [] : try await datasetTypes(matching: datasets)
        guard let tree = try await tree(of: types, words, isLimited: !datasets.isEmpty) else { return nil }
        return QueryResults(self, try tree.records(of: element))
    }

    /// The query of data IDs that have datasets of the given types; nil if no collection can hold any.
    private func tree(of types: [DatasetType], _ words: [String], isLimited: Bool) async throws -> QueryTree? {
        var tree = QueryTree(in: universe)
        guard isLimited else { return tree }
        guard !types.isEmpty else { return nil }
        for (type, collections) in try await holding(types, words.isEmpty ? ["*"] : words) {
            tree = try tree.joining(DatasetSearch(type, in: collections))
        }
        return tree.searches.isEmpty ? nil : tree
    }
}

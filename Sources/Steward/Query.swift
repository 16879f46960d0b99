internal import QueryExecution
internal import Registry
internal import StewardCore

/// A question to a repository: which rows there are, before it is said what they show.
///
/// A value; each method returns a changed copy. Names in conditions mean fields of the dimensions and dataset types joined
/// so far. Nothing but dataset types and patterns of collections is looked up before rows are asked for.
///
/// ```swift
/// let flats = try await butler.query().joining(dimensions: ["exposure", "detector"])
///     .joining(datasets: "flat", collections: ["HSC/calib"])
///     .filtered(where: "instrument = 'HSC' AND exposure.day_obs = 20240105")
///     .columns(["flat.dataset_id", "flat.run"], findFirst: false)
/// for row in try await flats.all() { print(row["exposure"], row["flat.run"]) }
/// ```
public struct Query: Sendable {
    let butler: Butler
    /// Which rows there are.
    public private(set) var tree: QueryTree

    init(_ butler: Butler, _ tree: QueryTree) {
        self.butler = butler
        self.tree = tree
    }

    private func with(_ tree: QueryTree) -> Query { Query(butler, tree) }

    // MARK: Which rows

    /// The query with more dimensions.
    ///
    /// - Parameter names: Names of dimensions.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.dimensionName`.
    public func joining(dimensions names: [String]) throws -> Query {
        with(tree.joining(try butler.universe.group(names)))
    }

    /// The query with rows for which a dataset is found; its fields can be used from here on.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type; not of a component.
    ///   - words: Names and globs of collections, in search order; the defaults if empty.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.missingCollection`, `.invalidQuery` for components and for
    ///   a type that is searched in other collections already; database errors.
    public func joining(datasets name: String, collections words: [String] = []) async throws -> Query {
        let type = try await butler.datasetType(name)
        guard type.name == type.parentName else {
            throw ButlerError(
                .invalidQuery,
                "\"\(name)\" is a component, which cannot be searched by itself.",
                remedy: "Join \"\(type.parentName)\"."
            )
        }
        let collections = try await butler.searchedCollections(words)
        return with(try tree.joining(DatasetSearch(type, in: collections)))
    }

    /// The query with rows for given data IDs.
    ///
    /// - Parameter dataIDs: Data IDs of one group of dimensions, at least one; repeated ones count once.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func joining(dataIDs: some Sequence<DataCoordinate>) throws -> Query {
        with(tree.joining(try DataIDTable(dataIDs)))
    }

    /// The query with one more condition; dimensions that it mentions are joined.
    ///
    /// - Parameters:
    ///   - text: Expression of the `where` language; blank is no condition.
    ///   - binds: What names in the expression stand for.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func filtered(where text: String, binds: [String: BindValue] = [:]) throws -> Query {
        with(try tree.filtered(by: QueryPredicate(parsing: text, in: tree.context(binds: binds))))
    }

    /// The query with rows of given dimension values only.
    ///
    /// - Parameter dataID: Values by dimension name; they must have the types of the dimensions' keys.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.dimensionName` or `.invalidQuery`.
    public func filtered(dataID: [String: LiteralValue]) throws -> Query {
        with(try tree.filtered(by: QueryPredicate(dataID: dataID, in: butler.universe)))
    }

    /// The query whose rows are those of this one, fetched now: its condition is not tested again.
    ///
    /// - Parameters:
    ///   - dimensions: Dimensions to keep; nil for all.
    ///   - datasets: Dataset types whose searches are joined again; nil for all.
    /// - Returns: A query over the fetched rows.
    /// - Throws: ``ButlerError`` with `.dimensionName`, `.invalidQuery` if a dataset type has dimensions that are not kept,
    ///   else as ``QueryResults/all()``.
    public func materialized(dimensions: [String]? = nil, datasets: [String]? = nil) async throws -> Query {
        let (butler, tree) = (butler, tree)
        let group = try dimensions.map { try butler.universe.group($0) }
        return with(
            try await butler.read { connection in
                try butler.engine.materialize(
                    tree,
                    group,
                    datasetTypes: datasets,
                    defaults: butler.defaults.dataID,
                    on: connection
                )
            }
        )
    }

    // MARK: What they show

    /// The data IDs of the rows, with required and implied values.
    ///
    /// - Parameter dimensions: Names of their dimensions, joined if need be; all of the query if nil.
    /// - Returns: The result.
    /// - Throws: ``ButlerError`` with `.dimensionName`.
    public func dataIDs(_ dimensions: [String]? = nil) throws -> QueryResults<DataCoordinate> {
        QueryResults(butler, try tree.dataIDs(dimensions.map { try butler.universe.group($0) }))
    }

    /// The datasets of one type for the rows.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type, with `.component` for parts.
    ///   - words: Names and globs of collections, in search order; nil if the type has been joined already, the defaults
    ///     if empty.
    ///   - findFirst: Whether only the first collection that has a dataset of a data ID counts; needs collections named
    ///     in full.
    /// - Returns: The result.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.missingCollection` or `.invalidQuery`; database errors.
    public func datasets(
        _ name: String,
        collections words: [String]? = nil,
        findFirst: Bool = true
    ) async throws -> QueryResults<DatasetRef> {
        let type = try await butler.datasetType(name)
        var collections: [String]?
        if let words { collections = try await butler.searchedCollections(words, findFirst: findFirst) }
        return QueryResults(butler, try tree.datasets(type, in: collections, findFirst: findFirst))
    }

    /// The records of a dimension element for the rows.
    ///
    /// - Parameter name: Name of a dimension or join; its dimensions are joined if need be.
    /// - Returns: The result.
    /// - Throws: ``ButlerError`` with `.dimensionName`.
    public func records(of name: String) throws -> QueryResults<DimensionRecord> {
        QueryResults(butler, try tree.records(of: butler.universe.element(name)))
    }

    /// Any columns of the rows.
    ///
    /// - Parameters:
    ///   - names: Names of columns: `dimension`, `element.field`, `type.field` or bare fields of `dimensions`; keys of all
    ///     dimensions of the columns are added.
    ///   - dimensions: Dimensions whose keys are shown, too.
    ///   - findFirst: Whether only the datasets of the first collection count; must be given with dataset columns.
    /// - Returns: The result.
    /// - Throws: ``ButlerError`` with `.invalidQuery` or `.dimensionName`.
    public func columns(
        _ names: [String],
        dimensions: [String] = [],
        findFirst: Bool? = nil
    ) throws -> QueryResults<GeneralRow> {
        let group = try butler.universe.group(dimensions)
        return QueryResults(butler, try tree.general(group, names, findFirst: findFirst))
    }

    /// Whether there are any rows, whatever they show.
    ///
    /// - Parameters:
    ///   - execute: Whether to ask the database; otherwise the answer is whether the query is not known to be empty.
    ///   - exact: Whether overlaps of regions are tested exactly.
    /// - Returns: Whether there are rows.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for an exact answer without asking, else as ``QueryResults/all()``.
    public func any(execute: Bool = true, exact: Bool = true) async throws -> Bool {
        let (butler, tree) = (butler, tree)
        return try await butler.read { connection in
            let defaults = butler.defaults.dataID
            return try butler.engine.any(tree, defaults: defaults, execute: execute, exact: exact, on: connection)
        }
    }
}

extension Query: CustomStringConvertible {
    /// One line for each part of the query.
    public var description: String { tree.description }
}

extension Butler {
    /// A query with a single row without dimensions, to join things to.
    public func query() -> Query { Query(self, QueryTree(in: universe)) }

    /// Names of the collections to search: those given, in which patterns are replaced by what they match, or the
    /// defaults; named in full where the first dataset is to be found.
    func searchedCollections(_ words: [String], findFirst: Bool = false) async throws -> [String] {
        let words = words.isEmpty ? defaults.collections : words
        guard !words.isEmpty else {
            throw ButlerError(
                .missingCollection,
                "No collections were given to search, and there are no defaults.",
                remedy: "Name collections, or * for all."
            )
        }
        guard let pattern = words.first(where: GlobPattern.isPattern) else { return words }
        guard !findFirst else {
            throw ButlerError(
                .invalidQuery,
                "Finding the first dataset needs an order of collections, which the pattern \"\(pattern)\" does not give.",
                remedy: "Name the collections in full, or do without --find-first."
            )
        }
        return try await read { try self.registry.collections.resolve(CollectionExpression(words), on: $0).map(\.name) }
    }
}

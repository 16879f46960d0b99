public import Datasets
public import Dimensions
internal import StewardCore

/// A query together with what its rows show: all that is needed to answer it.
///
/// A value; each method returns a changed copy. Names in conditions and orders mean what the rows have: fields of the
/// elements of the row's dimensions, and of the row's dataset types.
public struct RowQuery: Sendable, Hashable {
    /// Which rows there are.
    public private(set) var tree: QueryTree
    /// What they show.
    public private(set) var spec: ResultSpec

    /// Puts a query and a specification together; dimensions that the rows show are joined.
    ///
    /// - Parameters:
    ///   - tree: Which rows there are.
    ///   - spec: What they show.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if the query lacks a dataset type that is shown.
    public init(_ tree: QueryTree, _ spec: ResultSpec) throws {
        self.tree = tree.joining(spec.dimensions(in: tree.universe))
        self.spec = spec
        try spec.validate(for: self.tree)
    }

    /// The query with one more condition.
    ///
    /// - Parameters:
    ///   - text: A `where` expression; blank is no condition.
    ///   - binds: Values of names in the expression.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func filtered(by text: String, binds: [String: BindValue] = [:]) throws -> RowQuery {
        try filtered(by: QueryPredicate(parsing: text, in: spec.context(in: tree.universe, binds: binds)))
    }

    /// The query with one more condition.
    ///
    /// - Parameter condition: The condition.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.invalidQuery` for fields of dataset types that have not been joined.
    public func filtered(by condition: QueryPredicate) throws -> RowQuery {
        var copy = self
        copy.tree = try tree.filtered(by: condition)
        return copy
    }

    /// The query with rows of given dimension values only.
    ///
    /// - Parameter dataID: Values by dimension name; they must have the types of the dimensions' keys.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.dimensionName` or `.invalidQuery`.
    public func filtered(dataID: [String: LiteralValue]) throws -> RowQuery {
        try filtered(by: QueryPredicate(dataID: dataID, in: tree.universe))
    }

    /// The query with its rows sorted, instead of in any order that it had.
    ///
    /// - Parameter terms: Names, with `-` in front for descending order.
    /// - Returns: The changed query.
    /// - Throws: ``ButlerError`` with `.invalidQuery`.
    public func ordered(by terms: [String]) throws -> RowQuery {
        let context = spec.context(in: tree.universe)
        var copy = self
        copy.spec.order = try terms.map { try OrderTerm(parsing: $0, in: context) }
        try copy.spec.validate(for: tree)
        return copy
    }

    /// The query with at most so many rows; nil for all.
    public func limited(to limit: Int?) -> RowQuery {
        var copy = self
        copy.spec.limit = limit
        return copy
    }

    /// The query whose data IDs come with the records of all their elements.
    public func withRecords() -> RowQuery {
        var copy = self
        copy.spec.withRecords = true
        return copy
    }

    /// The query that may use dimensions in its condition without their governors.
    public func withoutGovernorCheck() -> RowQuery {
        var copy = self
        copy.tree.checksGovernors = false
        return copy
    }
}

extension QueryTree {
    /// The data IDs of the query's rows: of the given dimensions, joined if need be, or of all.
    public func dataIDs(_ dimensions: DimensionGroup? = nil) throws -> RowQuery {
        try RowQuery(self, ResultSpec(.dataIDs(dimensions ?? self.dimensions)))
    }

    /// The records of an element for the query's rows; its dimensions are joined if need be.
    public func records(of element: DimensionElement) throws -> RowQuery {
        try RowQuery(self, ResultSpec(.records(element)))
    }

    /// The datasets of a type for the query's rows.
    ///
    /// - Parameters:
    ///   - type: The dataset type, with the storage class that references shall have.
    ///   - collections: Collections to search, in order; nil if the search has been joined already.
    ///   - findFirst: Whether only the datasets of the first collection that has one count.
    /// - Returns: The query for them.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if the type is not joined, or with other collections.
    public func datasets(_ type: DatasetType, in collections: [String]?, findFirst: Bool = true) throws -> RowQuery {
        let tree = try collections.map { try joining(DatasetSearch(type, in: $0)) } ?? self
        return try RowQuery(tree, ResultSpec(.datasets(type, findFirst: findFirst)))
    }

    /// Any columns of the query's rows.
    ///
    /// - Parameters:
    ///   - dimensions: Dimensions whose keys are shown; those of all columns are added.
    ///   - names: Names of further columns: `dimension`, `element.field`, `type.field` or bare fields of `dimensions`.
    ///   - dimensionFields: Further record fields, by element name.
    ///   - datasetFields: Further dataset fields, by dataset type.
    ///   - findFirst: Whether only the datasets of the first collection count; must be given with dataset fields.
    /// - Returns: The query for them.
    /// - Throws: ``ButlerError`` with `.invalidQuery` or `.dimensionName`.
    public func general(
        _ dimensions: DimensionGroup,
        _ names: [String] = [],
        dimensionFields: [String: Set<String>] = [:],
        datasetFields: [String: Set<DatasetField>] = [:],
        findFirst: Bool? = nil
    ) throws -> RowQuery {
        let context = IdentifierContext(dimensions: dimensions, datasetTypes: searches.map(\.datasetType))
        var shown = Set(dimensions.names)
        var records = dimensionFields.filter { !$0.value.isEmpty }
        var datasets = datasetFields.filter { !$0.value.isEmpty }
        for name in names {
            switch try context.column(name).column {
            case .key(let dimension)?: shown.insert(dimension.name)
            case .field(let element, let field)?: records[element.name, default: []].insert(field)
            case .dataset(let type, let field)?: datasets[type, default: []].insert(field)
            case nil:
                throw ButlerError(
                    .invalidQuery,
                    "\"\(name)\" is no column that can be shown.",
                    remedy: "Show the whole timespan: \"\(name.prefix { $0 != "." }).timespan\"."
                )
            }
        }
        for name in records.keys { shown.formUnion(try universe.element(name).minimalGroup(in: universe).names) }
        for type in datasets.keys.sorted() {
            try requireSearch(type)
            shown.formUnion(search(type)?.dimensions.names ?? [])
        }
        guard datasets.isEmpty || findFirst != nil else {
            throw ButlerError(
                .invalidQuery,
                "A result with fields of \(datasets.keys.sorted().joined(separator: ", ")) must say whether only the "
                    + "first dataset counts.",
                remedy: "Give findFirst: true for those of the first collection that has one, false for all."
            )
        }
        let columns = try GeneralColumns(
            dimensions: try universe.group(shown),
            dimensionFields: records,
            datasetFields: datasets,
            findFirst: (findFirst ?? false) && !datasets.isEmpty
        )
        return try RowQuery(self, ResultSpec(.general(columns)))
    }
}

internal import Datasets
internal import Dimensions
internal import Queries
internal import Registry
internal import StewardCore

/// What follows from a query and the repository's collections before any SQL is written.
struct QueryAnalysis {
    /// The query.
    let tree: QueryTree
    /// What is known of the repository.
    let catalog: QueryCatalog
    /// Values that every row must have.
    let dataID: [String: LiteralValue]
    /// How regions and timespans are related; holds the condition for the database.
    let overlaps: OverlapAnalysis
    /// The searches with the collections worth looking into, by dataset type.
    let searches: [String: ResolvedSearch]
    /// Reasons why there may be no rows.
    let messages: [String]

    /// Analyses a query.
    ///
    /// - Parameters:
    ///   - tree: The query.
    ///   - catalog: What is known of the repository.
    ///   - defaults: Default values of governors.
    /// - Throws: ``ButlerError`` with `.invalidQuery` or `.unimplementedQuery`.
    init(_ tree: QueryTree, _ catalog: QueryCatalog, defaults: [String: DimensionValue]) throws {
        self.tree = tree
        self.catalog = catalog
        var constraints = PredicateConstraints(tree.predicate)
        try constraints.complete(with: defaults, for: tree.dimensions, isRequired: tree.checksGovernors)
        dataID = constraints.dataID
        let calibrations = tree.searches.map(\.datasetType).filter { type in
            let path = catalog.paths[type] ?? []
            return path.contains { $0.kind == .calibration && $0.datasetTypes.contains(type) }
        }
        overlaps = try OverlapAnalysis(
            constraints.predicate,
            tree.dimensions,
            operands: tree.tables.map(\.dimensions) + tree.searches.map(\.dimensions),
            calibrations: calibrations
        )
        try Self.checkPixelFields(overlaps.predicate)
        var searches: [String: ResolvedSearch] = [:]
        var messages = constraints.messages
        for search in tree.searches {
            let path = catalog.paths[search.datasetType] ?? []
            let type = try catalog.type(search.datasetType)
            let resolved = ResolvedSearch(search, type, in: path, dataID: constraints.dataID)
            messages += resolved.messages
            searches[search.datasetType] = resolved
        }
        self.searches = searches
        self.messages = messages
    }

    /// Refuses conditions on regions of sky pixels other than overlaps: they are not stored.
    private static func checkPixelFields(_ predicate: QueryPredicate) throws {
        for case .field(let element, let field) in predicate.columns where element.isSkyPixel {
            throw ButlerError(
                .unimplementedQuery,
                "Fields of sky pixels such as \(element.name).\(field) are not stored."
            )
        }
    }

    /// Refuses sky pixels that nothing enumerates, also where there can be no rows.
    func checkPixels() throws {
        let operands = tree.tables.map(\.dimensions) + tree.searches.map(\.dimensions)
        for pixel in tree.dimensions.skyPixels where !overlaps.enumerates(pixel) {
            guard !operands.contains(where: { $0.contains(pixel.name) }) else { continue }
            throw Self.unenumerated(pixel)
        }
    }

    /// The error for sky pixels that nothing enumerates.
    static func unenumerated(_ pixel: DimensionElement) -> ButlerError {
        ButlerError(
            .unimplementedQuery,
            "Nothing says which pixels of \"\(pixel.name)\" are meant.",
            remedy:
                "Write with which regions they overlap (htm7 only), or join a dataset type or data IDs that have them."
        )
    }

    /// Whether a result shows fewer dimensions than the only dataset search has.
    func projects(to spec: ResultSpec) -> Bool {
        tree.searches.count == 1 && spec.dimensions(in: catalog.universe) != dimensions
    }

    /// Values of keys that every row has, by position of the dimension.
    var constants: [Int: DimensionValue] {
        var constants: [Int: DimensionValue] = [:]
        for (name, literal) in dataID {
            guard let dimension = catalog.universe.find(name), dimension.isDimension,
                let value = literal.dimensionValue, (value.string != nil) == dimension.hasStringKey
            else { continue }
            constants[dimension.position] = value
        }
        return constants
    }

    /// Whether some search has nowhere to look, so that there are no rows.
    var isDoomed: Bool { searches.values.contains { $0.collections.isEmpty } }

    /// Dimensions of the joined rows.
    var dimensions: DimensionGroup {
        let tested = overlaps.regionPairs.flatMap { [$0.0, $0.1] } + overlaps.regionConstraints.map(\.0)
        return tested.reduce(tree.dimensions) { $0.union($1.minimalGroup(in: catalog.universe)) }
    }
}

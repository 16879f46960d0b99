internal import Datasets
internal import Databases
internal import Dimensions
internal import Queries
internal import Registry
internal import StewardCore

/// The joined tables of a query, and how each column is written.
struct JoinPlan {
    /// The tables and conditions.
    private(set) var tables = JoinedTables()
    /// The dataset searches, by dataset type.
    let datasets: [String: DatasetJoin]
    private let analysis: QueryAnalysis
    private let elementFields: Set<DimensionElement>

    private var catalog: QueryCatalog { analysis.catalog }

    /// Joins all that a query and its result need.
    ///
    /// - Parameters:
    ///   - analysis: The query.
    ///   - columns: Columns that the result shows or sorts by.
    ///   - ranked: Dataset types of which the collection's key is needed.
    ///   - testsRegions: Whether regions are tested exactly, so that they have to be fetched.
    /// - Throws: ``ButlerError`` with `.unimplementedQuery` for sky pixels that nothing enumerates.
    init(
        _ analysis: QueryAnalysis,
        columns: [ColumnReference],
        ranked: Set<String>,
        testsRegions: Bool
    ) throws {
        self.analysis = analysis
        let catalog = analysis.catalog
        var fields: [String: Set<DatasetField>] = [:]
        var elements: Set<DimensionElement> = []
        for column in columns + analysis.overlaps.predicate.columns {
            switch column {
            case .dataset(let type, let field): fields[type, default: []].insert(field)
            case .field(let element, _): elements.insert(element)
            case .key: break
            }
        }
        if testsRegions {
            elements.formUnion(analysis.overlaps.regionPairs.flatMap { [$0.0, $0.1] })
            elements.formUnion(analysis.overlaps.regionConstraints.map(\.0))
        }
        elementFields = elements
        datasets = analysis.searches.mapValues { search in
            DatasetJoin(
                search: search,
                fields: fields[search.type.type.name] ?? [],
                needsCollectionKey: ranked.contains(search.type.type.name),
                format: catalog.schema.format,
                dialect: catalog.dialect
            )
        }
        try joinAll()
        if !analysis.overlaps.predicate.isTrue {
            tables.filter(try compiler.condition(analysis.overlaps.predicate))
        }
    }

    private mutating func joinAll() throws {
        for (index, table) in analysis.tree.tables.enumerated() {
            let temporary = catalog.temporaryTables[index]
            tables.join(DataIDTableSQL.item(table, alias: "given_\(index)", temporary: temporary))
        }
        for search in analysis.tree.searches {
            if let join = datasets[search.datasetType] { tables.join(join.item) }
        }
        let pixels = PixelJoinSQL(schema: catalog.schema, dataID: analysis.dataID)
        for (index, join) in analysis.overlaps.pixelJoins.enumerated() {
            tables.join(try pixels.item(join, alias: "pixels_\(index)"))
        }
        for element in analysis.dimensions.elements where isMandatory(element) {
            tables.join(try item(element))
        }
        try joinMissing()
    }

    /// Whether an element's table must be joined: for its fields, or since it relates dimensions and nothing else does.
    private func isMandatory(_ element: DimensionElement) -> Bool {
        if elementFields.contains(element) { return true }
        guard element.definesRelationships else { return false }
        let isRelated = analysis.tree.tables.contains { $0.hasImplied && $0.dimensions.contains(element.name) }
        guard !isRelated else { return false }
        let needed = Set(element.minimalGroup(in: catalog.universe).names)
        let operands = analysis.tree.tables.map(\.dimensions) + analysis.tree.searches.map(\.dimensions)
        return !operands.contains { needed.isSubset(of: $0.required.map(\.name)) }
    }

    /// Joins tables for keys that no table has yet; the one that has most of them first.
    private mutating func joinMissing() throws {
        while true {
            let missing = analysis.dimensions.dimensions.filter { tables.key($0) == nil }
            guard !missing.isEmpty else { return }
            let names = Set(missing.map(\.name))
            func gain(_ element: DimensionElement) -> Int {
                (element.required + element.implied).count { names.contains($0) }
            }
            guard let best = missing.max(by: { gain($0) < gain($1) }) else { return }
            tables.join(try item(best))
        }
    }

    private func item(_ element: DimensionElement) throws -> JoinItem {
        guard !element.isSkyPixel else {
            throw ButlerError(
                .unimplementedQuery,
                "Nothing says which pixels of \"\(element.name)\" are meant.",
                remedy: "Join a dataset type or data IDs with this dimension."
            )
        }
        return .element(element, in: catalog.universe)
    }

    // MARK: Columns

    /// Writes expressions over the joined tables.
    var compiler: ExpressionCompiler {
        ExpressionCompiler(dialect: catalog.dialect, format: catalog.schema.format, column: column)
    }

    /// How a column is written.
    func column(_ reference: ColumnReference) throws -> ColumnSQL {
        switch reference {
        case .key(let dimension): return .scalar(try key(dimension))
        case .field(let element, let field):
            guard !element.isSkyPixel else {
                throw ButlerError(.unimplementedQuery, "Fields of sky pixels such as \(reference) are not stored.")
            }
            return reference.type == .timespan
                ? .timespan(element.name, field, catalog.dialect) : .scalar("\(id: element.name, field)")
        case .dataset(let type, let field):
            guard let join = datasets[type] else {
                throw ButlerError(.invalidQuery, "Dataset type \"\(type)\" is not part of the query.")
            }
            return join.column(field)
        }
    }

    /// The column with a dimension's key.
    func key(_ dimension: DimensionElement) throws -> SQL {
        guard let column = tables.key(dimension) else {
            throw ButlerError(.invalidQuery, "Dimension \"\(dimension.name)\" is not part of the query.")
        }
        return column
    }
}

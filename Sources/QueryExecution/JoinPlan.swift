internal import SphericalGeometry
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
    private let sizes: TableSizes
    private let derived: DerivedKeys
    private let late: LateElements
    private let elementFields: Set<DimensionElement>
    private let shown: DimensionGroup

    private var catalog: QueryCatalog { analysis.catalog }

    /// Joins all that a query and its result need.
    ///
    /// - Parameters:
    ///   - analysis: The query.
    ///   - shown: Dimensions of the result.
    ///   - columns: Columns that the result shows or sorts by.
    ///   - ranked: Dataset types of which the collection's key is needed.
    ///   - derived: What is taken from records in memory instead of from joins.
    ///   - late: What is looked up by key instead of being joined.
    ///   - testsRegions: Whether regions are tested exactly, so that they have to be fetched.
    ///   - sizes: How many rows tables have.
    /// - Throws: ``ButlerError`` with `.unimplementedQuery` for sky pixels that nothing enumerates.
    init(
        _ analysis: QueryAnalysis,
        shown: DimensionGroup,
        columns: [ColumnReference],
        ranked: Set<String>,
        derived: DerivedKeys,
        late: LateElements,
        testsRegions: Bool,
        sizes: TableSizes
    ) throws {
        self.analysis = analysis
        self.sizes = sizes
        self.derived = derived
        self.late = late
        self.shown = shown
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
            elements = elements.filter { !late.leavesOut($0) }
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
        try joinAll(columns)
        if !analysis.overlaps.predicate.isTrue {
            tables.filter(try compiler.condition(analysis.overlaps.predicate))
        }
    }

    private mutating func joinAll(_ columns: [ColumnReference]) throws {
        var items: [JoinItem] = []
        for (index, table) in analysis.tree.tables.enumerated() {
            let temporary = catalog.temporaryTables[index]
            var item = DataIDTableSQL.item(table, alias: "given_\(index)", temporary: temporary)
            item.size = Double(table.rows.count)
            items.append(item)
        }
        let tested = testedSearch(Set((columns + analysis.overlaps.predicate.columns).compactMap(\.element)))
        for search in analysis.tree.searches where search.datasetType != tested?.datasetType {
            guard let join = datasets[search.datasetType] else { continue }
            var item = join.item
            item.size = sizes.searches[search.datasetType] ?? 10_000
            if join.isDirect, join.search.memberships.isEmpty { item.timed = comparedTimes(search.datasetType) }
            items.append(item)
        }
        let order = JoinOrder(sizes, analysis.overlaps.predicate, catalog.universe)
        let pixels = PixelJoinSQL(analysis, order, repeatsPairs: late.repeatsPairs)
        for (index, join) in analysis.overlaps.pixelJoins.enumerated() {
            var item = try pixels.item(join, alias: "pixels_\(index)")
            item.size = join.size(sizes)
            items.append(item)
        }
        for element in analysis.dimensions.elements where isMandatory(element) { items.append(try item(element)) }
        try addMissing(to: &items, except: tested?.unused ?? [])
        try addIndexKeys(to: &items)
        if sizes.areKnown {
            items = order.ordered(items)
            tables.isOrdered = true
        }
        for item in items { tables.join(item) }
        if let join = tested.flatMap({ datasets[$0.datasetType] }) {
            tables.filter(join.existence { tables.key($0) })
        }
    }

    /// The only dataset search, if each row of the elements is better tested for having any dataset than joined with all
    /// of them, and the dimensions that only the datasets have.
    ///
    /// A database that orders joins itself also chooses how it tests.
    private func testedSearch(_ used: Set<DimensionElement>) -> (datasetType: String, unused: [DimensionElement])? {
        let plansItself = !catalog.dialect.keepsJoinOrder
        guard sizes.areKnown || plansItself, analysis.tree.searches.count == 1, analysis.tree.tables.isEmpty,
            analysis.overlaps.pixelJoins.isEmpty, let join = datasets[analysis.tree.searches[0].datasetType],
            join.canBeTested, shown != analysis.dimensions
        else { return nil }
        let elements = analysis.dimensions.elements.filter(isMandatory)
        let provided = elements.reduce(DimensionSet()) { $0.union($1.requiredSet) }
        let required = analysis.tree.searches[0].dimensions.required
        let unused = required.filter { !provided.contains($0.position) }
        let rows = elements.map(sizes.rows).max() ?? .infinity
        let isSmall =
            plansItself || 2 * rows < sizes.searches[analysis.tree.searches[0].datasetType] ?? 0
        let isUsed = unused.contains { shown.contains($0.name) || used.contains($0) }
        guard isSmall, !unused.isEmpty, unused.count < required.count, !isUsed else { return nil }
        return (analysis.tree.searches[0].datasetType, unused)
    }

    /// Whether an element's table must be joined: for its fields, or since it relates dimensions and nothing else does.
    private func isMandatory(_ element: DimensionElement) -> Bool {
        if elementFields.contains(element) { return true }
        guard element.definesRelationships, !derived.leavesOut(element), !late.leavesOut(element) else { return false }
        let isRelated = analysis.tree.tables.contains { $0.hasImplied && $0.dimensions.contains(element.name) }
        guard !isRelated else { return false }
        let needed = Set(element.minimalGroup(in: catalog.universe).names)
        let operands = analysis.tree.tables.map(\.dimensions) + analysis.tree.searches.map(\.dimensions)
        return !operands.contains { needed.isSubset(of: $0.required.map(\.name)) }
    }

    /// Adds tables for keys that no table has yet; the one that has most of them first.
    private func addMissing(to items: inout [JoinItem], except unused: [DimensionElement]) throws {
        while true {
            let known = Set(items.flatMap { $0.keys.map(\.dimension.position) })
            let missing = analysis.dimensions.dimensions.filter {
                !known.contains($0.position) && derived.source(of: $0) == nil && !late.implies($0)
                    && !unused.contains($0)
            }
            guard !missing.isEmpty else { return }
            let names = Set(missing.map(\.name))
            func gain(_ element: DimensionElement) -> Int {
                (element.required + element.implied).count { names.contains($0) }
            }
            guard let best = missing.max(by: { gain($0) < gain($1) }) else { return }
            items.append(try item(best))
        }
    }

    /// Dimensions of the elements whose times the condition names beside the validity ranges of a dataset type.
    private func comparedTimes(_ type: String) -> DimensionSet? {
        let columns = analysis.overlaps.predicate.columns
        guard columns.contains(.dataset(type, .timespan)) else { return nil }
        return columns.reduce(into: DimensionSet()) { dimensions, column in
            guard case .field(let element, "timespan") = column else { return }
            dimensions.formUnion(element.requiredSet)
        }
    }

    /// Adds small elements that complete the keys of validity ranges, so that their index serves, if without it far more
    /// ranges would be touched than the elements have rows.
    private func addIndexKeys(to items: inout [JoinItem]) throws {
        guard sizes.areKnown else { return }
        for timed in items where timed.timed != nil {
            let others = items.filter { $0.label != timed.label }.flatMap { $0.keys.map(\.dimension.position) }
            let missing = timed.keys.map(\.dimension).filter { !others.contains($0.position) }
            guard missing.count < timed.keys.count, missing.allSatisfy({ $0.isCached && $0.hasTable }) else { continue }
            let touched = timed.keys.filter { others.contains($0.dimension.position) }.reduce(timed.size) {
                $0 / sizes.distinct($1.dimension, catalog.universe)
            }
            let added = missing.reduce(3) { $0 * sizes.distinct($1, catalog.universe) }
            if added < touched { items += try missing.map(item) }
        }
    }

    private func item(_ element: DimensionElement) throws -> JoinItem {
        guard !element.isSkyPixel else {
            throw QueryAnalysis.unenumerated(element)
        }
        var item = JoinItem.element(element, in: catalog.universe)
        item.size = sizes.rows(element)
        return item
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

extension OverlapAnalysis.PixelJoin {
    /// How many rows the table or subquery has, roughly.
    fileprivate func size(_ sizes: TableSizes) -> Double {
        switch self {
        case .pixels(let element): 4 * sizes.rows(element)
        case .pair(let first, let second): 20 * max(sizes.rows(first), sizes.rows(second))
        case .ranges(let element, let ranges): min(sizes.rows(element), 20 * Double(ranges.memberCount ?? 1))
        }
    }
}

public import Databases
internal import Datasets
public import Dimensions
public import Queries
public import Registry
internal import StewardCore

/// Answers queries from the tables of a repository.
///
/// A query with dataset searches takes three statements: collections with summaries, sizes of tables, and the query
/// itself; one without takes one. Sizes are kept for a moment. The first use of a dataset type, and of the records of each
/// cached element, adds one; so does each element that is looked up by key.
public struct QueryEngine: Sendable {
    /// The repository's tables.
    public let registry: RegistryTables
    private let memory = SizeMemory()

    /// Creates an engine.
    public init(_ registry: RegistryTables) {
        self.registry = registry
    }

    /// Answers a query, page by page.
    ///
    /// Results in memory are bounded by a page, unless the first datasets of several collections or exact overlaps of
    /// projected regions are asked for, or pairs of one of at most a thousand elements with others on the sky: then all
    /// candidate rows are held in columns.
    ///
    /// - Parameters:
    ///   - tree: Which rows there are.
    ///   - spec: What they show.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - connection: Where to read.
    ///   - body: Takes each page, which is never empty, and says whether to go on.
    /// - Throws: ``ButlerError`` with `.invalidQuery`, `.unimplementedQuery`, `.missingCollection`, `.missingDatasetType`
    ///   or `.calibrationLookup`; database errors; what the body throws.
    public func execute(
        _ tree: QueryTree,
        _ spec: ResultSpec,
        defaults: [String: DimensionValue] = [:],
        on connection: any Connection,
        _ body: (ResultPage) throws -> Bool
    ) throws {
        try spec.validate(for: tree)
        let analysis = try analyse(tree, defaults, on: connection)
        try analysis.checkPixels()
        guard !analysis.isDoomed, spec.limit != 0 else { return }
        let plan = try plan(analysis, spec, on: connection)
        let decoder = decoder(plan, on: connection)
        try rows(of: plan, on: connection) { page, rows in
            try body(try decoder.decode(page, rows: rows))
        }
    }

    private func decoder(_ plan: SelectPlan, on connection: any Connection) -> RowDecoder {
        RowDecoder(layout: plan.layout, format: registry.schema.format) { element, key in
            try registry.dimensions.records(of: element, keys: [key], on: connection)[key]
        }
    }

    /// The error for a row that stands for several validity ranges.
    private func ambiguous(
        _ ambiguity: RowGroups.Ambiguity,
        _ page: ColumnPage,
        _ plan: SelectPlan,
        on connection: any Connection
    ) throws -> ButlerError {
        let row = try decoder(plan, on: connection).decode(page, rows: [Int(ambiguity.place.row)])
        return ButlerError(
            .calibrationLookup,
            "\(ambiguity.count) validity ranges match \(row.firstKey).",
            remedy:
                "Add a time to the condition or an exposure to the dimensions, or do not look for the first dataset only."
        )
    }

    /// Answers a query as one array of pages; for results known to be small.
    ///
    /// - Parameters:
    ///   - query: The query and what its rows show.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - connection: Where to read.
    /// - Returns: All pages.
    /// - Throws: As ``execute(_:_:defaults:on:_:)``.
    public func pages(
        _ query: RowQuery,
        defaults: [String: DimensionValue] = [:],
        on connection: any Connection
    ) throws -> [ResultPage] {
        var pages: [ResultPage] = []
        try execute(query.tree, query.spec, defaults: defaults, on: connection) { page in
            pages.append(page)
            return true
        }
        return pages
    }

    /// The query whose rows are those of another one, fetched now: its condition is not tested again.
    ///
    /// - Parameters:
    ///   - tree: The query to answer.
    ///   - dimensions: Dimensions to keep; nil for all.
    ///   - datasetTypes: Dataset types whose searches are joined again; nil for all.
    ///   - defaults: Values of governors that the condition leaves open.
    ///   - connection: Where to read.
    /// - Returns: A query over the fetched data IDs.
    /// - Throws: As ``execute(_:_:defaults:on:_:)``; `.invalidQuery` if a dataset type has dimensions that are not kept.
    public func materialize(
        _ tree: QueryTree,
        _ dimensions: DimensionGroup? = nil,
        datasetTypes: [String]? = nil,
        defaults: [String: DimensionValue] = [:],
        on connection: any Connection
    ) throws -> QueryTree {
        let group = dimensions ?? tree.dimensions
        let query = try tree.dataIDs(group)
        var found: [DataCoordinate] = []
        try execute(query.tree, query.spec, defaults: defaults, on: connection) { page in
            if case .dataIDs(let rows) = page { found += rows }
            return true
        }
        let table = try DataIDTable(found, dimensions: group, keepsImplied: true)
        var result = QueryTree(in: tree.universe).joining(table)
        for type in datasetTypes ?? tree.searches.map(\.datasetType) {
            guard let search = tree.search(type) else {
                let known = tree.searches.map(\.datasetType)
                throw ButlerError(
                    .invalidQuery,
                    "Dataset type \"\(type)\" is not part of the query.",
                    remedy: known.isEmpty ? "It has none." : "It has \(known.joined(separator: ", ")).",
                    candidates: Candidates.nearest(to: type, in: known)
                )
            }
            guard search.dimensions.isSubset(of: group) else {
                throw ButlerError(
                    .invalidQuery,
                    "The fetched rows have dimensions \(group), but dataset type \"\(type)\" has \(search.dimensions).",
                    remedy: "Keep more dimensions, or leave the dataset type out."
                )
            }
            result = try result.joining(search)
        }
        return result
    }

    /// Analyses a query: two statements if it searches for datasets, else none.
    func analyse(
        _ tree: QueryTree,
        _ defaults: [String: DimensionValue],
        on connection: any Connection
    ) throws -> QueryAnalysis {
        try QueryAnalysis(tree, try QueryCatalog(tree, registry, on: connection), defaults: defaults)
    }

    /// Plans a statement; takes one itself for the sizes of tables, where the database needs to be told the order of joins.
    func plan(
        _ analysis: QueryAnalysis,
        _ spec: ResultSpec,
        testsRegions: Bool = true,
        on connection: any Connection
    ) throws -> SelectPlan {
        let derived = try DerivedKeys(analysis, spec, registry, on: connection)
        let needsOrder =
            connection.dialect.keepsJoinOrder && (!analysis.overlaps.isUnconditional || analysis.projects(to: spec))
        let sizes = needsOrder ? try TableSizes(analysis, memory, on: connection) : TableSizes()
        return try SelectPlan(
            analysis,
            spec,
            records: try records(spec, on: connection),
            derived: derived,
            late: testsRegions ? LateElements(analysis, spec, derived, sizes) : LateElements(),
            testsRegions: testsRegions,
            sizes: sizes
        )
    }

    /// Records of cached elements, where data IDs come with records.
    private func records(_ spec: ResultSpec, on connection: any Connection) throws -> [Int: ElementRecords] {
        guard spec.withRecords else { return [:] }
        var known: [Int: ElementRecords] = [:]
        for element in spec.dimensions(in: registry.universe).elements where element.isCached && !element.isSkyPixel {
            known[element.position] = try registry.dimensions.all(of: element, on: connection)
        }
        return known
    }

    /// The rows of a plan that pass its filter, as positions in pages.
    func rows(
        of plan: SelectPlan,
        on connection: any Connection,
        _ body: (ColumnPage, [Int]) throws -> Bool
    ) throws {
        guard plan.filter.keys != nil else { return try stream(plan, on: connection, body) }
        var late = LateReader(plan.late)
        var groups = RowGroups(plan.filter, plan.pageKinds, registry.schema.format)
        try connection.stream(plan.sql, kinds: plan.kinds, pageRows: plan.pageRows) { page in
            try groups.add(try late.widened(page, on: connection))
            return true
        }
        let chosen: [RowGroups.Place]
        do {
            chosen = try groups.chosen(limit: plan.limit)
        } catch let ambiguity as RowGroups.Ambiguity {
            throw try ambiguous(ambiguity, groups.pages[Int(ambiguity.place.page)], plan, on: connection)
        }
        var start = 0
        while start < chosen.count {
            let page = chosen[start].page
            var end = start
            while end < chosen.count, chosen[end].page == page { end += 1 }
            guard try body(groups.pages[Int(page)], chosen[start..<end].map { Int($0.row) }) else { return }
            start = end
        }
    }

    /// Rows that are tested one by one, if at all.
    private func stream(
        _ plan: SelectPlan,
        on connection: any Connection,
        _ body: (ColumnPage, [Int]) throws -> Bool
    ) throws {
        var left = plan.limit ?? .max
        let tests = plan.filter.tests
        var late = LateReader(plan.late)
        try connection.stream(plan.sql, kinds: plan.kinds, pageRows: plan.pageRows) { page in
            let page = try late.widened(page, on: connection)
            var rows = Array(0..<page.rowCount)
            if !tests.isEmpty {
                var tester = RegionTester(tests, page)
                let all: UInt64 = (1 << UInt64(tests.count)) - 1
                rows = try rows.filter { try tester.passes($0) == all }
                if rows.count > left { rows.removeLast(rows.count - left) }
                left -= rows.count
            }
            guard !rows.isEmpty else { return true }
            return try body(page, rows) && left > 0
        }
    }
}

extension ResultPage {
    /// The first row's data ID, for people.
    fileprivate var firstKey: String {
        switch self {
        case .datasets(let rows):
            guard let ref = rows.first else { return "nothing" }
            return "the data ID \(ref.dataID) of dataset type \"\(ref.datasetType.name)\""
        case .dataIDs(let rows): return rows.first.map { "the data ID \($0)" } ?? "nothing"
        case .records(let rows): return rows.first.map { "a record of \($0.element.name)" } ?? "nothing"
        case .general(let general):
            let keys = zip(general.columns, general.rows.first ?? []).filter { !$0.0.contains(".") }
            let values = keys.map { name, value in
                guard case .value(let literal) = value else { return "\(name): NULL" }
                return "\(name): \(literal)"
            }
            return "the data ID {\(values.joined(separator: ", "))}"
        }
    }
}

internal import Databases
internal import Datasets
internal import Dimensions
internal import Queries
internal import Registry
internal import SphericalGeometry
internal import StewardCore

/// The statement that answers a query, what is to be done with its rows, and what they mean.
struct SelectPlan {
    /// The statement without its limit.
    private(set) var statement: SQL = ""
    /// How its columns are fetched.
    private(set) var kinds: [ColumnKind] = []
    /// What is looked up by key for the rows.
    private(set) var late: [LateSource] = []
    /// What is to be done with the rows.
    private(set) var filter = RowFilter()
    /// What the columns mean.
    let layout: ResultLayout
    /// Most rows to return.
    let limit: Int?
    /// The joined tables, for people.
    let joins: JoinPlan
    private let isDistinct: Bool

    /// Plans the rows of a result.
    ///
    /// - Parameters:
    ///   - analysis: The query.
    ///   - spec: What its rows show.
    ///   - records: Records in memory, by position of their element, where data IDs come with records.
    ///   - derived: What is taken from records in memory instead of from joins.
    ///   - late: What is looked up by key instead of being joined.
    ///   - testsRegions: Whether overlaps are tested exactly.
    ///   - sizes: How many rows tables have.
    /// - Throws: ``ButlerError`` with `.invalidQuery` or `.unimplementedQuery`.
    init(
        _ analysis: QueryAnalysis,
        _ spec: ResultSpec,
        records: [Int: ElementRecords] = [:],
        derived: DerivedKeys = DerivedKeys(),
        late: LateElements = LateElements(),
        testsRegions: Bool = true,
        sizes: TableSizes = TableSizes()
    ) throws {
        let universe = analysis.catalog.universe
        let needs = ResultNeeds(analysis, spec)
        joins = try JoinPlan(
            analysis,
            shown: spec.dimensions(in: universe),
            columns: needs.columns,
            ranked: needs.ranked,
            derived: derived,
            late: late,
            testsRegions: testsRegions,
            sizes: sizes
        )
        var chooser = ColumnChooser(joins, analysis, derived, late)
        layout = try ResultLayout(spec, universe, records, &chooser)
        let resultColumns = chooser.list.offset..<chooser.list.end
        isDistinct = needs.isDistinct
        limit = spec.limit
        if testsRegions { filter.tests = try Self.tests(analysis, &chooser) }
        if let type = spec.findFirstType, let search = analysis.searches[type], needs.isRanked || needs.countsMatches {
            filter.keys = try chooser.varyingKeys(spec.dimensions(in: universe).required)
            filter.refusesAmbiguity = needs.countsMatches
            if needs.isRanked, let column = try chooser.collectionKey(type) {
                let places = search.collections.enumerated().map { ($1.key, $0) }
                filter.rank = (column, Dictionary(places, uniquingKeysWith: { first, _ in first }))
            }
        } else if isDistinct || late.repeatsPairs {
            for type in needs.toldApart { _ = try chooser.collectionKey(type) }
            if !filter.tests.isEmpty { filter.keys = Array(resultColumns) }
        }
        let order = try spec.order.map { (try chooser.order($0.expression) - late.width, $0.isDescending) }
        self.late = try late.lookUps.filter { !$0.columns.isEmpty }.map { lookUp in
            let keys = try lookUp.element.required.compactMap(universe.find).map { try chooser.source($0) }
            return LateSource(lookUp: lookUp, keys: keys)
        }
        kinds = chooser.list.fetchedKinds
        statement = select(chooser.list, order)
    }

    private func select(_ list: SelectList, _ order: [(Int, Bool)]) -> SQL {
        let head: SQL = isDistinct && filter.keys == nil ? "SELECT DISTINCT " : "SELECT "
        var sql: SQL = "\(head)\(list.sql)\(joins.tables.clauses)"
        if !order.isEmpty {
            let terms = order.map { index, isDescending -> SQL in
                let column = SQL(generated: String(index + 1))
                return isDescending ? "\(column) DESC" : column
            }
            sql += " ORDER BY \(terms.joined(separator: ", "))"
        }
        return sql
    }

    private static func tests(
        _ analysis: QueryAnalysis,
        _ chooser: inout ColumnChooser
    ) throws -> [RowFilter.RegionTest] {
        var tests: [RowFilter.RegionTest] = []
        for (first, second) in analysis.overlaps.regionPairs {
            tests.append(.pair(try chooser.region(first), try chooser.region(second)))
        }
        for (element, region) in analysis.overlaps.regionConstraints {
            tests.append(.constant(try chooser.region(element), region))
        }
        return tests
    }

    /// The statement with its limit, if the database can apply it.
    var sql: SQL {
        guard filter.isTrivial, let limit else { return statement }
        return "\(statement) LIMIT \(limit)"
    }

    /// Rows fetched at a time; more where they are tested, so that each region is decoded seldom.
    var pageRows: Int { late.isEmpty || filter.tests.isEmpty ? 4096 : 32_768 }

    /// How the columns of a page are fetched: those that are looked up, then those of the statement.
    var pageKinds: [ColumnKind] { late.flatMap { $0.lookUp.columns.map(\.kind) } + kinds }

    /// A statement that counts the rows, if the database can; nil if rows must be looked at.
    var countSQL: SQL? {
        guard filter.tests.isEmpty, !filter.refusesAmbiguity else { return nil }
        guard filter.keys != nil || isDistinct else { return "SELECT COUNT(*)\(joins.tables.clauses)" }
        return "SELECT COUNT(*) FROM (\(countedRows)) AS \(id: "counted")"
    }

    /// The distinct rows that are counted: keys alone where the first dataset of each key counts.
    private var countedRows: SQL {
        guard filter.keys != nil, filter.rank != nil else { return statement }
        let columns = layout.keyColumns.joined(separator: ", ")
        return "SELECT DISTINCT \(layout.keyColumns.isEmpty ? "1" : columns)\(joins.tables.clauses)"
    }
}

/// What a result needs beyond the query's own columns.
private struct ResultNeeds {
    /// Columns that rows show, or by which they are sorted.
    let columns: [ColumnReference]
    /// Whether rows of several collections are ranked.
    let isRanked: Bool
    /// Whether matching validity ranges are counted.
    let countsMatches: Bool
    /// Whether equal rows must become one.
    let isDistinct: Bool
    /// Dataset types of which a row is wanted for each collection.
    let toldApart: [String]

    /// Dataset types of which the collection's key is needed.
    var ranked: Set<String>

    init(_ analysis: QueryAnalysis, _ spec: ResultSpec) {
        let universe = analysis.catalog.universe
        columns = spec.columns(in: universe) + spec.order.flatMap(\.expression.columns)
        let first = spec.findFirstType.flatMap { analysis.searches[$0] }
        isRanked = (first?.collections.count ?? 0) > 1
        countsMatches = first?.isCalibrationSearch ?? false
        let shown = Set(columns.compactMap(\.datasetType))
        let constrained = Set(analysis.overlaps.predicate.columns.compactMap(\.datasetType))
        let repeats = constrained.subtracting(shown).contains { type in
            (analysis.searches[type]?.collections.count ?? 0) > 1
        }
        isDistinct = repeats || spec.dimensions(in: universe) != analysis.dimensions
        let fields = spec.datasetFields
        toldApart = fields.keys.sorted().filter { type in
            guard let shown = fields[type], (analysis.searches[type]?.collections.count ?? 0) > 1 else { return false }
            return shown.contains(.timespan) || shown.contains(.collection)
        }
        ranked = Set(toldApart)
        if isRanked, let type = spec.findFirstType { ranked.insert(type) }
    }
}

extension ColumnReference {
    /// The dataset type whose field this is, if any.
    fileprivate var datasetType: String? {
        guard case .dataset(let type, _) = self else { return nil }
        return type
    }
}

extension ResultSpec {
    /// Columns other than keys that the rows show.
    func columns(in universe: DimensionUniverse) -> [ColumnReference] {
        var columns: [ColumnReference] = []
        for (type, fields) in datasetFields {
            columns += fields.map { .dataset(type, $0) }
        }
        switch rows {
        case .records(let element): columns += element.factColumns
        case .general(let general):
            for (name, fields) in general.dimensionFields {
                guard let element = universe.find(name) else { continue }
                columns += element.factColumns.filter { column in
                    guard case .field(_, let field) = column else { return false }
                    return fields.contains(field)
                }
            }
        case .dataIDs, .datasets: break
        }
        if withRecords {
            for element in dimensions(in: universe).elements where !element.isCached { columns += element.factColumns }
        }
        return columns
    }
}

extension DimensionElement {
    /// Fields of the records that are not keys; none for sky pixels, whose regions are computed.
    var factColumns: [ColumnReference] {
        isSkyPixel ? [] : fields.filter { $0.dimension == nil }.map { .field(self, $0.name) }
    }
}

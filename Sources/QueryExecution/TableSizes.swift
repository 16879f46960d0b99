internal import Datasets
internal import Databases
internal import Dimensions
internal import Queries
internal import Registry
internal import Synchronization

/// How many rows tables have, roughly; decides the order of joins only.
struct TableSizes: Sendable {
    /// Rows of element tables, by position of the element.
    var elements: [Int: Double] = [:]
    /// Datasets of a type in the collections that are searched, by dataset type.
    var searches: [String: Double] = [:]

    /// Whether these are more than guesses, so that an order of joins can be told from them.
    private(set) var areKnown = false

    /// Most datasets of a search that are counted.
    private static let countLimit = 10_000

    /// Rows of an element's table; a guess where nothing is known.
    func rows(_ element: DimensionElement) -> Double {
        if let known = elements[element.position] { return max(known, 1) }
        if element.isGovernor { return 2 }
        if element.viewOf != nil { return 8 }
        if element.isSkyPixel { return 100_000 }
        return element.isCached ? 200 : element.isSpatial && element.required.count > 2 ? 1_000_000 : 10_000
    }

    /// How many values of a dimension go with given values of the dimensions that it requires.
    func distinct(_ dimension: DimensionElement, _ universe: DimensionUniverse) -> Double {
        let others = dimension.required.dropLast().compactMap(universe.find)
        return others.reduce(rows(dimension)) { max(1, $0 / distinct($1, universe)) }
    }

    /// Sizes of all tables that a query reads.
    ///
    /// One statement where sizes are not remembered; a size that changes later makes a query slower, not wrong.
    init(_ analysis: QueryAnalysis, _ memory: SizeMemory, on connection: any Connection) throws {
        let elements = analysis.dimensions.elements.filter(\.hasTable)
        let searches = analysis.searches.values.sorted { $0.type.id < $1.type.id }.map(CountedSearch.init)
        var known = memory.sizes
        let isKnown =
            elements.allSatisfy { known.elements[$0.position] != nil }
            && searches.allSatisfy { known.searches[$0] != nil }
        if !isKnown {
            try Self.read(elements, searches, analysis.catalog.schema.format.collectionColumn, into: &known, connection)
            memory.remember(known)
        }
        areKnown = true
        self.elements = known.elements
        for search in searches { self.searches[search.name] = known.searches[search] }
    }

    private static func read(
        _ elements: [DimensionElement],
        _ searches: [CountedSearch],
        _ column: String,
        into known: inout SizeMemory.Sizes,
        _ connection: any Connection
    ) throws {
        var columns: [SQL] = elements.map { "(SELECT MAX(rowid) FROM \(table: $0.name))" }
        for search in searches {
            columns.append("(SELECT MAX(rowid) FROM \(table: search.table))")
            columns.append(
                """
                (SELECT COUNT(*) FROM (SELECT 1 FROM \(table: search.table) WHERE \(id: "dataset_type_id") = \(search.type) \
                AND \(id: column) \(in: search.collections) LIMIT \(Self.countLimit)))
                """
            )
        }
        let kinds = [ColumnKind](repeating: .integer, count: columns.count)
        let page = try connection.query("SELECT \(columns.joined(separator: ", "))", kinds: kinds)
        for (index, element) in elements.enumerated() {
            known.elements[element.position] = Double(page.integer(0, index) ?? 0)
        }
        for (index, search) in searches.enumerated() {
            let start = elements.count + 2 * index
            let table = Double(page.integer(0, start) ?? 0)
            let counted = Double(page.integer(0, start + 1) ?? 0)
            let isCut = counted >= Double(Self.countLimit)
            known.searches[search] = isCut ? max(counted, (counted * table).squareRoot()) : counted
        }
    }

    /// Guesses only.
    init() {}
}

/// A search whose datasets are counted: the table that it reads and the collections.
struct CountedSearch: Hashable {
    let type: Int64
    let name: String
    let table: String
    let collections: [CollectionKey]

    init(_ search: ResolvedSearch) {
        let isTimed = search.memberships.isEmpty
        type = search.type.id
        name = search.type.type.name
        table = isTimed ? search.type.calibrations?.name ?? search.type.tags.name : search.type.tags.name
        collections = (isTimed ? search.calibrations : search.memberships).map(\.key)
    }
}

/// Sizes seen a moment ago, so that queries in a row do not count each time.
final class SizeMemory: Sendable {
    struct Sizes {
        /// Rows of element tables, by position of the element.
        var elements: [Int: Double] = [:]
        /// Datasets of searches.
        var searches: [CountedSearch: Double] = [:]
    }

    private static let validity = Duration.seconds(10)
    private let state = Mutex<(sizes: Sizes, since: ContinuousClock.Instant)>((Sizes(), .now))

    /// The sizes known; none if they are too old.
    var sizes: Sizes {
        state.withLock { state in
            if ContinuousClock.now - state.since > Self.validity { state = (Sizes(), .now) }
            return state.sizes
        }
    }

    func remember(_ sizes: Sizes) {
        state.withLock { $0.sizes = sizes }
    }
}

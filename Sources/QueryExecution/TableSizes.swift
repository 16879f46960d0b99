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
    /// Rows of the table that a search reads, by dataset type.
    var tables: [String: Double] = [:]

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
    /// One statement where there are searches, or elements whose size is not remembered.
    init(_ analysis: QueryAnalysis, _ memory: SizeMemory, on connection: any Connection) throws {
        let elements = analysis.dimensions.elements.filter(\.hasTable)
        areKnown = true
        self.elements = memory.sizes
        let isKnown = elements.allSatisfy { self.elements[$0.position] != nil }
        guard !isKnown || !analysis.searches.isEmpty else { return }
        var columns: [SQL] = elements.map { "(SELECT MAX(rowid) FROM \(table: $0.name))" }
        let searches = analysis.searches.values.sorted { $0.type.id < $1.type.id }
        let column = analysis.catalog.schema.format.collectionColumn
        for search in searches {
            let isTimed = search.memberships.isEmpty
            let table = isTimed ? search.type.calibrations?.name ?? search.type.tags.name : search.type.tags.name
            let keys = (isTimed ? search.calibrations : search.memberships).map(\.key)
            columns.append("(SELECT MAX(rowid) FROM \(table: table))")
            columns.append(
                """
                (SELECT COUNT(*) FROM (SELECT 1 FROM \(table: table) WHERE \(id: "dataset_type_id") = \(search.type.id) \
                AND \(id: column) \(in: keys) LIMIT \(Self.countLimit)))
                """
            )
        }
        let kinds = [ColumnKind](repeating: .integer, count: columns.count)
        let page = try connection.query("SELECT \(columns.joined(separator: ", "))", kinds: kinds)
        for (index, element) in elements.enumerated() {
            self.elements[element.position] = Double(page.integer(0, index) ?? 0)
        }
        memory.remember(self.elements)
        for (index, search) in searches.enumerated() {
            let start = elements.count + 2 * index
            let table = Double(page.integer(0, start) ?? 0)
            let counted = Double(page.integer(0, start + 1) ?? 0)
            let isCut = counted >= Double(Self.countLimit)
            self.tables[search.type.type.name] = table
            self.searches[search.type.type.name] = isCut ? max(counted, (counted * table).squareRoot()) : counted
        }
    }

    /// Guesses only.
    init() {}
}

/// Sizes of element tables seen last.
final class SizeMemory: Sendable {
    private let state = Mutex<[Int: Double]>([:])

    var sizes: [Int: Double] { state.withLock { $0 } }

    func remember(_ sizes: [Int: Double]) {
        state.withLock { $0 = sizes }
    }
}

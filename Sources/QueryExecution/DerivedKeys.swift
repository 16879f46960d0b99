internal import Databases
internal import Datasets
internal import Dimensions
internal import Queries
internal import Registry

/// Implied values of a result that are taken from records in memory instead of from a join: the band of a physical
/// filter, for instance.
struct DerivedKeys {
    /// Elements whose tables need not be joined, with their records.
    private(set) var sources: [(element: DimensionElement, records: ElementRecords)] = []

    /// Finds what can be left out of the joins.
    ///
    /// An element can be when its records are in memory, its key is known from another table that refers to it, and
    /// nothing but the result's implied values comes from it.
    ///
    /// - Parameters:
    ///   - analysis: The query.
    ///   - spec: What its rows show.
    ///   - registry: Where records in memory are.
    ///   - connection: Where to read records that are not in memory, if nothing else has to be asked, or pairs of elements
    ///     on common pixels are.
    /// - Throws: Database errors.
    init(
        _ analysis: QueryAnalysis,
        _ spec: ResultSpec,
        _ registry: RegistryTables,
        on connection: any Connection
    ) throws {
        guard spec.showsKeysOnly else { return }
        for element in spec.dimensions(in: analysis.catalog.universe).elements {
            guard element.isCached, !element.implied.isEmpty, Self.canLeaveOut(element, analysis, spec) else {
                continue
            }
            if let records = registry.dimensions.inMemory(element) {
                sources.append((element, records))
            } else if analysis.overlaps.isUnconditional || analysis.overlaps.pairKeys != nil {
                sources.append((element, try registry.dimensions.all(of: element, on: connection)))
            }
        }
    }

    private static func canLeaveOut(
        _ element: DimensionElement,
        _ analysis: QueryAnalysis,
        _ spec: ResultSpec
    ) -> Bool {
        let universe = analysis.catalog.universe
        let group = spec.dimensions(in: universe)
        let columns = spec.order.flatMap(\.expression.columns) + analysis.overlaps.predicate.columns
        let used = Set(columns.compactMap(\.element))
        let operands = analysis.tree.tables.map(\.dimensions) + analysis.tree.searches.map(\.dimensions)
        let others = analysis.dimensions.elements.filter { $0 != element }
        let isReferred =
            others.contains { $0.implied.contains(element.name) } || operands.contains { $0.required.contains(element) }
        let usesFields = columns.contains { column in
            if case .field(let owner, _) = column { return owner == element }
            return false
        }
        guard isReferred, !usesFields else { return false }
        return element.implied.compactMap(universe.find).allSatisfy { implied in
            group.implied.contains(implied) && !used.contains(implied)
                && !operands.contains { $0.required.contains(implied) }
                && !others.contains { $0 != implied && ($0.required + $0.implied).contains(implied.name) }
        }
    }

    /// Nothing is derived.
    init() {}

    /// The element from whose records a dimension's value is taken, if it is.
    func source(of dimension: DimensionElement) -> (element: DimensionElement, records: ElementRecords)? {
        sources.first { $0.element.implied.contains(dimension.name) }
    }

    /// Whether an element's table is left out.
    func leavesOut(_ element: DimensionElement) -> Bool { sources.contains { $0.element == element } }
}

/// Where the value of a dimension of a result comes from.
enum KeySource {
    /// The same for all rows.
    case constant(DimensionValue)
    /// A column.
    case column(Int)
    /// A field of the record with a key from elsewhere.
    indirect case record(DimensionElement, ElementRecords, keys: [KeySource], field: Int)
}

extension KeyReader {
    /// Reads values from a column, or from records; each distinct key of a page is looked up once.
    ///
    /// - Parameters:
    ///   - source: Where the values come from.
    ///   - page: The page.
    ///   - missing: Finds a record that is not in memory.
    /// - Throws: What `missing` throws.
    init(
        _ source: KeySource,
        _ page: ColumnPage,
        missing: (DimensionElement, [DimensionValue]) throws -> DimensionRecord?
    ) throws {
        switch source {
        case .constant(let value): self = .constant(value)
        case .column(let index): self.init(page.columns[index])
        case .record(let element, let records, let keys, let field):
            let lookup = { (key: [DimensionValue]) in
                try (records[key] ?? missing(element, key))?.values[field].dimensionValue
            }
            let readers = try keys.map { try KeyReader($0, page, missing: missing) }
            let columns = keys.compactMap { key -> Int? in
                if case .column(let index) = key { return index }
                return nil
            }
            try self.init(readers, page.keyCodes(columns), lookup)
        }
    }

    /// Reads what a look-up gives for the keys of rows.
    private init(
        _ readers: [KeyReader],
        _ distinct: (codes: [Int32], firstRows: [Int]),
        _ lookup: ([DimensionValue]) throws -> DimensionValue?
    ) throws {
        let values = try distinct.firstRows.map { row in
            guard let value = try lookup(try readers.map { try $0.value(row) }) else { throw Self.lacksValue }
            return value
        }
        self = .labels(distinct.codes, values)
    }
}

extension ResultSpec {
    /// Whether rows are data IDs or datasets without records.
    var showsKeysOnly: Bool {
        switch rows {
        case .dataIDs, .datasets: !withRecords
        case .records, .general: false
        }
    }
}

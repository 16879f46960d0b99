internal import Databases
internal import Dimensions
internal import Queries
internal import Registry
internal import StewardCore

/// The columns that a statement returns, each once.
struct SelectList {
    private(set) var columns: [SQL] = []
    private(set) var kinds: [ColumnKind] = []
    /// How many columns of a page come before those of the statement.
    let offset: Int

    /// An empty list.
    init(after offset: Int = 0) {
        self.offset = offset
    }

    /// Where the next column will be in a page.
    var end: Int { offset + columns.count }

    /// Adds a column unless it is there.
    ///
    /// - Parameters:
    ///   - column: The expression.
    ///   - kind: How it is fetched.
    /// - Returns: Its position in a page.
    mutating func add(_ column: SQL, _ kind: ColumnKind) -> Int {
        if let index = columns.firstIndex(of: column), kinds[index] == kind { return offset + index }
        columns.append(column)
        kinds.append(kind)
        return end - 1
    }

    /// The columns with commas between them; a constant where there are none.
    var sql: SQL { columns.isEmpty ? "1" : columns.joined(separator: ", ") }

    /// How the columns of ``sql`` are fetched.
    var fetchedKinds: [ColumnKind] { columns.isEmpty ? [.integer] : kinds }
}

/// Where a value of a result row comes from.
enum ValueSource {
    /// A column of numbers, truth values, identifiers or texts, of a type that says what they mean.
    case column(Int, ExpressionType)
    /// A timespan in two columns.
    case timespan(begin: Int, end: Int)
    /// Name of a collection.
    case name(NameSource)
}

/// Where the name of a collection comes from.
enum NameSource {
    /// The same for all rows.
    case constant(String)
    /// A column with its key.
    case keyed(Int, [CollectionKey: String])
    /// A column with the name itself.
    case text(Int)
}

/// Chooses the columns of a result and remembers where each is.
struct ColumnChooser {
    let plan: JoinPlan
    let schema: RegistrySchema
    var list: SelectList
    private let derived: DerivedKeys
    private let late: LateElements
    private let constants: [Int: DimensionValue]

    init(_ plan: JoinPlan, _ analysis: QueryAnalysis, _ derived: DerivedKeys, _ late: LateElements) {
        self.plan = plan
        self.derived = derived
        self.late = late
        schema = analysis.catalog.schema
        constants = analysis.constants
        list = SelectList(after: late.width)
    }

    /// Where the value of a dimension comes from; a column is added only if it must.
    mutating func source(_ dimension: DimensionElement) throws -> KeySource {
        if let value = constants[dimension.position] { return .constant(value) }
        if let column = late.column(of: dimension) { return .column(column) }
        guard let source = derived.source(of: dimension), let field = source.element.fieldIndex(dimension.name) else {
            return .column(try keys([dimension])[0])
        }
        let keys = try source.element.required.compactMap(schema.universe.find).map { try self.source($0) }
        return .record(source.element, source.records, keys: keys, field: field)
    }

    /// Positions of the keys of a group that are not the same in all rows.
    mutating func varyingKeys(_ dimensions: [DimensionElement]) throws -> [Int] {
        try keys(dimensions.filter { constants[$0.position] == nil })
    }

    /// Position of an element's region, fetched so that equal ones are told at once.
    mutating func region(_ element: DimensionElement) throws -> Int {
        if let column = late.region(of: element) { return column }
        guard case .scalar(let sql) = try plan.column(.field(element, "region")) else { return 0 }
        return list.add(sql, .label)
    }

    /// Positions of the keys of a group, required ones first, then implied ones.
    mutating func keys(_ dimensions: [DimensionElement]) throws -> [Int] {
        try dimensions.map { list.add(try plan.key($0), $0.hasStringKey ? .label : .integer) }
    }

    /// Position of any column or expression.
    mutating func value(_ column: ColumnReference) throws -> ValueSource {
        if case .dataset(let type, .run) = column { return .name(try name(type, isRun: true)) }
        if case .dataset(let type, .collection) = column { return .name(try name(type, isRun: false)) }
        switch try plan.column(column) {
        case .scalar(let sql):
            return .column(list.add(sql, Self.kind(column.type, schema.format)), column.type)
        case .bounds(let begin, let end):
            return .timespan(begin: list.add(begin, .integer), end: list.add(end, .integer))
        case .range(let range):
            let (begin, end) = Self.bounds(range)
            return .timespan(begin: list.add(begin, .integer), end: list.add(end, .integer))
        }
    }

    /// The bounds of a range as they are stored elsewhere: extremes for open sides, reversed ones for the empty range.
    private static func bounds(_ range: SQL) -> (begin: SQL, end: SQL) {
        let (least, most) = (TimespanBounds.minimum, TimespanBounds.maximum)
        let begin: SQL = """
            CASE WHEN \(range) IS NULL THEN NULL WHEN isempty(\(range)) THEN \(most) \
            ELSE COALESCE(lower(\(range)), \(least)) END
            """
        let end: SQL = """
            CASE WHEN \(range) IS NULL THEN NULL WHEN isempty(\(range)) THEN \(least) \
            ELSE COALESCE(upper(\(range)), \(most)) END
            """
        return (begin, end)
    }

    /// Position of an expression to sort by.
    mutating func order(_ expression: ColumnExpression) throws -> Int {
        list.add(try plan.compiler.scalar(expression), Self.kind(expression.type, schema.format))
    }

    /// Position of the key of the collection in which datasets were found.
    mutating func collectionKey(_ type: String) throws -> Int? {
        plan.datasets[type].map { list.add($0.collectionKey, schema.format.collectionKind) }
    }

    private mutating func name(_ type: String, isRun: Bool) throws -> NameSource {
        guard let join = plan.datasets[type] else { return .constant("") }
        let collections = join.search.collections
        if !isRun || join.collectionIsRun {
            if collections.count == 1 { return .constant(collections[0].name) }
            if join.needsCollectionKey || join.isDirect {
                let index = list.add(join.collectionKey, schema.format.collectionKind)
                return .keyed(index, join.collectionNames)
            }
        }
        guard case .scalar(let sql) = join.column(isRun ? .run : .collection) else { return .constant("") }
        return .text(list.add(sql, .label))
    }

    private static func kind(_ type: ExpressionType, _ format: RegistryFormat) -> ColumnKind {
        switch type {
        case .int, .datetime, .timespan: .integer
        case .real: .real
        case .string: .label
        case .hash, .region: .text
        case .bool: .bool
        case .uuid: .uuid
        case .ingestDate: format.ingestDates == .nanoseconds ? .integer : .text
        }
    }
}

internal import Databases
internal import Dimensions

/// A table or subquery to join, with the dimension keys that it has.
struct JoinItem {
    /// What stands behind `FROM`, with its alias.
    let source: SQL
    /// Columns that hold keys of dimensions.
    let keys: [(dimension: DimensionElement, column: SQL)]
    /// Conditions on the rows of the table.
    var conditions: [SQL] = []
    /// The same conditions written so that no index serves them; used where an index on keys is better.
    var weakConditions: [SQL] = []
    /// A line for people.
    let label: String
    /// The element whose table this is, if it is one.
    var element: DimensionElement?
    /// Dimensions whose values identify a row, if any do.
    var unique: DimensionSet?
    /// How many rows there are, roughly.
    var size = 1000.0
    /// Dimensions of the elements whose times are compared with the validity ranges that the rows have, if they are.
    var timed: DimensionSet?
    /// Whether this is a subquery, whose rows are all made before one is looked up.
    var isSubquery = false
}

/// How a column of a query is written in SQL.
enum ColumnSQL: Hashable {
    /// One value.
    case scalar(SQL)
    /// A timespan in two columns, both null where there is none.
    case bounds(begin: SQL, end: SQL)
    /// A timespan in one column of a range type.
    case range(SQL)

    /// A timespan of a table's column.
    static func timespan(_ alias: String, _ column: String, _ dialect: SQLDialect) -> ColumnSQL {
        switch dialect.timespanStorage {
        case .columns: .bounds(begin: "\(id: alias, column + "_begin")", end: "\(id: alias, column + "_end")")
        case .range: .range("\(id: alias, column)")
        }
    }
}

/// Tables joined on all dimension keys that they have in common.
struct JoinedTables {
    private(set) var items: [JoinItem] = []
    private(set) var conditions: [SQL] = []
    private var keys: [Int: SQL] = [:]
    private(set) var dimensions = DimensionSet()

    /// Joins a table; keys that are known already become equalities.
    mutating func join(_ item: JoinItem) {
        conditions += prefersKeys(item) ? item.weakConditions : item.conditions
        for (dimension, column) in item.keys {
            if let known = keys[dimension.position] {
                conditions.append("\(known) = \(column)")
            } else {
                keys[dimension.position] = column
                dimensions.insert(dimension.position)
            }
        }
        items.append(item)
    }

    /// Whether rows are better found by keys that are known already than by the table's own conditions: when some are
    /// known, but not the first ones in the order of the index on both.
    private func prefersKeys(_ item: JoinItem) -> Bool {
        guard !item.weakConditions.isEmpty else { return false }
        let isKnown = item.keys.map { dimensions.contains($0.dimension.position) }
        let first = isKnown.prefix { $0 }.count
        return first < isKnown.count && isKnown.dropFirst(first).contains(true)
    }

    /// Adds a condition on the joined rows.
    mutating func filter(_ condition: SQL) {
        conditions.append(condition)
    }

    /// The column that holds a dimension's key, if any table has it.
    func key(_ dimension: DimensionElement) -> SQL? { keys[dimension.position] }

    /// Whether the order of the tables is that in which the database must join them.
    var isOrdered = false

    /// ` FROM … WHERE …`; nothing without tables and conditions.
    var clauses: SQL {
        var sql = SQL()
        let separator: SQL = isOrdered ? " CROSS JOIN " : ", "
        if !items.isEmpty { sql += " FROM \(items.map(\.source).joined(separator: separator))" }
        if !conditions.isEmpty { sql += " WHERE \(conditions.joined(separator: " AND "))" }
        return sql
    }
}

extension JoinItem {
    /// The table of an element, or the distinct values of a dimension that is a view of another one.
    static func element(_ element: DimensionElement, in universe: DimensionUniverse) -> JoinItem {
        if let owner = element.viewOf.flatMap(universe.find) {
            let column = owner.columnName(of: element)
            let source: SQL = """
                (SELECT DISTINCT \(id: column) FROM \(table: owner.name) WHERE \(id: column) IS NOT NULL) \
                AS \(id: element.name)
                """
            return JoinItem(
                source: source,
                keys: [(element, "\(id: element.name, column)")],
                label: "distinct \(column) of \(owner.name)",
                element: element,
                unique: element.requiredSet
            )
        }
        let keys = element.fields.compactMap { field -> (DimensionElement, SQL)? in
            guard let dimension = field.dimension.flatMap(universe.find) else { return nil }
            return (dimension, "\(id: element.name, field.name)")
        }
        return JoinItem(
            source: "\(table: element.name) AS \(id: element.name)",
            keys: keys,
            label: element.name,
            element: element,
            unique: element.requiredSet
        )
    }
}

extension DimensionElement {
    /// Name of the column of this element's table that holds a dimension's key.
    func columnName(of dimension: DimensionElement) -> String {
        fields.first { $0.dimension == dimension.name }?.name ?? dimension.name
    }
}

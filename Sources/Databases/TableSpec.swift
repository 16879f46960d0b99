/// A column of a table.
public struct ColumnSpec: Sendable, Hashable {
    /// The column's name; a time span on two columns adds `_begin` and `_end`.
    public let name: String
    /// What it holds.
    public let type: ColumnType
    /// Whether it is part of the primary key.
    public let isKey: Bool
    /// Whether it must have a value; always so in a key.
    public let isRequired: Bool

    init(name: String, type: ColumnType, isKey: Bool, isRequired: Bool) {
        self.name = name
        self.type = type
        self.isKey = isKey
        self.isRequired = isRequired
    }

    /// A column of the primary key.
    public static func key(_ name: String, _ type: ColumnType) -> ColumnSpec {
        ColumnSpec(name: name, type: type, isKey: true, isRequired: true)
    }

    /// A column that must have a value.
    public static func required(_ name: String, _ type: ColumnType) -> ColumnSpec {
        ColumnSpec(name: name, type: type, isKey: false, isRequired: true)
    }

    /// A column that may be null.
    public static func optional(_ name: String, _ type: ColumnType) -> ColumnSpec {
        ColumnSpec(name: name, type: type, isKey: false, isRequired: false)
    }

    /// Names of the columns that the database has for this one.
    func storedNames(_ dialect: SQLDialect) -> [String] {
        guard type == .timespan, dialect.timespanStorage == .columns else { return [name] }
        return [name + "_begin", name + "_end"]
    }
}

/// A foreign key of a table.
public struct ForeignKeySpec: Sendable, Hashable {
    /// Columns of the table that refer.
    public let source: [String]
    /// Table referred to.
    public let table: String
    /// Columns of that table, in the order of ``source``.
    public let target: [String]
    /// Whether deleting the row referred to deletes the rows that refer; otherwise it fails.
    public let cascades: Bool

    /// Creates a foreign key.
    public init(_ source: [String], references table: String, _ target: [String], cascades: Bool = false) {
        self.source = source
        self.table = table
        self.target = target
        self.cascades = cascades
    }
}

/// The definition of a table, independent of the database.
public struct TableSpec: Sendable, Hashable {
    /// The table's name.
    public let name: String
    /// Columns in order; those of the primary key are marked, in the key's order.
    public let columns: [ColumnSpec]
    /// Lists of columns whose values together are unique.
    public let unique: [[String]]
    /// Lists of columns with an index.
    public let indexes: [[String]]
    /// Foreign keys; each gets an index on its source columns unless one exists already.
    public let foreignKeys: [ForeignKeySpec]
    /// Whether it is a table of one connection's own, which has no namespace.
    public private(set) var isTemporary = false
    private let positions: [String: Int]

    /// Creates a definition.
    public init(
        _ name: String,
        columns: [ColumnSpec],
        unique: [[String]] = [],
        indexes: [[String]] = [],
        foreignKeys: [ForeignKeySpec] = []
    ) {
        self.name = name
        self.columns = columns
        self.unique = unique
        self.indexes = indexes
        self.foreignKeys = foreignKeys
        positions = Dictionary(columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The same table as one of a connection's own.
    public var temporary: TableSpec {
        var copy = self
        copy.isTemporary = true
        return copy
    }

    /// Names of the primary key's columns.
    public var primaryKey: [String] { columns.filter(\.isKey).map(\.name) }

    /// Name of the column whose values the database generates, or nil.
    public var generatedKey: String? { columns.first { $0.type == .serial }?.name }

    /// Names of the columns that a database has for the table, in order.
    public func storedColumns(_ dialect: SQLDialect) -> [String] {
        columns.flatMap { $0.storedNames(dialect) }
    }

    /// The column of this name, or nil.
    public func column(_ name: String) -> ColumnSpec? {
        positions[name].map { columns[$0] }
    }
}

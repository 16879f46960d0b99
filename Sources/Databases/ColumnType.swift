/// What a column of a repository's table holds; each dialect has one spelling for it.
public enum ColumnType: Sendable, Hashable {
    /// Text of at most so many characters; only lengths up to 32 are declared and, on SQLite, checked.
    case string(Int)
    /// Text of any length.
    case text
    /// A 16-bit integer.
    case int16
    /// A 64-bit integer.
    case int64
    /// An integer key that the database generates.
    case serial
    /// A double.
    case double
    /// A truth value.
    case bool
    /// An identifier.
    case uuid
    /// Bytes as standard base64 text with padding.
    case hash
    /// A sky region as base64 text.
    case region
    /// A half-open time span: two integers, begin and end, in TAI nanoseconds since 1970-01-01 TAI.
    case timespan

    /// Longest string whose length is declared in the column's type.
    static let longestDeclaredString = 32

    /// How many values a row has for the column: two for a time span, else one.
    public var valueCount: Int { self == .timespan ? 2 : 1 }

    /// How each of the column's values is fetched.
    public var kind: ColumnKind {
        switch self {
        case .string: .label
        case .text, .hash, .region: .text
        case .int16, .int64, .serial, .timespan: .integer
        case .double: .real
        case .bool: .bool
        case .uuid: .uuid
        }
    }

    /// The value in the form in which it is read back: `1` becomes `true` in a column of truth values.
    public func canonical(_ value: SQLValue) -> SQLValue {
        switch (self, value) {
        case (.bool, .int(let number)): .bool(number != 0)
        case (.double, .int(let number)): .real(Double(number))
        case (.double, .real(let number)) where number.isNaN: .null
        default: value
        }
    }

    /// Longest string that a constraint checks, or nil.
    func checkedLength(_ dialect: SQLDialect) -> Int? {
        guard dialect.checksStringLengths, case .string(let length) = self else { return nil }
        return length <= Self.longestDeclaredString ? length : nil
    }

    /// Type name in a table definition; a time span gives the type of one of its columns.
    func declaration(_ dialect: SQLDialect) -> String {
        switch self {
        case .string(let length): length <= Self.longestDeclaredString ? "VARCHAR(\(length))" : "TEXT"
        case .text, .hash, .region: "TEXT"
        case .int16: "SMALLINT"
        case .int64: "BIGINT"
        case .serial: dialect.keyGeneration == .rowIdentifier ? "INTEGER" : "BIGINT"
        case .double: "FLOAT"
        case .bool: "BOOLEAN"
        case .uuid: dialect.uuidStorage == .native ? "UUID" : "CHAR(32)"
        case .timespan: dialect.timespanStorage == .range ? "INT8RANGE" : "BIGINT"
        }
    }
}

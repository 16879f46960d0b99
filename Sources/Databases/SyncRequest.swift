/// Rows that must exist in a table with given values.
public struct SyncRequest: Sendable {
    /// The table.
    public let table: TableSpec
    /// Columns that together identify a row; they must be unique in the table and have values.
    public let keys: [String]
    /// Columns whose stored values must equal the given ones.
    public let compared: [String]
    /// The rows; columns beyond keys and compared ones are written on insertion only.
    public let rows: RowBatch
    /// Whether compared values that differ are changed; otherwise they are an error.
    public let updates: Bool
    /// Columns to read back.
    public let returning: [String]

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - keys: Columns that together identify a row.
    ///   - compared: Columns whose stored values must equal the given ones.
    ///   - rows: The rows, with all keys and compared columns among their columns.
    ///   - updates: Whether compared values that differ are changed; otherwise they are an error.
    ///   - returning: Columns to read back, such as a generated key.
    public init(
        _ table: TableSpec,
        keys: [String],
        compared: [String] = [],
        rows: RowBatch,
        updates: Bool = false,
        returning: [String] = []
    ) {
        self.table = table
        self.keys = keys
        self.compared = compared
        self.rows = rows
        self.updates = updates
        self.returning = returning
    }
}

/// A column whose stored value is not the given one.
public struct ColumnDifference: Sendable, Hashable, CustomStringConvertible {
    /// Name of the column.
    public let column: String
    /// The value found, two for a time span.
    public let stored: [SQLValue]
    /// The value given, two for a time span.
    public let given: [SQLValue]

    /// Creates a difference.
    public init(column: String, stored: [SQLValue], given: [SQLValue]) {
        self.column = column
        self.stored = stored
        self.given = given
    }

    /// The two values in words.
    public var description: String {
        let list = { (values: [SQLValue]) in values.map(\.description).joined(separator: " to ") }
        return "stored \(list(stored)), given \(list(given))"
    }
}

/// What became of one row of a synchronization.
public enum SyncOutcome: Sendable, Hashable {
    /// It did not exist and was inserted.
    case inserted
    /// It existed with equal values.
    case unchanged
    /// It existed with other values, which were changed.
    case updated([ColumnDifference])
}

/// What became of all rows of a synchronization, in their order.
public struct SyncResult: Sendable, Hashable {
    /// One outcome for each row.
    public let outcomes: [SyncOutcome]
    /// For each row the values of the columns asked for, two for a time span; empty rows if none were.
    public let returned: [[SQLValue]]
}

/// A row that exists with other values; the cause of a `.conflictingDefinition` error.
public struct SyncConflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// Name of the table.
    public let table: String
    /// The row's keys in the order of the request.
    public let keys: [SQLValue]
    /// The differing columns; empty if another row has the same values in another unique constraint.
    public let differences: [ColumnDifference]

    /// The row in words.
    public var description: String {
        "table \(table), row \(keys.map(\.description).joined(separator: ", "))"
    }
}

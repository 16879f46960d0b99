public import Foundation

/// Some rows of a result, kept as one contiguous array for each column.
///
/// Rows and columns are counted from 0. The typed accessors expect the kind that the column was fetched as.
public struct ColumnPage: Sendable {
    /// The columns in the order of the statement.
    public let columns: [Column]
    /// How many rows the page has.
    public let rowCount: Int

    /// Creates a page from filled columns.
    package init(columns: [Column], rowCount: Int) {
        self.columns = columns
        self.rowCount = rowCount
    }

    /// Whether the page has no rows.
    public var isEmpty: Bool { rowCount == 0 }

    /// Whether a cell is null.
    public func isNull(_ row: Int, _ column: Int) -> Bool {
        columns[column].isNull(row)
    }

    /// An integer cell, or nil for null.
    public func integer(_ row: Int, _ column: Int) -> Int64? {
        columns[column].isNull(row) ? nil : columns[column].integers[row]
    }

    /// A double cell, or nil for null.
    public func real(_ row: Int, _ column: Int) -> Double? {
        columns[column].isNull(row) ? nil : columns[column].reals[row]
    }

    /// A truth value, or nil for null.
    public func bool(_ row: Int, _ column: Int) -> Bool? {
        columns[column].isNull(row) ? nil : columns[column].integers[row] != 0
    }

    /// An identifier, or nil for null.
    public func uuid(_ row: Int, _ column: Int) -> UUID? {
        columns[column].isNull(row) ? nil : columns[column].uuids[row]
    }

    /// A text cell of kind text or label, or nil for null.
    public func text(_ row: Int, _ column: Int) -> String? {
        let column = columns[column]
        guard !column.isNull(row) else { return nil }
        return column.kind == .label
            ? column.labels[Int(column.codes[row])] : column.withBytes(row) { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a cell of kind blob or text, or nil for null.
    public func blob(_ row: Int, _ column: Int) -> [UInt8]? {
        columns[column].isNull(row) ? nil : columns[column].withBytes(row) { Array($0) }
    }

    /// A cell of any kind as a value.
    public func value(_ row: Int, _ column: Int) -> SQLValue {
        guard !columns[column].isNull(row) else { return .null }
        return switch columns[column].kind {
        case .integer: integer(row, column).sqlValue
        case .real: real(row, column).sqlValue
        case .text, .label: text(row, column).sqlValue
        case .uuid: uuid(row, column).sqlValue
        case .bool: bool(row, column).sqlValue
        case .blob: blob(row, column).sqlValue
        }
    }
}

/// Rows to write, as one flat array of values.
///
/// Columns are those of the table's definition; a time span has two values in a row, begin and end, whatever the
/// database stores.
public struct RowBatch: Sendable, Hashable {
    /// Names of the columns in the order of a row's values.
    public let columns: [String]
    /// How many values a row has.
    public let width: Int
    /// The values, row after row.
    public private(set) var values: [SQLValue] = []

    /// An empty batch for some columns of a table.
    public init(_ table: TableSpec, columns: [String]) {
        self.columns = columns
        width = columns.reduce(0) { $0 + (table.column($1)?.type.valueCount ?? 1) }
    }

    /// An empty batch for columns that all have one value.
    public init(columns: [String]) {
        self.columns = columns
        width = columns.count
    }

    /// How many complete rows there are.
    public var count: Int { width == 0 ? 0 : values.count / width }

    /// Whether there are no values.
    public var isEmpty: Bool { values.isEmpty }

    /// Reserves room for so many rows in all.
    public mutating func reserveCapacity(_ rowCount: Int) {
        values.reserveCapacity(rowCount * width)
    }

    /// Adds the next value of the row being written.
    public mutating func append(_ value: some SQLBindable) {
        values.append(value.sqlValue)
    }

    /// Adds a whole row; it must have as many values as the batch is wide.
    public mutating func append(row: [SQLValue]) {
        values.append(contentsOf: row)
    }

    /// The values of one row.
    public subscript(row: Int) -> ArraySlice<SQLValue> {
        values[(row * width)..<((row + 1) * width)]
    }

    /// The rows with each value in the form in which the table stores it: `1` becomes `true` in a column of truth values.
    func canonical(in table: TableSpec) -> RowBatch {
        let types = columns.flatMap { name -> [ColumnType?] in
            let type = table.column(name)?.type
            return Array(repeating: type, count: type?.valueCount ?? 1)
        }
        guard types.count == width, width > 0 else { return self }
        var result = self
        for index in values.indices {
            result.values[index] = types[index % width]?.canonical(values[index]) ?? values[index]
        }
        return result
    }
}

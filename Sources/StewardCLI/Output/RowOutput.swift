/// Rows of one kind in any form: for people all at once at the end, for programs as they come.
struct RowOutput: Sendable {
    private let output: OutputOptions
    private let sortKeys: [Int]
    private var table: CompactTable?
    private var encoder: RowEncoder?
    /// How many rows have come.
    private(set) var count = 0

    /// Begins with the chosen ones of these columns.
    ///
    /// - Parameters:
    ///   - columns: All columns.
    ///   - sortKeys: Columns by which a table for people is sorted; rows stay in their order if empty.
    ///   - output: The form and the columns chosen.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    init(_ columns: [OutputTable.Column], sortedBy sortKeys: [Int] = [], _ output: OutputOptions) throws {
        self.output = output
        self.sortKeys = sortKeys
        if output.format == .table {
            table = CompactTable(columns)
        } else {
            encoder = try RowEncoder(columns, output)
        }
    }

    /// Adds a row with a cell for each of all columns.
    mutating func add(_ row: [OutputTable.Cell]) {
        count += 1
        table?.add(row)
        encoder?.add(row)
        encoder?.flush()
    }

    /// Writes what has not been written.
    ///
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    mutating func end() throws {
        if !sortKeys.isEmpty { table?.sort(by: sortKeys) }
        try table?.write(output)
        encoder?.end()
        encoder?.flush(isEnd: true)
    }
}

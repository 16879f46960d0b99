/// A table: columns of one length with names, units and descriptions, and facts about the whole.
///
/// Serves every file format that holds tables.
public struct Table: Sendable, Hashable {
    /// The columns, in order.
    public private(set) var columns: [TableColumn]
    /// Facts about the table, as an object with ordered keys.
    public var metadata: JSONValue
    /// How astropy makes columns of richer types, such as times and coordinates, out of the plain ones: YAML text as it
    /// was read, written back while all its columns are there.
    public var serializedColumns: String?

    private var indices: [String: Int]

    /// Creates a table.
    ///
    /// - Parameters:
    ///   - columns: Columns of one length with different names.
    ///   - metadata: Facts about the table, as an object.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if lengths differ or a name occurs twice.
    public init(_ columns: [TableColumn] = [], metadata: JSONValue = .object([])) throws {
        self.columns = []
        self.metadata = metadata
        indices = [:]
        for column in columns { try append(column) }
    }

    /// The number of rows.
    public var rowCount: Int { columns.first?.rowCount ?? 0 }

    /// Names of the columns, in order.
    public var names: [String] { columns.map(\.name) }

    /// The column of a name, or nil.
    public subscript(name: String) -> TableColumn? {
        indices[name].map { columns[$0] }
    }

    /// The column of a name.
    ///
    /// - Parameter name: Name of the column.
    /// - Returns: The column.
    /// - Throws: ``ButlerError`` with `.invalidArgument` and candidates if there is none.
    public func column(_ name: String) throws -> TableColumn {
        if let column = self[name] { return column }
        throw ButlerError(
            .invalidArgument,
            "The table has no column \"\(name)\".",
            remedy: "It has \(names.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: name, in: names)
        )
    }

    /// Adds a column at the end.
    ///
    /// - Parameter column: A column of the table's length; of any length if it is the first.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if the length differs or the name exists.
    public mutating func append(_ column: TableColumn) throws {
        guard indices[column.name] == nil else {
            throw ButlerError(.invalidArgument, "The table has two columns \"\(column.name)\".")
        }
        guard columns.isEmpty || column.rowCount == rowCount else {
            throw ButlerError(
                .invalidArgument,
                "The column \"\(column.name)\" has \(column.rowCount) rows, the table \(rowCount)."
            )
        }
        indices[column.name] = columns.count
        columns.append(column)
    }

    /// The table with some of its columns only.
    ///
    /// - Parameter names: Names of columns, in the order wanted.
    /// - Returns: The smaller table.
    /// - Throws: ``ButlerError`` with `.invalidArgument` and candidates if there is no column of a name.
    public func selecting(_ names: [String]) throws -> Table {
        var table = try Table(try names.map { try column($0) }, metadata: metadata)
        table.serializedColumns = serializedColumns
        return table
    }
}

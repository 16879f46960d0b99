public import Databases
public import Datasets
internal import StewardCore

/// Reads and writes the rows of one file datastore.
///
/// Functions that write need a write connection and leave the transaction to the caller.
public struct DatastoreRecordTable: Sendable {
    /// Name of the table, `file_datastore_records` by default.
    public let name: String
    /// The table.
    public let table: TableSpec
    let schema: RegistrySchema
    /// Datasets that datastores still have to delete.
    var trash: TableSpec { schema.trash }
    /// Selects all columns.
    let selection: SQL

    /// Describes a datastore's table.
    ///
    /// - Parameters:
    ///   - name: Name of the table, from `datastore.records.table` of the configuration.
    ///   - schema: The repository's tables.
    public init(_ name: String = "file_datastore_records", _ schema: RegistrySchema) {
        self.name = name
        self.schema = schema
        table = RegistrySchema.datastoreRecords(named: name)
        selection = "SELECT \(StoredFile.columns.identifierList) FROM \(table: name)"
    }

    /// Creates the table and notes its name in `opaque_meta`, unless it exists.
    ///
    /// One statement if it exists, else four. ``RepositoryAttributes/datastoreTables`` says whether it exists.
    ///
    /// - Parameter connection: A write connection.
    /// - Returns: Whether the table is new.
    /// - Throws: Database errors.
    @discardableResult
    public func create(on connection: any Connection) throws -> Bool {
        var row = RowBatch(columns: ["table_name"])
        row.append(name)
        let isNew = try connection.ensureTable(table)
        if isNew { try connection.ensure(row, in: schema.opaqueTables) }
        return isNew
    }

    /// Inserts rows.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - records: The rows.
    ///   - replacing: Whether rows of the same dataset and component get the new values; otherwise they are an error.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.integrity` if there is a row for a dataset and component; database errors.
    public func insert(
        _ records: [StoredFile],
        replacing: Bool = false,
        on connection: any Connection
    ) throws {
        var rows = RowBatch(columns: StoredFile.columns)
        for record in records {
            guard record.component.map({ 1...32 ~= $0.unicodeScalars.count }) ?? true, !record.path.isEmpty else {
                throw ButlerError(
                    .invalidArgument,
                    "A datastore cannot record path \"\(record.path)\" of component \"\(record.component ?? "")\".",
                    remedy: "Paths must not be empty, and components have 1 to 32 characters."
                )
            }
            rows.append(row: record.values)
        }
        try connection.insert(rows, into: table, onConflict: replacing ? .replace : .fail)
    }

    /// The rows of some datasets.
    ///
    /// One statement for some thousands.
    ///
    /// - Parameters:
    ///   - ids: Identifiers.
    ///   - connection: Where to read.
    /// - Returns: Rows by dataset, one for each component; datasets without rows are left out.
    /// - Throws: Database errors.
    public func records(
        of ids: [DatasetID],
        on connection: any Connection
    ) throws -> [DatasetID: [StoredFile]] {
        var found: [DatasetID: [StoredFile]] = [:]
        for chunk in DatasetTables.chunks(ids, width: 1, connection.dialect) {
            let condition: SQL = "\(id: "dataset_id") \(in: Array(chunk))"
            for record in try select(condition, on: connection) { found[record.dataset, default: []].append(record) }
        }
        return found
    }

    /// The rows whose files have the given paths.
    ///
    /// One statement for some thousands.
    ///
    /// - Parameters:
    ///   - paths: Paths as stored.
    ///   - connection: Where to read.
    /// - Returns: Rows in no particular order.
    /// - Throws: Database errors.
    public func records(withPaths paths: [String], on connection: any Connection) throws -> [StoredFile] {
        try DatasetTables.chunks(paths, width: 1, connection.dialect).flatMap { chunk in
            try select("\(id: "path") \(in: Array(chunk))", on: connection)
        }
    }

    /// All rows, page by page.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - pageRows: Most rows of a page.
    ///   - connection: Where to read.
    ///   - body: Takes each page and says whether to go on.
    /// - Throws: Database errors, and what the body throws.
    public func forEachPage(
        of pageRows: Int = 10_000,
        on connection: any Connection,
        _ body: ([StoredFile]) throws -> Bool
    ) throws {
        try connection.stream(selection, kinds: StoredFile.kinds, pageRows: pageRows) { page in
            try body((0..<page.rowCount).compactMap { StoredFile(page, $0) })
        }
    }

    private func select(_ condition: SQL, on connection: any Connection) throws -> [StoredFile] {
        let page = try connection.query("\(selection) WHERE \(condition)", kinds: StoredFile.kinds)
        return (0..<page.rowCount).compactMap { StoredFile(page, $0) }
    }

    /// Deletes the rows of some datasets.
    ///
    /// One statement for some thousands.
    ///
    /// - Parameters:
    ///   - ids: Identifiers; ones without rows do not matter.
    ///   - connection: A write connection.
    /// - Throws: Database errors.
    public func delete(_ ids: [DatasetID], on connection: any Connection) throws {
        for chunk in DatasetTables.chunks(ids, width: 1, connection.dialect) {
            try connection.execute("DELETE FROM \(table: name) WHERE \(id: "dataset_id") \(in: Array(chunk))")
        }
    }
}

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
    private let schema: RegistrySchema
    /// Datasets that datastores still have to delete.
    var trash: TableSpec { schema.trash }
    /// Selects all columns.
    private let selection: SQL

    /// Describes a datastore's table.
    ///
    /// - Parameters:
    ///   - name: Name of the table, from `datastore.records.table` of the configuration.
    ///   - schema: The repository's tables.
    public init(_ name: String = "file_datastore_records", _ schema: RegistrySchema) {
        self.name = name
        self.schema = schema
        table = RegistrySchema.datastoreRecords(named: name)
        selection = "SELECT \(DatastoreRecord.columns.identifierList) FROM \(table: name)"
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
        _ records: [DatastoreRecord],
        replacing: Bool = false,
        on connection: any Connection
    ) throws {
        var rows = RowBatch(columns: DatastoreRecord.columns)
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
    ) throws -> [DatasetID: [DatastoreRecord]] {
        var found: [DatasetID: [DatastoreRecord]] = [:]
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
    public func records(withPaths paths: [String], on connection: any Connection) throws -> [DatastoreRecord] {
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
        _ body: ([DatastoreRecord]) throws -> Bool
    ) throws {
        try connection.stream(selection, kinds: DatastoreRecord.kinds, pageRows: pageRows) { page in
            try body((0..<page.rowCount).compactMap { DatastoreRecord(page, $0) })
        }
    }

    private func select(_ condition: SQL, on connection: any Connection) throws -> [DatastoreRecord] {
        let page = try connection.query("\(selection) WHERE \(condition)", kinds: DatastoreRecord.kinds)
        return (0..<page.rowCount).compactMap { DatastoreRecord(page, $0) }
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

    // MARK: Emptying the trash

    /// What emptying a datastore's trash has to do.
    public struct TrashContents: Sendable, Hashable {
        /// Everything in the trash, with and without rows.
        public let datasets: [DatasetID]
        /// Rows of datasets in the trash.
        public let records: [DatastoreRecord]
        /// Paths among ``records`` whose file another dataset still uses; they must stay.
        public let pathsInUse: Set<String>

        /// The part of a path that names the file: what stands before the last `#`.
        public static func file(of path: String) -> String {
            path.utf8.lastIndex(of: UInt8(ascii: "#")).map { String(path[..<$0]) } ?? path
        }
    }

    /// Lists what is in a datastore's trash, and which of the files are still in use.
    ///
    /// Two statements, one more for members of archives. A file is in use when a dataset that the datastore holds has
    /// the same path, both without what follows the last `#`. Files must be removed before the rows.
    ///
    /// - Parameters:
    ///   - datastore: Name of the datastore.
    ///   - connection: A connection.
    /// - Returns: What is to be done.
    /// - Throws: Database errors.
    public func trashContents(of datastore: String, on connection: any Connection) throws -> TrashContents {
        let fields = DatastoreRecord.columns.map { "\(id: "f", $0)" as SQL }.joined(separator: ", ")
        let sql: SQL = """
            SELECT \(id: "t", "dataset_id"), \(fields) FROM \(table: schema.trash.name) AS \(id: "t") \
            LEFT JOIN \(table: name) AS \(id: "f") ON \(id: "f", "dataset_id") = \(id: "t", "dataset_id") \
            WHERE \(id: "t", "datastore_name") = \(datastore)
            """
        let page = try connection.query(sql, kinds: [.uuid] + DatastoreRecord.kinds)
        var seen: Set<DatasetID> = []
        let datasets = (0..<page.rowCount).compactMap { page.uuid($0, 0) }.filter { seen.insert($0).inserted }
        let records = (0..<page.rowCount).compactMap { DatastoreRecord(page, $0, from: 1) }
        guard !records.isEmpty else { return TrashContents(datasets: datasets, records: [], pathsInUse: []) }
        let inUse = try filesInUse(records, datastore, on: connection)
        let kept = records.map(\.path).filter { inUse.contains(TrashContents.file(of: $0)) }
        return TrashContents(datasets: datasets, records: records, pathsInUse: Set(kept))
    }

    /// The files of trashed rows that rows of datasets not in the trash use, too.
    private func filesInUse(
        _ records: [DatastoreRecord],
        _ datastore: String,
        on connection: any Connection
    ) throws -> Set<String> {
        let trashed: SQL = """
            SELECT \(id: "k", "path") FROM \(table: name) AS \(id: "k") \
            JOIN \(table: schema.trash.name) AS \(id: "t") ON \(id: "t", "dataset_id") = \(id: "k", "dataset_id") \
            WHERE \(id: "t", "datastore_name") = \(datastore)
            """
        let held: SQL = """
            SELECT DISTINCT \(id: "f", "path") FROM \(table: name) AS \(id: "f") \
            JOIN \(table: schema.location.name) AS \(id: "l") ON \(id: "l", "dataset_id") = \(id: "f", "dataset_id") \
            AND \(id: "l", "datastore_name") = \(datastore)
            """
        var inUse = Set(try connection.texts("\(held) WHERE \(id: "f", "path") IN (\(trashed))"))
        let archives = Set(records.map(\.path).filter { $0.contains("#") }.map(TrashContents.file))
        for chunk in DatasetTables.chunks(archives.sorted(), width: 64, connection.dialect) {
            let tests = chunk.map { archive -> SQL in
                let escaped = archive.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing(
                    "_",
                    with: "\\_"
                )
                return "\(id: "f", "path") LIKE \(escaped + "#%") ESCAPE '\\'"
            }
            let members = try connection.texts("\(held) WHERE \(tests.joined(separator: " OR "))")
            inUse.formUnion(members.map(TrashContents.file))
        }
        return inUse
    }
}

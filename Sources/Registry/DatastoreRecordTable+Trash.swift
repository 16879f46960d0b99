public import Databases
public import Datasets
internal import StewardCore

extension DatastoreRecordTable {
    /// What emptying a datastore's trash has to do.
    public struct TrashContents: Sendable, Hashable {
        /// Everything in the trash, with and without rows.
        public let datasets: [DatasetID]
        /// Rows of datasets in the trash.
        public let records: [StoredFile]
        /// Paths among ``records`` whose file another dataset still uses; they must stay.
        public let pathsInUse: Set<String>
        /// Where the next part of the trash begins; nil after the last one.
        public let end: DatasetID?

        /// The part of a path that names the file: what stands before the last `#`.
        public static func file(of path: String) -> String {
            path.utf8.lastIndex(of: UInt8(ascii: "#")).map { String(path[..<$0]) } ?? path
        }
    }

    /// Takes a part of a datastore's trash, and tells which of the files are still in use.
    ///
    /// Three statements, one more for members of archives. A file is in use when a dataset that the datastore holds has
    /// the same path, both without what follows the last `#`. Files must be removed before the rows, in the same
    /// transaction: until it ends nobody else empties this part, and who is about to make a file at one of its paths
    /// (``owned(_:in:on:)``) waits. Datasets that somebody else works on are left out, as in the reference
    /// (`lsst.daf.butler: registry/bridge/monolithic.py`).
    ///
    /// - Parameters:
    ///   - datastore: Name of the datastore.
    ///   - place: Where the part begins; nil for the first one.
    ///   - limit: Most datasets.
    ///   - connection: A write connection.
    /// - Returns: What is to be done.
    /// - Throws: Database errors.
    public func trashContents(
        of datastore: String,
        after place: DatasetID? = nil,
        limit: Int = 10_000,
        on connection: any Connection
    ) throws -> TrashContents {
        let start: SQL = place.map { " AND \(id: "dataset_id") > \($0)" } ?? ""
        let lock: SQL = connection.dialect.supportsRowLocks ? " FOR UPDATE SKIP LOCKED" : ""
        let sql: SQL = """
            SELECT \(id: "dataset_id") FROM \(table: schema.trash.name) \
            WHERE \(id: "datastore_name") = \(datastore)\(start) ORDER BY \(id: "dataset_id") LIMIT \(limit)\(lock)
            """
        let page = try connection.query(sql, kinds: [.uuid])
        let datasets = (0..<page.rowCount).compactMap { page.uuid($0, 0) }
        guard let last = datasets.last else {
            return TrashContents(datasets: [], records: [], pathsInUse: [], end: nil)
        }
        let end = datasets.count < limit ? nil : last
        let records = try self.records(of: datasets, on: connection).values.flatMap { $0 }
        guard !records.isEmpty else {
            return TrashContents(datasets: datasets, records: [], pathsInUse: [], end: end)
        }
        let trashed: SQL = """
            SELECT \(id: "k", "path") FROM \(table: name) AS \(id: "k") \
            JOIN \(table: schema.trash.name) AS \(id: "t") ON \(id: "t", "dataset_id") = \(id: "k", "dataset_id") \
            WHERE \(id: "t", "datastore_name") = \(datastore) \
            AND \(id: "t", "dataset_id") BETWEEN \(datasets[0]) AND \(last)
            """
        let inUse = try filesInUse(trashed, records, datastore, on: connection)
        let kept = records.map(\.path).filter { inUse.contains(TrashContents.file(of: $0)) }
        return TrashContents(datasets: datasets, records: records, pathsInUse: Set(kept), end: end)
    }

    /// The files of trashed rows that rows of datasets not in the trash use, too.
    private func filesInUse(
        _ trashed: SQL,
        _ records: [StoredFile],
        _ datastore: String,
        on connection: any Connection
    ) throws -> Set<String> {
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

    /// The paths among some that datasets have: stored ones, and those in the trash, which are kept from being emptied.
    ///
    /// To be called before files are made at these paths: datasets that go with the transaction are not seen before its
    /// end, so who empties the trash could not know that their files must stay. Waits while somebody empties the part of
    /// the trash that has these paths. One statement for some thousands.
    ///
    /// - Parameters:
    ///   - paths: Paths as stored.
    ///   - datastore: Name of the datastore.
    ///   - connection: A write connection.
    /// - Returns: Paths of datasets that are stored, and, where transactions do not keep each other from writing, of those
    ///   in the datastore's trash.
    /// - Throws: Database errors.
    public func owned(
        _ paths: [String],
        in datastore: String,
        on connection: any Connection
    ) throws -> (stored: Set<String>, trashed: Set<String>) {
        var (stored, trashed): (Set<String>, Set<String>) = ([], [])
        for chunk in DatasetTables.chunks(paths, width: 2, connection.dialect) {
            let page = try connection.query(
                owners(Array(chunk), datastore, locking: connection.dialect.supportsRowLocks),
                kinds: [.text, .integer]
            )
            for row in 0..<page.rowCount {
                guard let path = page.text(row, 0) else { continue }
                if page.integer(row, 1) == 0 { stored.insert(path) } else { trashed.insert(path) }
            }
        }
        return (stored, trashed)
    }

    private func owners(_ paths: [String], _ datastore: String, locking: Bool) -> SQL {
        let stored: SQL = """
            SELECT \(id: "f", "path"), 0 FROM \(table: name) AS \(id: "f") \
            JOIN \(table: schema.location.name) AS \(id: "l") ON \(id: "l", "dataset_id") = \(id: "f", "dataset_id") \
            WHERE \(id: "f", "path") \(in: paths)
            """
        guard locking else { return stored }
        return """
            WITH \(id: "trashed") AS (SELECT \(id: "f", "path") FROM \(table: schema.trash.name) AS \(id: "t") \
            JOIN \(table: name) AS \(id: "f") ON \(id: "f", "dataset_id") = \(id: "t", "dataset_id") \
            WHERE \(id: "t", "datastore_name") = \(datastore) AND \(id: "f", "path") \(in: paths) \
            ORDER BY \(id: "t", "dataset_id") FOR UPDATE) \
            SELECT \(id: "path"), 1 FROM \(id: "trashed") UNION ALL \(stored)
            """
    }

    /// Waits until all transactions that were about to store datasets have ended, and keeps others from doing so.
    ///
    /// Two statements; none are needed where a transaction keeps all others from writing.
    ///
    /// - Parameter connection: A write connection, on which nothing has been written yet.
    /// - Throws: Database errors.
    public func awaitWriters(on connection: any Connection) throws {
        // All insert datasets first, those of the reference too, or look for their paths' owners.
        try connection.lock("dataset")
        try connection.lock(trash.name)
    }
}

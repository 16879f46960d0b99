public import Databases
public import Datasets
internal import StewardCore

extension DatastoreRecordTable {
    /// Where a page of records ended.
    public struct Place: Sendable, Hashable {
        let dataset: DatasetID
        let component: String
    }

    /// Some records in the order of their keys, without those of datasets in the trash.
    ///
    /// One statement; a read of its own for each page keeps writers waiting for no longer than that.
    ///
    /// - Parameters:
    ///   - place: Where the page before ended, or nil to begin.
    ///   - limit: Most records.
    ///   - connection: Where to read.
    /// - Returns: The records, and where they end; nil after the last.
    /// - Throws: Database errors.
    public func page(
        after place: Place?,
        limit: Int,
        on connection: any Connection
    ) throws -> (records: [StoredFile], end: Place?) {
        guard try connection.tableExists(name) else { return ([], nil) }
        let start: SQL =
            place.map { "(\(id: "dataset_id"), \(id: "component")) > (\($0.dataset), \($0.component)) AND " } ?? ""
        let sql: SQL = """
            SELECT \(StoredFile.columns.identifierList) FROM \(table: name) AS \(id: "f") WHERE \(start)\
            NOT EXISTS (SELECT 1 FROM \(table: trash.name) AS \(id: "t") \
            WHERE \(id: "t", "dataset_id") = \(id: "f", "dataset_id")) \
            ORDER BY \(id: "dataset_id"), \(id: "component") LIMIT \(limit)
            """
        let page = try connection.query(sql, kinds: StoredFile.kinds)
        let records = (0..<page.rowCount).compactMap { StoredFile(page, $0) }
        let row = page.rowCount - 1
        guard page.rowCount == limit, let dataset = page.uuid(row, 0), let component = page.text(row, 4) else {
            return (records, nil)
        }
        return (records, Place(dataset: dataset, component: component))
    }

    /// How many records there are; none if the table has not been made yet, as for the other functions here.
    ///
    /// - Parameter connection: Where to read.
    /// - Returns: The number of rows.
    /// - Throws: Database errors.
    public func count(on connection: any Connection) throws -> Int64 {
        guard try connection.tableExists(name) else { return 0 }
        return try connection.integer("SELECT COUNT(*) FROM \(table: name)") ?? 0
    }

    /// Those of some paths that records have, those in the trash included.
    ///
    /// One statement for some thousands.
    ///
    /// - Parameters:
    ///   - paths: Paths as records hold them.
    ///   - connection: Where to read.
    /// - Returns: The paths with records.
    /// - Throws: Database errors.
    public func recorded(_ paths: [String], on connection: any Connection) throws -> Set<String> {
        var found: Set<String> = []
        guard try connection.tableExists(name) else { return found }
        for chunk in DatasetTables.chunks(paths, width: 1, connection.dialect) {
            let sql: SQL = "SELECT \(id: "path") FROM \(table: name) WHERE \(id: "path") \(in: Array(chunk))"
            found.formUnion(try connection.texts(sql))
        }
        return found
    }

    /// The paths of all archives of whose members there are records.
    ///
    /// - Parameter connection: Where to read.
    /// - Returns: What stands before each `#` of the records' paths.
    /// - Throws: Database errors.
    public func archives(on connection: any Connection) throws -> Set<String> {
        var found: Set<String> = []
        guard try connection.tableExists(name) else { return found }
        let sql: SQL = "SELECT \(id: "path") FROM \(table: name) WHERE \(id: "path") LIKE '%#%'"
        try connection.stream(sql, kinds: [.text], pageRows: 5000) { page in
            for row in 0..<page.rowCount {
                guard let path = page.text(row, 0) else { continue }
                for mark in path.indices where path[mark] == "#" { found.insert(String(path[..<mark])) }
            }
            return true
        }
        return found
    }
}

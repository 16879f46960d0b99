public import Databases
public import Datasets
internal import StewardCore

/// Reads and writes which datastores hold which datasets, and what they still have to delete.
///
/// Functions that write need a write connection and leave the transaction to the caller.
public struct LocationTable: Sendable {
    /// The tables.
    public let schema: RegistrySchema

    init(_ schema: RegistrySchema) {
        self.schema = schema
    }

    /// Notes that a datastore holds datasets.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - ids: Datasets that are registered.
    ///   - datastore: Name of the datastore, such as `FileDatastore@<butlerRoot>`.
    ///   - ignoringExisting: Whether a dataset that it holds already is left alone; otherwise it is an error.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.integrity` if a dataset is not registered or held already; database errors.
    public func insert(
        _ ids: [DatasetID],
        in datastore: String,
        ignoringExisting: Bool = false,
        on connection: any Connection
    ) throws {
        var rows = RowBatch(columns: ["datastore_name", "dataset_id"])
        for id in ids { rows.append(row: [.text(datastore), .uuid(id)]) }
        do {
            try connection.insert(rows, into: schema.location, onConflict: ignoringExisting ? .keepSameKey : .fail)
        } catch let error as ButlerError where error.code == .integrity {
            throw ButlerError(
                .integrity,
                "Datasets cannot be noted as held by \"\(datastore)\": one is not registered, or is held already.",
                remedy: "Register the datasets first; remove those that the datastore holds.",
                cause: error
            )
        }
    }

    /// The datastores that hold each of some datasets, sorted by name.
    ///
    /// One statement for some thousands.
    ///
    /// - Parameters:
    ///   - ids: Identifiers.
    ///   - connection: Where to read.
    /// - Returns: Names of datastores; datasets that none holds are left out.
    /// - Throws: Database errors.
    public func datastores(
        holding ids: [DatasetID],
        on connection: any Connection
    ) throws -> [DatasetID: [String]] {
        var found: [DatasetID: [String]] = [:]
        for chunk in DatasetTables.chunks(ids, width: 1, connection.dialect) {
            let sql: SQL = """
                SELECT \(id: "dataset_id"), \(id: "datastore_name") FROM \(table: schema.location.name) \
                WHERE \(id: "dataset_id") \(in: Array(chunk))
                """
            let page = try connection.query(sql, kinds: [.uuid, .label])
            for row in 0..<page.rowCount {
                if let id = page.uuid(row, 0), let name = page.text(row, 1) { found[id, default: []].append(name) }
            }
        }
        return found.mapValues { $0.sorted() }
    }

    /// Takes datasets from a datastore without anything to delete, for instance when its rows were forgotten.
    ///
    /// One statement for some thousands.
    ///
    /// - Parameters:
    ///   - ids: Identifiers; ones not held do not matter.
    ///   - datastore: Name of the datastore.
    ///   - connection: A write connection.
    /// - Throws: Database errors.
    public func remove(_ ids: [DatasetID], from datastore: String, on connection: any Connection) throws {
        for chunk in DatasetTables.chunks(ids, width: 1, connection.dialect) {
            let sql: SQL = """
                DELETE FROM \(table: schema.location.name) WHERE \(id: "datastore_name") = \(datastore) \
                AND \(id: "dataset_id") \(in: Array(chunk))
                """
            try connection.execute(sql)
        }
    }

    // MARK: Trash

    /// Moves datasets of a datastore to its trash: it no longer holds them, and has to delete their files.
    ///
    /// Two statements for some thousands.
    ///
    /// - Parameters:
    ///   - ids: Identifiers; ones not held do not matter.
    ///   - datastore: Name of the datastore.
    ///   - connection: A write connection.
    /// - Returns: How many datasets were moved.
    /// - Throws: Database errors.
    @discardableResult
    public func trash(_ ids: [DatasetID], from datastore: String, on connection: any Connection) throws -> Int {
        var count = 0
        for chunk in DatasetTables.chunks(ids, width: 1, connection.dialect) {
            count += try move("\(id: "dataset_id") \(in: Array(chunk))", datastore, on: connection)
        }
        return count
    }

    /// Moves all datasets of a run to the trash of every datastore that holds them.
    ///
    /// Two statements.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - connection: A write connection.
    /// - Returns: How many locations were moved.
    /// - Throws: Database errors.
    @discardableResult
    public func trash(run: CollectionRecord, on connection: any Connection) throws -> Int {
        let members: SQL = """
            \(id: "dataset_id") IN (SELECT \(id: "id") FROM \(table: "dataset") \
            WHERE \(id: schema.format.runColumn) = \(run.key))
            """
        return try move(members, nil, on: connection)
    }

    private func move(_ datasets: SQL, _ datastore: String?, on connection: any Connection) throws -> Int {
        var condition = datasets
        if let datastore { condition += " AND \(id: "datastore_name") = \(datastore)" }
        let columns = ["dataset_id", "datastore_name"].identifierList
        let lock: SQL = connection.dialect.supportsRowLocks ? " FOR UPDATE" : ""
        let insertion: SQL = """
            INSERT INTO \(table: schema.trash.name) (\(columns)) \
            SELECT \(columns) FROM \(table: schema.location.name) WHERE \(condition)\(lock) ON CONFLICT DO NOTHING
            """
        try connection.execute(insertion)
        return try connection.execute("DELETE FROM \(table: schema.location.name) WHERE \(condition)")
    }

    /// Datasets that a datastore still has to delete.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - datastore: Name of the datastore.
    ///   - connection: Where to read.
    /// - Returns: Identifiers in no particular order.
    /// - Throws: Database errors.
    public func trashed(in datastore: String, on connection: any Connection) throws -> [DatasetID] {
        let sql: SQL = """
            SELECT \(id: "dataset_id") FROM \(table: schema.trash.name) WHERE \(id: "datastore_name") = \(datastore)
            """
        let page = try connection.query(sql, kinds: [.uuid])
        return (0..<page.rowCount).compactMap { page.uuid($0, 0) }
    }

    /// Takes datasets out of a datastore's trash, after their files and the datastore's rows are gone.
    ///
    /// One statement for some thousands.
    ///
    /// - Parameters:
    ///   - ids: Identifiers.
    ///   - datastore: Name of the datastore.
    ///   - connection: A write connection.
    /// - Throws: Database errors.
    public func clearTrash(_ ids: [DatasetID], of datastore: String, on connection: any Connection) throws {
        for chunk in DatasetTables.chunks(ids, width: 1, connection.dialect) {
            let sql: SQL = """
                DELETE FROM \(table: schema.trash.name) WHERE \(id: "datastore_name") = \(datastore) \
                AND \(id: "dataset_id") \(in: Array(chunk))
                """
            try connection.execute(sql)
        }
    }
}

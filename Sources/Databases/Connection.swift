/// A connection to a database, lent to the body of a read or a write and valid only inside it.
///
/// Statements run one after the other, synchronously. Every operation throws `CancellationError` once the task has
/// been cancelled, and ``StewardCore/ButlerError`` with `.databaseBusy` (a lock was not to be had in time),
/// `.integrity` (a constraint refuses the change), `.readOnly`, `.diskFull`, `.corruptFile` or `.database`.
public protocol Connection: AnyObject {
    /// How the database spells things.
    var dialect: SQLDialect { get }

    /// Whether the body may change the database.
    var isWriteable: Bool { get }

    /// Runs a statement that returns no rows.
    ///
    /// - Parameter sql: The statement.
    /// - Returns: How many rows it inserted, changed or deleted, without those that foreign keys deleted along.
    /// - Throws: As described for ``Connection``.
    @discardableResult
    func execute(_ sql: SQL) throws -> Int

    /// Runs a statement once for each row of a batch; it counts as one statement.
    ///
    /// The rows before one that fails stay in the transaction: let the error leave the body, or use a savepoint.
    ///
    /// - Parameters:
    ///   - sql: A statement with as many slots as a row has values, such as an insertion; no other values.
    ///   - rows: The rows.
    /// - Returns: How many rows were inserted or changed in all.
    /// - Throws: As described for ``Connection``; `.invalidArgument` if slots and values do not fit.
    @discardableResult
    func executeBatch(_ sql: SQL, rows: RowBatch) throws -> Int

    /// Inserts rows into a table in the fastest way that the database has for so many; it counts as one statement.
    ///
    /// - Parameters:
    ///   - rows: The rows; columns left out get their default or null, generated keys the next value.
    ///   - table: The table.
    ///   - rule: What happens to a row that exists.
    /// - Returns: How many rows were inserted or replaced.
    /// - Throws: As described for ``Connection``.
    func insertBatch(_ rows: RowBatch, into table: TableSpec, onConflict rule: ConflictRule) throws -> Int

    /// Runs a query and fetches its whole result as one page.
    ///
    /// - Parameters:
    ///   - sql: The query.
    ///   - kinds: How each of its columns is fetched.
    /// - Returns: All rows.
    /// - Throws: As described for ``Connection``; `.database` where a value is not of its kind.
    func query(_ sql: SQL, kinds: [ColumnKind]) throws -> ColumnPage

    /// Runs a query and fetches its result page by page, so that memory stays flat.
    ///
    /// Other statements may run while the query is open, but not ones that change the tables it reads.
    ///
    /// - Parameters:
    ///   - sql: The query.
    ///   - kinds: How each of its columns is fetched.
    ///   - pageRows: Most rows of a page.
    ///   - body: Takes each page, which is never empty, and says whether to go on.
    /// - Throws: As described for ``Connection``, and what the body throws.
    func stream(_ sql: SQL, kinds: [ColumnKind], pageRows: Int, _ body: (ColumnPage) throws -> Bool) throws

    /// Runs statements that are undone together if the body throws, without ending the transaction; may be nested.
    ///
    /// - Parameter body: The statements.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    func savepoint<Result>(_ body: () throws -> Result) throws -> Result

    /// Has something done at the last moment at which the transaction can still be undone, as waiting for files that it
    /// records; the database's own work for the commit goes on until then. It is done once, also where nothing changed.
    /// For the body of a write.
    ///
    /// - Parameter body: What is done, on the connection's thread and without using the connection; what it throws undoes
    ///   the transaction and leaves the write.
    func beforeCommit(_ body: @escaping () throws -> Void)

    /// Keeps other writers from changing a table until the transaction ends; reading it stays possible.
    ///
    /// - Parameter table: A table of the repository.
    /// - Throws: As described for ``Connection``.
    func lock(_ table: String) throws

    /// Creates a table with its sequence and indexes.
    ///
    /// - Parameter table: The definition.
    /// - Throws: As described for ``Connection``; `.database` if the table exists.
    func createTable(_ table: TableSpec) throws

    /// Creates a table of the connection's own, which is gone when the body has ended; name it as an identifier.
    ///
    /// - Parameter table: The definition; its foreign keys are left out. Rows are inserted into its ``TableSpec/temporary``.
    /// - Throws: As described for ``Connection``.
    func createTemporaryTable(_ table: TableSpec) throws

    /// The names of the repository's tables, sorted.
    ///
    /// - Returns: The names, without temporary and internal tables.
    /// - Throws: As described for ``Connection``.
    func tableNames() throws -> [String]

    /// The names of a table's columns in order.
    ///
    /// - Parameter table: A table of the repository.
    /// - Returns: The names; empty if there is no such table.
    /// - Throws: As described for ``Connection``.
    func columnNames(of table: String) throws -> [String]

    /// What tells whether other connections have changed some small tables since an earlier call; one short statement.
    ///
    /// Marks may differ although the tables have not changed, never the other way round.
    ///
    /// - Parameter tables: Tables of the repository.
    /// - Returns: The mark of the present state.
    /// - Throws: As described for ``Connection``.
    func changeMark(of tables: [String]) throws -> ChangeMark

    /// Equal in two writes of one connection if between them nothing has changed the database but what this connection's
    /// writes have kept; nil in reads, and where that is not known without asking the database.
    var undisturbedMark: ChangeMark? { get }

    /// What the database finds when it examines its storage; databases that cannot be asked find nothing.
    ///
    /// - Parameter limit: Most problems to return.
    /// - Returns: The problems in the database's words; empty if there are none.
    /// - Throws: As described for ``Connection``.
    func storageProblems(limit: Int) throws -> [String]

    /// Finds the rows whose foreign keys lead nowhere, where a database lets such rows be.
    ///
    /// - Parameter body: Takes each of them.
    /// - Throws: As described for ``Connection``, and what the body throws.
    func forEachForeignKeyViolation(_ body: (ForeignKeyViolation) throws -> Void) throws

    /// Ends the body of a cancelled task; for long computations between statements.
    ///
    /// - Throws: `CancellationError` if the task has been cancelled.
    func checkCancellation() throws
}

extension Connection {
    /// Not known without asking.
    public var undisturbedMark: ChangeMark? { nil }

    /// Whether a table exists in the repository.
    ///
    /// - Parameter name: The table's name.
    /// - Returns: Whether it exists, with or without rows.
    /// - Throws: As described for ``Connection``.
    public func tableExists(_ name: String) throws -> Bool {
        try !columnNames(of: name).isEmpty
    }

    /// The integer in the first column of a query's first row.
    ///
    /// - Parameter sql: A query of one column.
    /// - Returns: The integer, or nil if there is no row or it is null.
    /// - Throws: As described for ``Connection``.
    public func integer(_ sql: SQL) throws -> Int64? {
        let page = try query(sql, kinds: [.integer])
        return page.isEmpty ? nil : page.integer(0, 0)
    }

    /// The texts of a query of one column, without nulls.
    ///
    /// - Parameter sql: A query of one column.
    /// - Returns: The texts in the order of the rows.
    /// - Throws: As described for ``Connection``.
    public func texts(_ sql: SQL) throws -> [String] {
        let page = try query(sql, kinds: [.text])
        return (0..<page.rowCount).compactMap { page.text($0, 0) }
    }
}

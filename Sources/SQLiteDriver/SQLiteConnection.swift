internal import Databases
internal import GRDB
internal import GRDBSQLite
internal import StewardCore
internal import Synchronization

/// One SQLite connection, lent to bodies of reads and writes.
///
/// Used only on the serial queue of its ``SQLiteChannel``. Statements are prepared through GRDB and stepped through
/// the C interface.
final class SQLiteConnection: Connection {
    /// What the body that has the connection may do.
    enum Access {
        /// Queries, each by itself.
        case latest
        /// Queries in one deferred transaction.
        case snapshot
        /// Everything, in one immediate transaction.
        case write
    }

    let dialect = SQLDialect.sqlite
    private let database: GRDB.Database
    private let path: String
    let lockWait: LockWait
    private let observer: (any StatementObserver)?
    private let recover: (@Sendable () throws -> Void)?
    private let isFileReadOnly: Bool
    var access = Access.latest
    var savepointDepth = 0
    var temporaryTables: [String] = []
    var journal = JournalKeeping.fresh
    /// What is done before the transaction's commit is final.
    var lastSteps: [() throws -> Void] = []
    private var cache = PreparedStatementCache()
    var insertions = InsertionTexts()
    /// What the database file was like at the end of this connection's last write, and how often it was found otherwise.
    var settled = (version: UInt32?.none, changes: Int64(0))
    /// Tells connections of this process apart.
    let number = SQLiteConnection.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
    private static let lastNumber = Atomic(0)

    /// Wraps an open connection.
    ///
    /// - Parameters:
    ///   - database: The connection.
    ///   - path: Path of the file, for messages.
    ///   - lockWait: Its waiting for locks.
    ///   - observer: Is told of each statement.
    ///   - recover: Lets a writer make good what a stopped writer left, for a read-only connection beside a writer.
    init(
        _ database: GRDB.Database,
        path: String,
        lockWait: LockWait,
        observer: (any StatementObserver)?,
        recover: (@Sendable () throws -> Void)?
    ) {
        self.database = database
        self.path = path
        self.lockWait = lockWait
        self.observer = observer
        self.recover = recover
        isFileReadOnly = database.configuration.readonly
    }

    var isWriteable: Bool { access == .write }

    /// SQLite's own handle of the connection.
    var handle: OpaquePointer? { database.sqliteConnection }

    func checkCancellation() throws {
        try Task.checkCancellation()
    }

    /// Finalizes the cached statements, as is needed before the connection is closed.
    func finalizeStatements() {
        cache.removeAll()
    }

    // MARK: Running statements

    /// Renders a statement, checks that it may run now, and calls a function with it prepared and bound.
    func run<Result>(_ sql: Databases.SQL, _ body: (OpaquePointer) throws -> Result) throws -> Result {
        let rendered = sql.rendered(for: dialect)
        guard rendered.slotCount == 0 else {
            throw ButlerError(
                .invalidArgument,
                "A statement with \(rendered.slotCount) slots was run without rows.",
                remedy: "Run it as a batch.",
                context: [.init("SQL", rendered.text)]
            )
        }
        try checkState()
        return try withStatement(rendered.text) { statement in
            try checkAccess(statement)
            for (index, value) in rendered.values.enumerated() {
                try check(bind(value, to: statement, at: Int32(truncatingIfNeeded: index + 1)), statement)
            }
            return try body(statement)
        }
    }

    /// Fails if the task is cancelled or the transaction of the body was undone by an earlier failure.
    func checkState() throws {
        try Task.checkCancellation()
        guard access == .latest || sqlite3_get_autocommit(handle) == 0 else {
            throw ButlerError(
                .database,
                "A failure undid the whole transaction, so no statement can follow it.",
                remedy: "Let the error of the failed statement leave the body.",
                context: [.init("database", path)]
            )
        }
    }

    /// Calls a function with a prepared statement that is reset and unbound afterwards.
    ///
    /// - Parameters:
    ///   - text: The statement.
    ///   - isObserved: Whether the observer has been told of it.
    ///   - body: The function.
    /// - Returns: What the function returns.
    /// - Throws: What it throws; when the statement cannot be prepared.
    func withStatement<Result>(
        _ text: String,
        isObserved: Bool = false,
        _ body: (OpaquePointer) throws -> Result
    ) throws -> Result {
        let statement = try prepare(text)
        let pointer = statement.sqliteStatement
        defer {
            sqlite3_reset(pointer)
            sqlite3_clear_bindings(pointer)
            cache.put(statement, for: text)
        }
        if !isObserved { observe(text) }
        return try body(pointer)
    }

    /// Tells the observer of a statement that runs once, or for so many rows.
    func observe(_ text: String, rowCount: Int = 1) {
        observer?.willRun(ObservedStatement(text: text, rowCount: rowCount))
    }

    private func prepare(_ text: String) throws -> Statement {
        if let statement = cache.take(text) { return statement }
        do {
            return try database.makeStatement(sql: text)
        } catch let error as DatabaseError {
            let failure = SQLiteFailure(error)
            guard failure.needsRecovery, let recover else { throw report(failure) }
            try recover()
            return try database.makeStatement(sql: text)
        }
    }

    /// Keeps a read on a connection that could write from doing so, but in temporary tables.
    func checkAccess(_ statement: OpaquePointer) throws(ButlerError) {
        guard access != .write, temporaryTables.isEmpty, !isFileReadOnly, sqlite3_stmt_readonly(statement) == 0 else {
            return
        }
        throw ButlerError(
            .readOnly,
            "A statement that changes the database was run in a read.",
            remedy: "Run it in a write.",
            context: [.init("SQL", text(of: statement) ?? "")]
        )
    }

    /// Steps to the next row; false at the end.
    func step(_ statement: OpaquePointer) throws -> Bool {
        let code = sqlite3_step(statement)
        guard code != SQLITE_ROW else { return true }
        guard code != SQLITE_DONE else { return false }
        let failure = SQLiteFailure(of: handle, code: code, sql: text(of: statement))
        guard failure.needsRecovery, let recover else { throw try cancellation(failure) ?? report(failure) }
        sqlite3_reset(statement)
        try recover()
        let second = sqlite3_step(statement)
        guard second == SQLITE_ROW || second == SQLITE_DONE else {
            throw report(SQLiteFailure(of: handle, code: second, sql: text(of: statement)))
        }
        return second == SQLITE_ROW
    }

    /// Fails unless the code means success.
    func check(_ code: Int32, _ statement: OpaquePointer) throws {
        guard code != SQLITE_OK else { return }
        throw report(SQLiteFailure(of: handle, code: code, sql: text(of: statement)))
    }

    private func cancellation(_ failure: SQLiteFailure) throws -> (any Error)? {
        let isInterruption = [SQLITE_INTERRUPT, SQLITE_ABORT, SQLITE_BUSY].contains(failure.primaryCode)
        return isInterruption && Task.isCancelled ? CancellationError() : nil
    }

    private func report(_ failure: SQLiteFailure) -> ButlerError {
        let seconds = Double(Int((lockWait.waited / .milliseconds(100)).rounded())) / 10
        let activity =
            switch failure.sql {
            case "COMMIT"?: "commit"
            case "BEGIN IMMEDIATE"?: "begin writing"
            default: access == .write ? "write" : "read"
            }
        return failure.butlerError(
            FailureOrigin(path: path, activity: activity, waited: "\(seconds) s") { [path] in
                LockHolders.describe(path: path)
            }
        )
    }

    private func text(of statement: OpaquePointer) -> String? {
        sqlite3_sql(statement).map { String(cString: $0) }
    }

    /// Forgets the last wait for a lock.
    func resetLockWait() {
        lockWait.reset()
    }
}

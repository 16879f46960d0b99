internal import CSQLiteConfig
internal import Databases
internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import StewardCore
internal import Synchronization

/// One SQLite connection with the serial queue that it runs on.
///
/// `@unchecked Sendable`: the connection is touched only by closures that GRDB runs one after the other on the queue
/// of its `DatabaseQueue`.
final class SQLiteChannel: @unchecked Sendable {
    private let queue: DatabaseQueue
    private let connection: SQLiteConnection

    /// Opens a connection; blocks while the file is locked.
    ///
    /// - Parameters:
    ///   - path: Absolute path of the file, or nil for a database in memory.
    ///   - isReadOnly: Whether the file is opened read-only.
    ///   - locks: How it waits for locks.
    ///   - observer: Is told of each statement.
    ///   - recover: Lets a writer make good what a stopped writer left.
    /// - Throws: ``StewardCore/ButlerError``: `.fileAccess`, `.corruptFile`, `.databaseBusy`, `.readOnly`.
    init(
        path: String?,
        isReadOnly: Bool,
        locks: LockWaiting,
        observer: (any StatementObserver)?,
        recover: (@Sendable () throws -> Void)?
    ) throws {
        _ = Self.settings
        let lockWait = LockWait(locks, path: path)
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .callback { lockWait.pause(afterAttempt: $0) }
        configuration.label = "steward.sqlite"
        let pages = "PRAGMA cache_size = -\(isReadOnly ? Self.readingKibibytes : Self.writingKibibytes)"
        configuration.prepareDatabase { try $0.execute(sql: pages) }
        let name = path ?? ":memory:"
        func makeQueue() throws -> DatabaseQueue {
            try path.map { try DatabaseQueue(path: $0, configuration: configuration) }
                ?? DatabaseQueue(configuration: configuration)
        }
        do {
            queue = try makeQueue()
        } catch let error as DatabaseError {
            let failure = SQLiteFailure(error).butlerError(Self.origin(name, lockWait))
            guard SQLiteFailure(error).needsRecovery, let recover else { throw failure }
            do {
                try recover()
                queue = try makeQueue()
            } catch {
                throw failure
            }
        }
        connection = queue.inDatabase { database in
            SQLiteConnection(database, path: name, lockWait: lockWait, observer: observer, recover: recover)
        }
    }

    /// The settings of SQLite in this process, made before the first connection; others' settings stay if it is in use.
    private static let settings = steward_sqlite_configure()

    /// Most KiB of pages that writers keep: a transaction that outgrows them writes each changed page more than once, and
    /// keeps readers out from then on.
    private static let writingKibibytes = 65_536
    /// Most KiB of pages that readers keep: SQLite's own 2 MiB are read again and again by joins over a survey.
    private static let readingKibibytes = 8192

    private static func origin(_ path: String, _ lockWait: LockWait) -> FailureOrigin {
        FailureOrigin(path: path, activity: "open it", waited: "\(lockWait.waited / .seconds(1)) s") {
            LockHolders.describe(path: path)
        }
    }

    /// How many connections of the process are lent, or waited for.
    private static let lendCount = Atomic(0)

    /// Lends the connection to a function that runs at once on the calling thread, for queries of microseconds.
    func lendInPlace<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result {
        Self.lendCount.add(1, ordering: .relaxed)
        defer { Self.lendCount.subtract(1, ordering: .relaxed) }
        return try queue.inDatabase { _ in try body(connection) }
    }

    /// Lends the connection to a function that runs at once on the calling thread if no other one of the process is lent;
    /// nil if one is.
    func lendAlone<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result? {
        guard Self.lendCount.compareExchange(expected: 0, desired: 1, ordering: .relaxed).exchanged else { return nil }
        defer { Self.lendCount.subtract(1, ordering: .relaxed) }
        return try queue.inDatabase { _ in try body(connection) }
    }

    /// Lends the connection to a function on its queue, interrupting it when the task is cancelled.
    func lend<Result: Sendable>(_ body: @Sendable (SQLiteConnection) throws -> Result) async throws -> Result {
        Self.lendCount.add(1, ordering: .relaxed)
        defer { Self.lendCount.subtract(1, ordering: .relaxed) }
        return try await queue.writeWithoutTransaction { _ in try body(self.connection) }
    }

    /// Opens a file for writing for a moment, so that what a stopped writer left is made good; blocks.
    ///
    /// SQLite itself makes sure that the writer is gone and nobody else does the same.
    ///
    /// - Parameters:
    ///   - path: Path of the file.
    ///   - locks: How it waits for locks.
    /// - Throws: ``StewardCore/ButlerError`` if the file cannot be written.
    static func recover(_ path: String, locks: LockWaiting) throws {
        let channel = try SQLiteChannel(path: path, isReadOnly: false, locks: locks, observer: nil, recover: nil)
        defer { try? channel.close() }
        try channel.recover()
    }

    /// Reads the schema, so that a writeable connection makes good what a stopped writer left; blocks.
    func recover() throws {
        try queue.inDatabase { database in
            try database.execute(sql: "SELECT count(*) FROM sqlite_master")
        }
    }

    /// Whether SQLite could open the file for reading only.
    var isFileReadOnly: Bool {
        queue.inDatabase { database in sqlite3_db_readonly(database.sqliteConnection, "main") == 1 }
    }

    /// Nobody else has the connection any more, so the queue is not needed.
    deinit {
        connection.removeJournalFinally()
    }

    /// Removes the journal that a writer kept once its queue is idle; does not wait for that.
    func removeJournal() {
        queue.asyncWriteWithoutTransaction { _ in self.connection.removeJournal() }
    }

    /// Closes the connection; blocks until its queue is idle.
    func close() throws {
        queue.inDatabase { _ in
            connection.finalizeStatements()
            connection.removeJournalFinally()
        }
        do {
            try queue.close()
        } catch let error as DatabaseError {
            throw SQLiteFailure(error).butlerError(
                FailureOrigin(path: queue.path, activity: "close it", waited: "0 s", lockHolders: { nil })
            )
        }
    }
}

public import Databases
internal import Foundation
internal import StewardCore
internal import Synchronization

/// A SQLite database: one connection that writes, and read-only ones beside it.
///
/// The journal mode of the file stays what it is. Writers begin with the write lock; readers take no lock that keeps
/// others from writing, but a writer waits for running reads before it commits, unless the file is in WAL mode.
public final class SQLiteDatabase: Database {
    /// How a file is opened.
    public enum Mode: Sendable, Hashable {
        /// For reading an existing file.
        case readOnly
        /// For reading and writing an existing file.
        case readWrite
        /// For writing a file that must not exist yet.
        case create
    }

    /// Settings of a connection.
    public struct Options: Sendable {
        /// How long connections wait for locks, and who hears of it.
        public var locks: LockWaiting
        /// Most read-only connections; reads beyond wait for one.
        public var readerLimit = 4
        /// Is told of every statement.
        public var observer: (any StatementObserver)?

        /// The default settings.
        public init(locks: LockWaiting = LockWaiting(), observer: (any StatementObserver)? = nil) {
            self.locks = locks
            self.observer = observer
        }
    }

    /// Path of the file, or `:memory:`.
    public let path: String
    /// SQLite's spelling.
    public let dialect = SQLDialect.sqlite
    private let writer: SQLiteChannel?
    private let readers: ReaderPool?
    private let isClosed = Mutex(false)
    /// Reads since the last write; a few later the writer's journal goes.
    private let readCount = Atomic(0)
    private static let readsBeforeTidying = 8

    private init(path: String, writer: SQLiteChannel?, readers: ReaderPool?) {
        self.path = path
        self.writer = writer
        self.readers = readers
    }

    /// Whether it was opened for writing.
    public var isWriteable: Bool { writer != nil }

    // MARK: Opening and closing

    /// Opens or creates a database file.
    ///
    /// - Parameters:
    ///   - path: Path of the file; relative to the working directory.
    ///   - mode: How it is opened.
    ///   - options: Settings of the connections.
    /// - Returns: The open database.
    /// - Throws: `ButlerError`: `.fileNotFound` or `.repositoryExists` if the file does not exist, or does for
    ///   creation; `.readOnly` if it cannot be written; `.fileAccess`; `.corruptFile`; `.databaseBusy`;
    ///   `.configuration` if `STEWARD_LOCK_TIMEOUT` is no number.
    public static func open(_ path: String, mode: Mode, options: Options = Options()) async throws -> SQLiteDatabase {
        let locks = try options.resolvedLocks(ProcessInfo.processInfo.environment)
        let path = URL(fileURLWithPath: path).path
        let observer = options.observer
        try await offPool { try DatabaseFile.prepare(path, mode) }
        var writer: SQLiteChannel?
        if mode != .readOnly {
            writer = try await offPool {
                let channel = try SQLiteChannel(
                    path: path,
                    isReadOnly: false,
                    locks: locks,
                    observer: observer,
                    recover: nil
                )
                guard !channel.isFileReadOnly else { throw DatabaseFile.unwriteable(path) }
                return channel
            }
        }
        let readers = ReaderPool(limit: options.readerLimit) { [writer] in
            try SQLiteChannel(path: path, isReadOnly: true, locks: locks, observer: observer) {
                try writer?.recover() ?? SQLiteChannel.recover(path, locks: locks)
            }
        }
        if writer == nil {
            try await readers.open()
        }
        return SQLiteDatabase(path: path, writer: writer, readers: readers)
    }

    /// Opens an empty database in memory; all reads and writes share its one connection.
    ///
    /// - Parameter options: Settings of the connection.
    /// - Returns: The open database.
    /// - Throws: `ButlerError` as for files.
    public static func inMemory(options: Options = Options()) async throws -> SQLiteDatabase {
        let locks = try options.resolvedLocks(ProcessInfo.processInfo.environment)
        let observer = options.observer
        let channel = try await offPool {
            try SQLiteChannel(path: nil, isReadOnly: false, locks: locks, observer: observer, recover: nil)
        }
        return SQLiteDatabase(path: ":memory:", writer: channel, readers: nil)
    }

    /// Closes all connections once their work is done; using the database afterwards is an error.
    ///
    /// - Throws: `ButlerError` if SQLite cannot close a connection.
    public func close() async throws {
        let wasClosed = isClosed.withLock { closed in
            defer { closed = true }
            return closed
        }
        guard !wasClosed else { return }
        let channels = (readers?.removeAll() ?? []) + [writer].compactMap { $0 }
        try await offPool {
            for channel in channels {
                try channel.close()
            }
        }
    }

    // MARK: Reading and writing

    /// Runs queries without taking a lock that keeps writers from writing.
    ///
    /// - Parameters:
    ///   - consistency: What the queries see.
    ///   - body: The queries; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for `Connection`.
    public func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try checkOpen()
        if let readers {
            return try await readers.lend { try $0.read(consistency, body) }
        }
        guard let writer else { throw closedError }
        return try await writer.lend { try $0.read(consistency, body) }
    }

    /// Runs a few queries by key, where an idle connection can be had, on the calling thread: the way to another thread
    /// and back takes longer than they do.
    ///
    /// - Parameters:
    ///   - consistency: What the queries see.
    ///   - body: The queries; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for `Connection`.
    public func readBriefly<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try checkOpen()
        try Task.checkCancellation()
        noteRead()
        if let readers, let result = try readers.lendIdle({ try $0.read(consistency, body) }) { return result }
        return try await read(consistency, body)
    }

    /// Runs statements in a transaction that has the write lock from its beginning.
    ///
    /// - Parameter body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for `Connection`; `.readOnly` if opened for reading.
    public func write<Result: Sendable>(
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await writeable().lend { try $0.write(body) }
    }

    /// Runs a few statements in a transaction, on the calling thread if nothing else in the process uses a database and
    /// the lock can be had at once.
    ///
    /// So at most one thread of the cooperative pool ever waits for a disk, or for readers in other processes, and no
    /// reader for which it waits can need that thread.
    ///
    /// - Parameter body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for `Connection`; `.readOnly` if opened for reading.
    public func writeBriefly<Result: Sendable>(
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        let writer = try writeable()
        try Task.checkCancellation()
        if let result = try writer.lendAlone({ try $0.writeAtOnce(body) }) ?? nil { return result }
        return try await writer.lend { try $0.write(body) }
    }

    private func writeable() throws -> SQLiteChannel {
        try checkOpen()
        readCount.store(0, ordering: .relaxed)
        guard let writer else {
            throw ButlerError(
                .readOnly,
                "The database \"\(path)\" was opened for reading only.",
                remedy: "Open the repository for writing."
            )
        }
        return writer
    }

    private func noteRead() {
        guard let writer, readers != nil,
            readCount.wrappingAdd(1, ordering: .relaxed).newValue == Self.readsBeforeTidying
        else { return }
        writer.removeJournal()
    }

    private func checkOpen() throws(ButlerError) {
        guard isClosed.withLock({ $0 }) else { return }
        throw closedError
    }

    private var closedError: ButlerError {
        ButlerError(.database, "The database \"\(path)\" has been closed.", remedy: "Open it again.")
    }
}

/// What a read sees while it runs.
public enum ReadConsistency: Sendable, Hashable {
    /// All statements see one state of the database; takes two statements more than ``latest``.
    case snapshot
    /// Each statement sees the newest state; right for a single query.
    case latest
}

/// A database that lends connections.
///
/// Bodies are synchronous: a transaction cannot be suspended half-way. They run on threads of the driver's own, not on the
/// cooperative pool, so they may wait for locks and disks; only brief ones may run where the caller does.
public protocol Database: Sendable {
    /// How the database spells things.
    var dialect: SQLDialect { get }

    /// Whether it was opened for writing.
    var isWriteable: Bool { get }

    /// Absolute paths of the files that it consists of or may make beside them; none for a server.
    var files: [String] { get }

    /// Runs queries without taking a lock that keeps writers from writing.
    ///
    /// - Parameters:
    ///   - consistency: What the queries see.
    ///   - body: The queries; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    func read<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result

    /// Runs a few queries by key, on the calling thread where the way to another one takes longer than they do.
    ///
    /// - Parameters:
    ///   - consistency: What the queries see.
    ///   - body: The queries; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    func readBriefly<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result

    /// Runs statements in a transaction that has the write lock from its beginning.
    ///
    /// Commits when the body returns; undoes everything when it throws or the task is cancelled.
    ///
    /// - Parameter body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    func write<Result: Sendable>(_ body: @Sendable (any Connection) throws -> Result) async throws -> Result

    /// Runs a few statements in a transaction that has the write lock from its beginning, on the calling thread where the
    /// lock can be had at once and the way to another thread takes too long beside them.
    ///
    /// - Parameter body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    func writeBriefly<Result: Sendable>(_ body: @Sendable (any Connection) throws -> Result) async throws -> Result

    /// Closes all connections; using the database afterwards is an error.
    ///
    /// - Throws: As described for ``Connection``.
    func close() async throws
}

extension Database {
    /// Runs a few queries by key as any others: those of a server are never brief enough for the calling thread.
    ///
    /// - Parameters:
    ///   - consistency: What the queries see.
    ///   - body: The queries; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    public func readBriefly<Result: Sendable>(
        _ consistency: ReadConsistency,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await read(consistency, body)
    }

    /// Runs a few statements in a transaction as any others: a server is never near enough for the calling thread.
    ///
    /// - Parameter body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    public func writeBriefly<Result: Sendable>(
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await write(body)
    }

    /// Runs queries that all see one state of the database.
    ///
    /// - Parameter body: The queries; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for ``Connection``.
    public func read<Result: Sendable>(
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        try await read(.snapshot, body)
    }
}

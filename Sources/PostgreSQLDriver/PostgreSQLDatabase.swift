internal import CPostgreSQL
public import Databases
internal import Foundation
internal import StewardCore

/// A database of a PostgreSQL server, with all tables of the repository in one schema.
///
/// Reads and writes share a pool of connections. Each is read-only but for transactions that ask to write, so a read can
/// change nothing whatever it runs.
public final class PostgreSQLDatabase: Database {
    /// How a database is opened.
    public enum Mode: Sendable, Hashable {
        /// For reading.
        case readOnly
        /// For reading and writing.
        case readWrite
        /// For making a repository: the schema is made where it does not exist.
        case create
    }

    /// Name of the database for messages, without password.
    public let name: String
    /// PostgreSQL's spelling, with the schema.
    public let dialect: SQLDialect
    /// Whether it was opened for writing.
    public let isWriteable: Bool
    private let pool: SessionPool

    private init(name: String, dialect: SQLDialect, isWriteable: Bool, pool: SessionPool) {
        self.name = name
        self.dialect = dialect
        self.isWriteable = isWriteable
        self.pool = pool
    }

    /// Connects to a database.
    ///
    /// - Parameters:
    ///   - parameters: How to connect, as libpq's keywords; what is missing comes from its environment variables.
    ///   - name: Name of the database for messages; it must not have the password in it.
    ///   - namespace: The schema of the repository; nil for the user's current one.
    ///   - mode: How it is opened.
    ///   - options: Settings of the connections.
    /// - Returns: The open database.
    /// - Throws: `ButlerError`: `.connection` if the server cannot be reached or refuses the user, `.configuration` for
    ///   malformed parameters or settings, `.repositoryNotFound` if there is no such schema, `.readOnly` if it cannot be
    ///   written; database errors.
    public static func open(
        _ parameters: [ConnectionParameter],
        name: String,
        namespace: String?,
        mode: Mode,
        options: Options = Options()
    ) async throws -> PostgreSQLDatabase {
        let environment = ProcessInfo.processInfo.environment
        let pooling = try options.resolvedPooling(environment)
        var settings = SessionSettings(
            parameters: Self.completed(parameters, environment),
            name: name,
            dialect: .postgreSQL(namespace: namespace),
            locks: options.locks,
            lockTimeout: try LockTimeout.resolve(options.locks.timeout, environment),
            // Until it is known, nothing is left in a session that may be another one's next.
            isPooled: pooling ?? true,
            allowsTemporaryTables: options.allowsTemporaryTables,
            observer: options.observer
        )
        let limit = try options.resolvedConnectionLimit(environment)
        let first = PostgreSQLSession(settings)
        let facts = try await first.lend { try $0.facts(namespace) }
        if mode != .readOnly, facts.isStandby {
            throw ButlerError(
                .readOnly,
                "The database \(name) is a standby, which cannot be written.",
                remedy: "Open the repository for reading, or use the primary server."
            )
        }
        let schema = try facts.schema(namespace, name)
        settings.dialect = .postgreSQL(namespace: schema)
        settings.isPooled = pooling ?? facts.isPooled
        settings.allowsTemporaryTables = options.allowsTemporaryTables && !facts.isStandby
        let complete = settings
        try await first.lend { connection in
            try connection.adopt(complete)
            if mode == .create { try connection.prepareForCreation(schema, facts) }
        }
        guard mode == .create || facts.hasSchema else { throw facts.missingSchema(schema, name) }
        let pool = SessionPool(settings, first: first, limit: limit)
        return PostgreSQLDatabase(
            name: name,
            dialect: settings.dialect,
            isWriteable: mode != .readOnly,
            pool: pool
        )
    }

    /// Adds what Steward wants of every connection, unless the user has said otherwise.
    private static func completed(
        _ parameters: [ConnectionParameter],
        _ environment: [String: String]
    ) -> [ConnectionParameter] {
        var result = parameters.filter { $0.keyword != "client_encoding" }
        result.append(.init("client_encoding", "UTF8"))
        result.append(.init("fallback_application_name", SessionSettings.applicationName))
        if !parameters.contains(where: { $0.keyword == "connect_timeout" }), environment["PGCONNECT_TIMEOUT"] == nil {
            result.append(.init("connect_timeout", "60"))
        }
        return result
    }

    /// Closes all connections; those in use when their work is done.
    public func close() async throws {
        await pool.close()
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
        try await pool.lend { try $0.read(consistency, body) }
    }

    /// Runs statements in a transaction; locks are taken by what it changes and by `lock(_:)`.
    ///
    /// - Parameter body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and as described for `Connection`; `.readOnly` if opened for reading.
    public func write<Result: Sendable>(
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        guard isWriteable else {
            throw ButlerError(
                .readOnly,
                "The database \(name) was opened for reading only.",
                remedy: "Open the repository for writing."
            )
        }
        return try await pool.lend { try $0.write(body) }
    }
}

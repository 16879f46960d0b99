internal import ButlerConfig
internal import Databases
internal import PostgreSQLDriver
internal import SQLiteDriver
internal import StewardCore

/// The database that a repository's configuration names, not yet open.
struct RepositoryDatabase {
    /// How a database is opened.
    enum Mode {
        case readOnly
        case readWrite
        /// For a new repository.
        case create
    }

    private let url: DatabaseURL
    private let namespace: String?
    private let allowsTemporaryTables: Bool

    /// Reads address and schema from a configuration.
    init(_ config: RepositoryConfig) throws {
        url = try config.databaseURL
        namespace = try config.databaseNamespace
        allowsTemporaryTables = config.allowsTemporaryTables
    }

    /// Opens the database with the driver that its URL asks for.
    func open(
        _ mode: Mode,
        locks: LockWaiting = LockWaiting(),
        _ observer: (any StatementObserver)? = nil
    ) async throws -> any Database {
        switch url.dialect {
        case "sqlite": return try await openFile(mode, locks, observer)
        case "postgresql", "postgres": return try await openServer(mode, locks, observer)
        default:
            throw ButlerError(
                .incompatibleRepository,
                "The repository's database is \(url.dialect); this version handles SQLite and PostgreSQL.",
                remedy: "Use a repository whose registry.db begins with \"sqlite://\" or \"postgresql://\"."
            )
        }
    }

    private func openFile(
        _ mode: Mode,
        _ locks: LockWaiting,
        _ observer: (any StatementObserver)?
    ) async throws -> any Database {
        guard let path = url.database, !path.isEmpty else {
            throw ButlerError(.configuration, "The URL of the repository's database names no file.")
        }
        let modes: SQLiteDatabase.Mode =
            switch mode {
            case .readOnly: .readOnly
            case .readWrite: .readWrite
            case .create: .create
            }
        return try await SQLiteDatabase.open(path, mode: modes, options: .init(locks: locks, observer: observer))
    }

    private func openServer(
        _ mode: Mode,
        _ locks: LockWaiting,
        _ observer: (any StatementObserver)?
    ) async throws -> any Database {
        let complete = try DatabaseCredentials().completing(url)
        var options = PostgreSQLDatabase.Options(locks: locks, observer: observer)
        options.allowsTemporaryTables = allowsTemporaryTables
        let modes: PostgreSQLDatabase.Mode =
            switch mode {
            case .readOnly: .readOnly
            case .readWrite: .readWrite
            case .create: .create
            }
        return try await PostgreSQLDatabase.open(
            complete.connectionParameters.map { ConnectionParameter($0.name, $0.value) },
            name: url.description,
            namespace: namespace,
            mode: modes,
            options: options
        )
    }
}

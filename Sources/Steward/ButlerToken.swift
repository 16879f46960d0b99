public import Databases
internal import Datastores
internal import StewardCore

/// What it takes to open a repository again in another process: a small value without connections and passwords.
///
/// The other process finds the user and password of the database by itself, as any program does. Names of dimensions that
/// an instrument has of its own (``Butler/Defaults/alias``) are code and do not go along.
///
/// ```swift
/// let text = try JSONEncoder().encode(butler.token)
/// // in a worker
/// let butler = try await Butler.open(JSONDecoder().decode(ButlerToken.self, from: text))
/// ```
public struct ButlerToken: Sendable, Hashable, Codable {
    /// Absolute path or URI of the repository's configuration file.
    public let repository: String
    /// Absolute path of the folder of the repository's files.
    public let datastore: String
    /// Whether it is opened for writing.
    public var isWriteable: Bool
    /// Collections searched where none are given.
    public var collections: [String]
    /// RUN collection that new datasets go into.
    public var run: String?
    /// Values for dimensions not named in data IDs.
    public var dataID: [String: DimensionValue]
}

extension Butler {
    /// What it takes to open the repository again in another process, with the same defaults.
    public var token: ButlerToken {
        ButlerToken(
            repository: configFile,
            datastore: datastore.root,
            isWriteable: isWriteable,
            collections: defaults.collections,
            run: defaults.run,
            dataID: defaults.dataID
        )
    }

    /// Opens the repository that another butler had open.
    ///
    /// - Parameters:
    ///   - token: The other butler's ``token``.
    ///   - observer: Hears of every database statement; for tests and profiling.
    /// - Returns: The open repository.
    /// - Throws: As ``open(_:writeable:defaults:refreshInterval:observer:)``.
    public static func open(_ token: ButlerToken, observer: (any StatementObserver)? = nil) async throws -> Butler {
        let defaults = Defaults(collections: token.collections, run: token.run, dataID: token.dataID)
        let access = RepositoryAccess(
            writeable: token.isWriteable,
            observer: observer,
            datastoreRoot: token.datastore
        )
        return try await open(token.repository, access, defaults)
    }
}

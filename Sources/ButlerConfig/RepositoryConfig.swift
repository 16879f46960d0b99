import StewardCore

/// The configuration of a repository: its file, with site-wide files and the shipped defaults below it.
///
/// Later ones win: shipped defaults, the directories of `DAF_BUTLER_CONFIG_PATH` from last to first, explicit search
/// paths from last to first, the repository's file. Source: `daf_butler: _butler_config.py`, `_config.py`.
public struct RepositoryConfig: Sendable {
    /// Where the repository is.
    public let location: RepositoryLocation
    /// What the repository's file says, includes resolved.
    public let stored: ConfigTree
    /// Everything merged; of storage classes only those that are not the shipped ones.
    public let tree: ConfigTree

    /// What reads and writes a repository.
    public enum Kind: Hashable, Sendable {
        /// A database and a datastore.
        case direct
        /// A server.
        case remote
    }

    /// Reads the configuration of a repository.
    ///
    /// - Parameters:
    ///   - name: A label of the repository index, a path or a URI.
    ///   - searchPaths: Directories of further configuration files, the most important first.
    ///   - loader: Reads the files.
    /// - Throws: ``ButlerError`` with `.repositoryNotFound` if there is no repository, `.configuration` if a file is
    ///   malformed or uses a key that is no longer allowed.
    public init(_ name: String, searchPaths: [String] = [], loader: ConfigLoader = ConfigLoader()) throws {
        let found = try RepositoryLocation.find(name, loader: loader)
        try self.init(at: found, stored: loader.load(found.configFile), searchPaths: searchPaths, loader: loader)
    }

    /// Merges the configuration that is or will be stored at a place.
    ///
    /// - Parameters:
    ///   - found: The place.
    ///   - stored: The repository's own values.
    ///   - searchPaths: Directories of further configuration files, the most important first.
    ///   - loader: Reads the files.
    /// - Throws: ``ButlerError`` with `.configuration` if a file is malformed or uses a key that is no longer allowed.
    public init(
        at found: RepositoryLocation,
        stored: ConfigTree,
        searchPaths: [String] = [],
        loader: ConfigLoader = ConfigLoader()
    ) throws {
        try RepositoryConfig.check(stored, found.configFile)
        var root = found.root
        if let given = try stored.string("root") {
            root = try loader.resolve(given, relativeTo: ConfigPath.directory(of: found.configFile))
            try RepositoryLocation.check(root, decoded: true)
        }
        location = RepositoryLocation(root: root, configFile: found.configFile, label: found.label)
        self.stored = stored
        let defaults = DefaultFiles(searchPaths: searchPaths, loader: loader)
        var merged = stored
        merged["registry"] = try defaults.registry(stored)
        merged["datastore"] = try defaults.datastore(stored)
        merged["repo_transfer_formats"] = try defaults.transferFormats(stored)
        merged["storageClasses"] = try defaults.storageClasses(stored)
        tree = merged
    }

    private static func check(_ stored: ConfigTree, _ file: String) throws {
        guard stored.map != nil else {
            throw ButlerError(
                .configuration,
                "\"\(file)\" is not a mapping.",
                remedy: "It should begin with the sections \"datastore\" and \"registry\"."
            )
        }
        for key in ["run", "collection"] where stored[key] != nil {
            throw ButlerError(
                .configuration,
                "\"\(file)\" has the top-level key \"\(key)\", which is no longer allowed.",
                remedy: "Remove it and name collections when you open the repository."
            )
        }
    }

    /// What reads and writes the repository.
    ///
    /// - Throws: ``ButlerError`` with `.configuration` for an unknown class.
    public var kind: Kind {
        get throws {
            switch try stored.string("cls") {
            case nil, "lsst.daf.butler.direct_butler.DirectButler": return .direct
            case "lsst.daf.butler.remote_butler.RemoteButler": return .remote
            case .some(let name):
                throw ButlerError(
                    .configuration,
                    "\"\(location.configFile)\" asks for the unknown class \"\(name)\".",
                    remedy: "Leave the key \"cls\" out for a repository on a database."
                )
            }
        }
    }

    /// The URL of the database, the root substituted and gaps filled from the keys beside it.
    ///
    /// - Throws: ``ButlerError`` with `.configuration` if the URL is malformed or missing.
    public var databaseURL: DatabaseURL {
        get throws {
            guard let text = try tree.string("registry", "db") else {
                throw ButlerError(.configuration, "\"\(location.configFile)\" has no \"registry.db\".")
            }
            var url = try DatabaseURL(location.substituting(text))
            url.username = try url.username ?? tree.string("registry", "username")
            url.password = try url.password ?? tree.string("registry", "password")
            url.host = try url.host ?? tree.string("registry", "host")
            url.port = try url.port ?? tree.int("registry", "port")
            url.database = try url.database ?? tree.string("registry", "database")
            return url
        }
    }

    /// The schema of the database in which the tables are; nil for the user's own.
    ///
    /// - Throws: ``ButlerError`` with `.configuration` if the entry is malformed.
    public var databaseNamespace: String? {
        get throws { try tree.string("registry", "namespace") }
    }

    /// Whether temporary tables may be made in the database.
    public var allowsTemporaryTables: Bool {
        tree["registry", "temporary_tables"] != .bool(false)
    }

    /// The Python class name of a registry manager.
    ///
    /// - Parameter name: For instance `datasets`.
    /// - Returns: The class name, or nil if there is no such manager.
    /// - Throws: ``ButlerError`` with `.configuration` if the entry is malformed.
    public func manager(_ name: String) throws -> String? {
        if tree["registry", "managers", name]?.map != nil {
            return try tree.string("registry", "managers", name, "cls")
        }
        return try tree.string("registry", "managers", name)
    }

    /// The storage classes that hold in this repository.
    ///
    /// - Returns: The shipped ones with the repository's and site's laid over them.
    /// - Throws: ``ButlerError`` with `.configuration` or `.storageClass` if a definition is malformed.
    public func storageClasses() throws -> StorageClassDefinitions {
        try ButlerDefaults.storageClasses(overridingWith: tree["storageClasses"])
    }

    /// Everything merged, the shipped storage classes too.
    public var complete: ConfigTree {
        var result = tree
        result["storageClasses"] = ButlerDefaults.storageClassTree.merging(tree["storageClasses"] ?? .empty)
        return result
    }
}

internal import ButlerConfig
public import Databases
internal import Datastores
internal import Formatters
internal import QueryExecution
internal import Registry
internal import StewardCore

/// An open repository: find, get, put, ingest, query and organise datasets.
///
/// Immutable and safe to share between tasks; open one for each repository and keep it. Everything that may touch the
/// database or files is `async` and throws ``ButlerError`` (or `CancellationError`) only.
///
/// ```swift
/// let butler = try await Butler.open("/data/repo", collections: ["HSC/defaults"])
/// let image = try await butler.get("calexp.image", ["instrument": "HSC", "visit": 903334, "detector": 16])
/// ```
public final class Butler: Sendable {
    /// The dimensions of the repository.
    public let universe: DimensionUniverse
    /// The storage classes that hold in the repository.
    public let storageClasses: StorageClassCatalog
    /// Directory of the repository.
    public let root: String
    /// Absolute path or URI of the repository's configuration file.
    let configFile: String
    /// Whether it was opened for writing.
    public let isWriteable: Bool
    /// What look-ups use where nothing is given.
    public let defaults: Defaults

    let database: any Database
    let registry: RegistryTables
    let datastore: FileDatastore
    /// The datastore's rows.
    let records: DatastoreRecordTable
    let engine: QueryEngine

    /// What look-ups use where nothing is given.
    public struct Defaults: Sendable {
        /// Collections searched, in order.
        public var collections: [String]
        /// RUN collection that new datasets go into.
        public var run: String?
        /// Values for dimensions not named in data IDs.
        public var dataID: [String: DimensionValue]
        /// The dimension that a name means for an instrument, such as `ccdnum` for `detector`; asked for names that are
        /// neither dimensions nor fields.
        public var alias: @Sendable (_ name: String, _ instrument: String) throws -> String? = { _, _ in nil }

        /// The defaults of a repository: the run is searched if no collections are given, and governors of which the
        /// collections hold exactly one value have it.
        fileprivate func completed(for parts: RepositoryParts) async throws -> Defaults {
            var completed = self
            if collections.isEmpty, let run { completed.collections = [run] }
            let names = completed.collections
            if let pattern = names.first(where: GlobPattern.isPattern) {
                throw ButlerError(
                    .invalidArgument,
                    "\"\(pattern)\" is a pattern, and default collections have an order.",
                    remedy: "Name the collections in full."
                )
            }
            for (name, value) in dataID.sorted(by: { $0.key < $1.key }) {
                let dimension = try parts.universe.dimension(name)
                if dimension.isGovernor { try await Self.check(value, of: dimension, parts) }
            }
            guard !names.isEmpty else { return completed }
            let engine = QueryEngine(parts.registry)
            let inferred = try await parts.database.read(.latest) { try engine.inferredDefaults(from: names, on: $0) }
            completed.dataID.merge(inferred) { given, _ in given }
            return completed
        }

        /// Checks that a governor has a value.
        private static func check(
            _ value: DimensionValue,
            of governor: DimensionElement,
            _ parts: RepositoryParts
        ) async throws {
            let known = try await parts.database.read(.latest) { connection in
                try parts.registry.dimensions.all(of: governor, on: connection).records.compactMap {
                    $0.values.first?.dimensionValue
                }
            }
            guard !known.contains(value) else { return }
            throw ButlerError(
                .dataIDValue,
                "The default \(governor.name) \(value) does not exist in this repository.",
                remedy: "It has \(known.map(\.description).sorted().joined(separator: ", ")).",
                candidates: Candidates.nearest(to: value.description, in: known.map(\.description))
            )
        }

        /// Creates defaults.
        public init(collections: [String] = [], run: String? = nil, dataID: [String: DimensionValue] = [:]) {
            self.collections = collections
            self.run = run
            self.dataID = dataID
        }
    }

    private init(_ parts: RepositoryParts, defaults: Defaults) {
        universe = parts.universe
        storageClasses = parts.storageClasses
        root = parts.root
        configFile = parts.configFile
        isWriteable = parts.database.isWriteable
        database = parts.database
        registry = parts.registry
        datastore = parts.datastore
        records = parts.registry.datastoreRecords(parts.datastore.recordTable)
        engine = QueryEngine(parts.registry)
        self.defaults = defaults
    }

    /// Opens a repository.
    ///
    /// - Parameters:
    ///   - name: A directory, a `butler.yaml`, or a label of the repository index.
    ///   - writeable: Whether anything will be written; otherwise the server or file system keeps it from happening.
    ///   - defaults: What look-ups use where nothing is given.
    ///   - locks: How long is waited for locks, and who hears of it.
    ///   - refreshInterval: How long dataset types and records of instruments, detectors and the like in memory are taken
    ///     for true without asking whether another program has changed them. What others add is found at once.
    ///   - observer: Hears of every database statement; for tests and profiling.
    /// - Returns: The open repository.
    /// - Throws: ``ButlerError`` with `.repositoryNotFound`, `.incompatibleRepository` (naming manager and versions),
    ///   `.configuration`, `.readOnly`; database errors.
    public static func open(
        _ name: String,
        writeable: Bool = false,
        defaults: Defaults = Defaults(),
        locks: LockWaiting = LockWaiting(),
        refreshInterval: Duration = .seconds(1),
        observer: (any StatementObserver)? = nil
    ) async throws -> Butler {
        let access = RepositoryAccess(
            writeable: writeable,
            locks: locks,
            refreshInterval: refreshInterval,
            observer: observer
        )
        return try await open(name, access, defaults)
    }

    /// Opens a repository; its files are where the access says, if it does.
    static func open(_ name: String, _ access: RepositoryAccess, _ defaults: Defaults) async throws -> Butler {
        let config = try RepositoryConfig(name)
        guard try config.kind == .direct else {
            throw ButlerError(
                .incompatibleRepository,
                "\"\(name)\" is served by a Butler server, which this version cannot use.",
                remedy: "Open the repository behind the server directly."
            )
        }
        let parts = try await RepositoryParts.open(config, access)
        return Butler(parts, defaults: try await defaults.completed(for: parts))
    }

    /// Forgets what is in memory, so that what other programs have changed is seen from the next call on.
    public func refresh() {
        registry.refresh()
    }

    /// Runs statements in a read that sees one state of the database.
    func read<Result: Sendable>(_ body: @Sendable (any Connection) throws -> Result) async throws -> Result {
        try await database.read(.latest) { connection in
            try self.registry.refreshIfChanged(on: connection)
            return try body(connection)
        }
    }

    /// Runs a few queries by key in a read that sees one state of the database.
    func look<Result: Sendable>(_ body: @Sendable (any Connection) throws -> Result) async throws -> Result {
        try await database.readBriefly(.latest) { connection in
            try self.registry.refreshIfChanged(on: connection)
            return try body(connection)
        }
    }

    /// Runs statements in one transaction, which is repeated when another one made it impossible.
    func write<Result: Sendable>(_ body: @Sendable (any Connection) throws -> Result) async throws -> Result {
        try await repeating { try await writeOnce(body) }
    }

    /// Runs statements in one transaction.
    func writeOnce<Result: Sendable>(
        briefly isBrief: Bool = false,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        guard isWriteable else {
            throw ButlerError(
                .readOnly,
                "The repository at \"\(root)\" was opened for reading only.",
                remedy: "Open it for writing."
            )
        }
        return try await registry.write(to: database, briefly: isBrief) { connection in
            try self.registry.refreshIfChanged(on: connection)
            return try body(connection)
        }
    }
}

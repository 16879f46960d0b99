public import Databases
public import Dimensions
internal import StewardCore

/// All tables of one repository: what reads and writes them, over one memory.
///
/// The parts need a connection for each call, so that a caller puts them together in one transaction with whatever else
/// it writes. Writes should go through ``write(to:_:)``, which keeps the memory true.
public final class RegistryTables: Sendable {
    /// The definitions of the tables.
    public let schema: RegistrySchema
    /// Collections.
    public let collections: CollectionTables
    /// Dataset types.
    public let datasetTypes: DatasetTypeTables
    /// Dimension records.
    public let dimensions: DimensionTables
    /// Datasets and their memberships.
    public let datasets: DatasetTables
    /// Which datastores hold what.
    public let locations: LocationTable
    /// Tables of Steward's own.
    public let extensions = ExtensionTables()
    /// Which physical detectors were in the slots of cameras.
    public let physicalDetectors: PhysicalDetectorTable
    /// Reference catalogues.
    public var referenceCatalogues: ReferenceCatalogueTable { ReferenceCatalogueTable(extensions) }
    private let cache = RegistryCache()
    private let refreshInterval: Duration

    /// The dimensions.
    public var universe: DimensionUniverse { schema.universe }

    /// How long what is in memory is taken for true without asking, by default.
    public static let refreshInterval = Duration.seconds(1)

    /// Creates access to the tables of a repository.
    ///
    /// - Parameters:
    ///   - schema: The definitions of the tables.
    ///   - refreshInterval: How long what is in memory is taken for true without asking.
    public init(_ schema: RegistrySchema, refreshInterval: Duration = RegistryTables.refreshInterval) {
        self.schema = schema
        self.refreshInterval = refreshInterval
        collections = CollectionTables(schema, cache)
        datasetTypes = DatasetTypeTables(schema, cache)
        dimensions = DimensionTables(schema, cache)
        datasets = DatasetTables(schema, cache, collections, datasetTypes, dimensions)
        locations = LocationTable(schema)
        physicalDetectors = PhysicalDetectorTable(extensions)
    }

    /// Reads the attributes of a repository, checks them, and gives access to its tables.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - configured: Class names from `registry.managers` of the configuration, by role; may be empty.
    ///   - writing: Whether the repository is opened for writing.
    ///   - refreshInterval: How long what is in memory is taken for true without asking.
    ///   - connection: Where to read.
    /// - Returns: Access to the tables, and the attributes.
    /// - Throws: ``ButlerError`` with `.repositoryNotFound` or `.incompatibleRepository`; database errors.
    public static func open(
        configured: [String: String] = [:],
        writing: Bool,
        refreshInterval: Duration = RegistryTables.refreshInterval,
        on connection: any Connection
    ) throws -> (tables: RegistryTables, attributes: RepositoryAttributes) {
        let attributes = try RepositoryAttributes.read(on: connection)
        let universe = try attributes.universe()
        let format = try attributes.format(configured: configured, writing: writing)
        let schema = RegistrySchema(universe: universe, format: format)
        return (RegistryTables(schema, refreshInterval: refreshInterval), attributes)
    }

    /// The table of a file datastore.
    ///
    /// - Parameter name: Name of the table, from `datastore.records.table` of the configuration.
    /// - Returns: Access to its rows.
    public func datastoreRecords(_ name: String = "file_datastore_records") -> DatastoreRecordTable {
        DatastoreRecordTable(name, schema)
    }

    /// Runs a transaction, and forgets what it put into memory if it fails.
    ///
    /// - Parameters:
    ///   - database: The repository's database.
    ///   - isBrief: Whether it may run on the calling thread, see ``Databases/Database/writeBriefly(_:)``.
    ///   - body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; database errors.
    public func write<Result: Sendable>(
        to database: any Database,
        briefly isBrief: Bool = false,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        cache.beginWriting()
        do {
            let result = isBrief ? try await database.writeBriefly(body) : try await database.write(body)
            cache.endWriting(committed: true)
            return result
        } catch {
            cache.endWriting(committed: false)
            extensions.reset()
            throw error
        }
    }

    /// Forgets what is in memory if another program may have changed it; to be called before a read or write.
    ///
    /// One short statement, at most once in the interval that the tables were made with; on SQLite it reads a counter, on
    /// PostgreSQL the row counts of the tables kept in memory.
    ///
    /// - Parameter connection: Where to read.
    /// - Throws: Database errors.
    public func refreshIfChanged(on connection: any Connection) throws {
        guard cache.isDue(refreshInterval) else { return }
        let cached = universe.elements.filter { $0.isCached && $0.hasTable }.compactMap { schema.table(of: $0)?.name }
        if cache.forget(unless: try connection.changeMark(of: ["dataset_type"] + cached)) { extensions.reset() }
    }

    /// Forgets all that is in memory, so that the next reads ask the database.
    public func refresh() {
        cache.reset()
        extensions.reset()
    }
}

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

    /// The dimensions.
    public var universe: DimensionUniverse { schema.universe }

    /// Creates access to the tables of a repository.
    ///
    /// - Parameter schema: The definitions of the tables.
    public init(_ schema: RegistrySchema) {
        self.schema = schema
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
    ///   - connection: Where to read.
    /// - Returns: Access to the tables, and the attributes.
    /// - Throws: ``ButlerError`` with `.repositoryNotFound` or `.incompatibleRepository`; database errors.
    public static func open(
        configured: [String: String] = [:],
        writing: Bool,
        on connection: any Connection
    ) throws -> (tables: RegistryTables, attributes: RepositoryAttributes) {
        let attributes = try RepositoryAttributes.read(on: connection)
        let universe = try attributes.universe()
        let format = try attributes.format(configured: configured, writing: writing)
        return (RegistryTables(RegistrySchema(universe: universe, format: format)), attributes)
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
    ///   - body: The statements; the connection must not leave it.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; database errors.
    public func write<Result: Sendable>(
        to database: any Database,
        _ body: @Sendable (any Connection) throws -> Result
    ) async throws -> Result {
        cache.beginWriting()
        do {
            let result = try await database.write(body)
            cache.endWriting(committed: true)
            return result
        } catch {
            cache.endWriting(committed: false)
            extensions.reset()
            throw error
        }
    }

    /// Forgets all that is in memory, so that the next reads ask the database.
    public func refresh() {
        cache.reset()
        extensions.reset()
    }
}

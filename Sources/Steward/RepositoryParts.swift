internal import ButlerConfig
internal import Databases
internal import Datasets
internal import Datastores
internal import Dimensions
internal import Formatters
internal import Foundation
internal import Registry
internal import Resources
internal import StewardCore

/// The parts that an open repository is made of.
struct RepositoryParts {
    let root: String
    let universe: DimensionUniverse
    let storageClasses: StorageClassCatalog
    let database: any Database
    let registry: RegistryTables
    let datastore: FileDatastore

    /// Opens database and datastore of a configured repository, and checks that this version can handle them.
    static func open(
        _ config: RepositoryConfig,
        writeable: Bool,
        locks: LockWaiting,
        observer: (any StatementObserver)?
    ) async throws -> RepositoryParts {
        let database = try await RepositoryDatabase(config).open(
            writeable ? .readWrite : .readOnly,
            locks: locks,
            observer
        )
        var managers: [String: String] = [:]
        for role in ["attributes", "dimensions", "collections", "datasets", "opaque", "datastores"] {
            managers[role] = try config.manager(role)
        }
        let configured = managers
        let (registry, attributes) = try await database.read(.latest) {
            try RegistryTables.open(configured: configured, writing: writeable, on: $0)
        }
        let universe = registry.universe
        let storageClasses = StorageClassCatalog(try config.storageClasses().definitions)
        let datastore = try FileDatastore(
            config,
            universe: universe,
            storageClasses: storageClasses,
            formatters: .shipped,
            isWriteable: writeable
        )
        if writeable, !attributes.datastoreTables.contains(datastore.recordTable) {
            let table = registry.datastoreRecords(datastore.recordTable)
            try await database.write { _ = try table.create(on: $0) }
        }
        return RepositoryParts(
            root: config.location.root,
            universe: universe,
            storageClasses: storageClasses,
            database: database,
            registry: registry,
            datastore: datastore
        )
    }
}

internal import ButlerConfig
internal import Databases
internal import Datasets
internal import Datastores
internal import Dimensions
internal import Formatters
internal import Foundation
internal import Registry
internal import RemoteResources
internal import Resources
internal import StewardCore

/// How a repository is opened.
struct RepositoryAccess: Sendable {
    let writeable: Bool
    var locks = LockWaiting()
    var refreshInterval = RegistryTables.refreshInterval
    var observer: (any StatementObserver)?
    /// Absolute path or URI of the folder of the files; nil for what the configuration says.
    var datastoreRoot: String?
}

/// The parts that an open repository is made of.
struct RepositoryParts {
    let root: String
    let configFile: String
    let universe: DimensionUniverse
    let storageClasses: StorageClassCatalog
    let database: any Database
    let registry: RegistryTables
    let datastore: FileDatastore

    /// Opens database and datastore of a configured repository, and checks that this version can handle them.
    static func open(
        _ config: RepositoryConfig,
        _ access: RepositoryAccess
    ) async throws -> RepositoryParts {
        let writeable = access.writeable
        let mode: RepositoryDatabase.Mode = writeable ? .readWrite : .readOnly
        let database = try await RepositoryDatabase(config).open(mode, locks: access.locks, access.observer)
        var managers: [String: String] = [:]
        for role in ["attributes", "dimensions", "collections", "datasets", "opaque", "datastores"] {
            managers[role] = try config.manager(role)
        }
        let configured = managers
        let (registry, attributes) = try await database.read(.latest) {
            try RegistryTables.open(
                configured: configured,
                writing: writeable,
                refreshInterval: access.refreshInterval,
                on: $0
            )
        }
        let universe = registry.universe
        let storageClasses = StorageClassCatalog(try config.storageClasses().definitions)
        let datastore = try FileDatastore(
            config,
            universe: universe,
            storageClasses: storageClasses,
            formatters: .shipped,
            isWriteable: writeable,
            root: access.datastoreRoot,
            stores: .network
        )
        if writeable, !attributes.datastoreTables.contains(datastore.recordTable) {
            let table = registry.datastoreRecords(datastore.recordTable)
            try await database.write { _ = try table.create(on: $0) }
        }
        return RepositoryParts(
            root: config.location.root,
            configFile: config.location.configFile,
            universe: universe,
            storageClasses: storageClasses,
            database: database,
            registry: registry,
            datastore: datastore
        )
    }
}

internal import Databases
internal import Datasets
internal import Dimensions
internal import Queries
internal import Registry
internal import StewardCore

/// What the planning of one query needs to know of the repository.
struct QueryCatalog: Sendable {
    let schema: RegistrySchema
    let dialect: SQLDialect
    /// Dataset types that are searched, by name.
    let types: [String: DatasetTypeRecord]
    /// Collections that each search looks into, chains replaced by what they hold, by dataset type.
    let paths: [String: [SearchedCollection]]
    /// Names of the temporary tables with large tables of data IDs, by position in the query.
    let temporaryTables: [Int: String]

    var universe: DimensionUniverse { schema.universe }

    func type(_ name: String) throws -> DatasetTypeRecord {
        guard let type = types[name] else {
            throw ButlerError(.missingDatasetType, "No dataset type \"\(name)\" is registered in this repository.")
        }
        return type
    }
}

internal import Datasets
internal import Databases
internal import Dimensions
internal import Queries
internal import Registry

extension QueryCatalog {
    /// Reads what the planning of a query needs.
    ///
    /// No statement for a query without dataset searches, else two: collections with what chains hold, and summaries. One
    /// more for a dataset type that is not in memory. Large tables of data IDs go into temporary tables.
    ///
    /// - Parameters:
    ///   - tree: The query.
    ///   - registry: The repository's tables.
    ///   - connection: Where to read.
    /// - Throws: ``ButlerError`` with `.missingCollection` or `.missingDatasetType` and candidates; database errors.
    init(_ tree: QueryTree, _ registry: RegistryTables, on connection: any Connection) throws {
        schema = registry.schema
        dialect = connection.dialect
        var types: [String: DatasetTypeRecord] = [:]
        for search in tree.searches {
            types[search.datasetType] = try registry.datasetTypes.record(search.datasetType, on: connection)
        }
        self.types = types
        var temporary: [Int: String] = [:]
        for (index, table) in tree.tables.enumerated() where DataIDTableSQL.isLarge(table) {
            temporary[index] = try DataIDTableSQL.upload(table, on: connection)
        }
        temporaryTables = temporary
        paths = tree.searches.isEmpty ? [:] : try Self.paths(tree, registry, on: connection)
    }

    private static func paths(
        _ tree: QueryTree,
        _ registry: RegistryTables,
        on connection: any Connection
    ) throws -> [String: [SearchedCollection]] {
        var seen: Set<String> = []
        let names = tree.searches.flatMap(\.collections).filter { seen.insert($0).inserted }
        guard !names.isEmpty else { return [:] }
        let records = try registry.collections.resolve(
            CollectionExpression(names: names),
            flattening: true,
            includingChains: true,
            on: connection
        )
        let byName = Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let flat = records.filter { $0.kind != .chained }
        let summaries = flat.isEmpty ? [:] : try registry.datasets.summaries(of: flat, on: connection)
        return Dictionary(
            tree.searches.map { search in
                let path = flattened(search.collections, byName).map { record in
                    SearchedCollection(
                        key: record.key,
                        name: record.name,
                        kind: record.kind,
                        datasetTypes: summaries[record.name]?.datasetTypes ?? [],
                        governors: summaries[record.name]?.governors ?? [:]
                    )
                }
                return (search.datasetType, path)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Collections in search order: chains are replaced by what they hold, the first occurrence counts.
    private static func flattened(_ names: [String], _ records: [String: CollectionRecord]) -> [CollectionRecord] {
        var done: Set<String> = []
        var found: [CollectionRecord] = []
        var pending = Array(names.reversed())
        while let name = pending.popLast() {
            guard done.insert(name).inserted, let record = records[name] else { continue }
            if record.kind == .chained {
                pending += record.children.reversed()
            } else {
                found.append(record)
            }
        }
        return found
    }
}

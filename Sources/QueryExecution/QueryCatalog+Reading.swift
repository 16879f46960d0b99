internal import Databases
internal import Datasets
internal import Dimensions
internal import Queries
internal import Registry

extension QueryCatalog {
    /// Reads what the planning of a query needs.
    ///
    /// No statement for a query without dataset searches, else one for collections, what chains hold, and summaries. One
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
        let names = Set(tree.searches.flatMap(\.collections)).sorted()
        guard !names.isEmpty else {
            paths = [:]
            return
        }
        let found = try CollectionReading(schema: schema, names: names, types: types.keys.sorted()).read(on: connection)
        if names.contains(where: { found[$0] == nil }) {
            _ = try registry.collections.resolve(CollectionExpression(names: names), on: connection)
        }
        let searches = tree.searches.map { ($0.datasetType, Self.flattened($0.collections, found)) }
        paths = Dictionary(searches, uniquingKeysWith: { first, _ in first })
    }

    /// Collections in search order: chains are replaced by what they hold, the first occurrence counts.
    private static func flattened(
        _ names: [String],
        _ found: [String: CollectionReading.Found]
    ) -> [SearchedCollection] {
        var done: Set<String> = []
        var path: [SearchedCollection] = []
        var pending = Array(names.reversed())
        while let name = pending.popLast() {
            guard done.insert(name).inserted, let collection = found[name] else { continue }
            if collection.kind == .chained {
                pending += collection.children.sorted { $0.position < $1.position }.map(\.name).reversed()
            } else {
                path.append(collection.searched)
            }
        }
        return path
    }
}

/// Reads collections, all that chains among them hold, and their summaries in one statement.
private struct CollectionReading {
    let schema: RegistrySchema
    let names: [String]
    /// Dataset types that matter.
    let types: [String]

    /// A collection with what its rows say.
    struct Found {
        let key: CollectionKey
        let name: String
        let kind: CollectionKind
        var children: [(name: String, position: Int64)] = []
        var datasetTypes: Set<String> = []
        var governors: [String: Set<String>] = [:]

        var searched: SearchedCollection {
            SearchedCollection(key: key, name: name, kind: kind, datasetTypes: datasetTypes, governors: governors)
        }
    }

    private var format: RegistryFormat { schema.format }

    func read(on connection: any Connection) throws -> [String: Found] {
        let kinds: [ColumnKind] = [.integer, format.collectionKind, .label, .integer, .integer, .label]
        let page = try connection.query(sql, kinds: kinds)
        var found: [CollectionKey: Found] = [:]
        for row in 0..<page.rowCount where page.integer(row, 0) == 0 { addCollection(page, row, to: &found) }
        for row in 0..<page.rowCount {
            guard let part = page.integer(row, 0).flatMap({ Int(exactly: $0) }), part > 0,
                let value = page.text(row, 2),
                let key = format.collectionKey(page, row, 1)
            else { continue }
            if part == 1 {
                found[key]?.datasetTypes.insert(value)
            } else {
                found[key]?.governors[schema.governorSummaries[part - 2].governor.name, default: []].insert(value)
            }
        }
        return Dictionary(found.values.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private func addCollection(_ page: ColumnPage, _ row: Int, to found: inout [CollectionKey: Found]) {
        guard let key = format.collectionKey(page, row, 1), let name = page.text(row, 2),
            let kind = page.integer(row, 3).flatMap({ Int(exactly: $0) }).flatMap(CollectionKind.init)
        else { return }
        if found[key] == nil { found[key] = Found(key: key, name: name, kind: kind) }
        guard let position = page.integer(row, 4), let child = page.text(row, 5) else { return }
        found[key]?.children.append((child, position))
    }

    private var sql: SQL {
        let key = format.collectionTableKey
        let column = format.collectionColumn
        let noNumber: SQL = "CAST(NULL AS BIGINT)"
        let rest: SQL = "\(noNumber), \(noNumber), CAST(NULL AS TEXT)"
        let nodes: SQL = "IN (SELECT \(id: "node") FROM \(id: "tree"))"
        var parts: [SQL] = [
            """
            SELECT 0, \(id: "c", key), \(id: "c", "name"), CAST(\(id: "c", "type") AS BIGINT), \
            CAST(\(id: "k", "position") AS BIGINT), \(id: "n", "name") FROM \(table: "collection") AS \(id: "c") \
            LEFT JOIN \(table: "collection_chain") AS \(id: "k") ON \(id: "k", "parent") = \(id: "c", key) \
            LEFT JOIN \(table: "collection") AS \(id: "n") ON \(id: "n", key) = \(id: "k", "child") \
            WHERE \(id: "c", key) \(nodes)
            """,
            """
            SELECT 1, \(id: "s", column), \(id: "t", "name"), \(rest) FROM \(table: schema.typeSummary.name) AS \(id: "s") \
            JOIN \(table: "dataset_type") AS \(id: "t") ON \(id: "t", "id") = \(id: "s", "dataset_type_id") \
            WHERE \(id: "t", "name") \(in: types) AND \(id: "s", column) \(nodes)
            """,
        ]
        for (index, summary) in schema.governorSummaries.enumerated() {
            parts.append(
                """
                SELECT \(SQL(generated: String(index + 2))), \(id: column), CAST(\(id: summary.governor.name) AS TEXT), \
                \(rest) FROM \(table: summary.table.name) WHERE \(id: column) \(nodes)
                """
            )
        }
        return """
            WITH RECURSIVE \(id: "tree") (\(id: "node")) AS (\
            SELECT \(id: key) FROM \(table: "collection") WHERE \(id: "name") \(in: names) \
            UNION SELECT \(id: "child") FROM \(table: "collection_chain") AS \(id: "k") \
            JOIN \(id: "tree") ON \(id: "k", "parent") = \(id: "tree", "node")) \
            \(parts.joined(separator: " UNION ALL "))
            """
    }
}

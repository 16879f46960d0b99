public import Databases
public import Datasets
internal import StewardCore
internal import Synchronization

/// Reads and writes collections: runs, tags, calibrations and chains.
///
/// All reads but ``record(_:on:)`` ask the database, in one statement; that one answers from memory what has been
/// seen before, and is meant for writes, which verify the key again. Functions that write need a write connection and
/// leave the transaction to the caller.
public final class CollectionTables: Sendable {
    /// The tables.
    public let schema: RegistrySchema
    let cache: RegistryCache

    init(_ schema: RegistrySchema, _ cache: RegistryCache) {
        self.schema = schema
        self.cache = cache
    }

    var format: RegistryFormat { schema.format }

    /// Finds one collection.
    ///
    /// One statement.
    ///
    /// - Parameters:
    ///   - name: Name of the collection.
    ///   - connection: Where to read.
    /// - Returns: The collection, or nil.
    /// - Throws: Database errors.
    public func find(_ name: String, on connection: any Connection) throws -> CollectionRecord? {
        try fetch(.names([name], recursive: false), on: connection).first
    }

    /// The collection of a name, from memory if it was seen before.
    ///
    /// No statement or one. Children of chains may be out of date; ``resolve(_:kinds:flattening:includingChains:on:)``
    /// always asks the database.
    ///
    /// - Parameters:
    ///   - name: Name of the collection.
    ///   - connection: Where to read.
    /// - Returns: The collection.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates; database errors.
    public func record(_ name: String, on connection: any Connection) throws -> CollectionRecord {
        if let known = cache.collection(name) { return known }
        if let found = try find(name, on: connection) { return found }
        throw try missing([name], on: connection)
    }

    /// The collection of a name, which must be of one of the given kinds.
    ///
    /// - Parameters:
    ///   - name: Name of the collection.
    ///   - kinds: Kinds that will do.
    ///   - connection: Where to read.
    /// - Returns: The collection.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates, or `.collectionType`; database errors.
    public func record(
        _ name: String,
        kinds: Set<CollectionKind>,
        on connection: any Connection
    ) throws -> CollectionRecord {
        let record = try record(name, on: connection)
        guard kinds.contains(record.kind) else { throw Self.wrongKind(record, wanted: kinds) }
        return record
    }

    /// The names of the collections with the given keys.
    ///
    /// - Parameters:
    ///   - keys: Keys of collections.
    ///   - connection: Where to read.
    /// - Returns: Names by key; keys without a collection are left out.
    /// - Throws: Database errors.
    public func names(of keys: Set<CollectionKey>, on connection: any Connection) throws -> [CollectionKey: String] {
        var names: [CollectionKey: String] = [:]
        var unknown: [CollectionKey] = []
        for key in keys {
            if case .name(let name) = key {
                names[key] = name
            } else {
                unknown.append(key)
            }
        }
        guard !unknown.isEmpty else { return names }
        let key = format.collectionTableKey
        let sql: SQL = """
            SELECT \(id: key), \(id: "name") FROM \(table: "collection") WHERE \(id: key) \(in: unknown)
            """
        let page = try connection.query(sql, kinds: [format.collectionKind, .text])
        for row in 0..<page.rowCount {
            if let key = format.collectionKey(page, row, 0) { names[key] = page.text(row, 1) }
        }
        return names
    }

    /// What a statement that reads collections looks for.
    enum Selection {
        case everything
        /// Collections of these names; with all that chains among them hold, if recursive.
        case names([String], recursive: Bool)
    }

    /// Reads collections with the children of chains, in one statement, in the order of their keys.
    func fetch(_ selection: Selection, on connection: any Connection) throws -> [CollectionRecord] {
        let key = format.collectionTableKey
        let head: SQL
        let condition: SQL
        switch selection {
        case .everything:
            (head, condition) = ("", "")
        case .names(let names, recursive: false):
            (head, condition) = ("", " WHERE \(id: "c", "name") \(in: names)")
        case .names(let names, recursive: true):
            head = """
                WITH RECURSIVE \(id: "tree") (\(id: "node")) AS (\
                SELECT \(id: key) FROM \(table: "collection") WHERE \(id: "name") \(in: names) \
                UNION SELECT \(id: "child") FROM \(table: "collection_chain") AS \(id: "k") \
                JOIN \(id: "tree") ON \(id: "k", "parent") = \(id: "tree", "node"))
                """
            condition = " WHERE \(id: "c", key) IN (SELECT \(id: "node") FROM \(id: "tree"))"
        }
        let sql: SQL = """
            \(head) SELECT \(id: "c", key), \(id: "c", "name"), \(id: "c", "type"), \(id: "k", "position"), \
            \(id: "n", "name") FROM \(table: "collection") AS \(id: "c") \
            LEFT JOIN \(table: "collection_chain") AS \(id: "k") ON \(id: "k", "parent") = \(id: "c", key) \
            LEFT JOIN \(table: "collection") AS \(id: "n") ON \(id: "n", key) = \(id: "k", "child")\(condition) \
            ORDER BY \(id: "c", key), \(id: "k", "position")
            """
        let page = try connection.query(sql, kinds: [format.collectionKind, .label, .integer, .integer, .label])
        let records = records(in: page)
        cache.remember(records)
        return records
    }

    /// Gathers the rows of each collection, which follow each other.
    private func records(in page: ColumnPage) -> [CollectionRecord] {
        var records: [CollectionRecord] = []
        var row = 0
        while row < page.rowCount {
            let first = row
            let key = format.collectionKey(page, first, 0)
            var children: [String] = []
            var positions: [Int64] = []
            while row < page.rowCount, format.collectionKey(page, row, 0) == key {
                if let position = page.integer(row, 3), let child = page.text(row, 4) {
                    children.append(child)
                    positions.append(position)
                }
                row += 1
            }
            guard let key, let name = page.text(first, 1),
                let kind = page.integer(first, 2).flatMap({ Int(exactly: $0) }).flatMap(CollectionKind.init)
            else { continue }
            records.append(
                CollectionRecord(key: key, name: name, kind: kind, children: children, positions: positions)
            )
        }
        return records
    }

    /// The error for names that no collection has; reads all names for the candidates.
    func missing(_ names: [String], on connection: any Connection) throws -> ButlerError {
        let all = try connection.texts("SELECT \(id: "name") FROM \(table: "collection")")
        let quoted = names.map { "\"\($0)\"" }.joined(separator: ", ")
        return ButlerError(
            .missingCollection,
            names.count == 1
                ? "There is no collection \(quoted) in this repository." : "There are no collections \(quoted).",
            remedy: "List the collections with \"steward query-collections\".",
            candidates: names.flatMap { Candidates.nearest(to: $0, in: all) }
        )
    }

    static func wrongKind(_ record: CollectionRecord, wanted: Set<CollectionKind>) -> ButlerError {
        let kinds = wanted.sorted { $0.rawValue < $1.rawValue }.map(\.description).joined(separator: " or ")
        return ButlerError(
            .collectionType,
            "Collection \"\(record.name)\" is a \(record.kind) collection; this needs a \(kinds) collection.",
            remedy: "Choose a \(kinds) collection."
        )
    }
}

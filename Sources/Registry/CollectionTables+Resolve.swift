public import Databases
public import Datasets
internal import StewardCore

extension CollectionTables {
    /// The collections that an expression means, each once.
    ///
    /// One statement. Matches of patterns come first, in the order of their keys, then the names given in full in
    /// their order, then the children of chains that match; when flattening, a chain stands for its children depth first in search order, and the first
    /// occurrence of a collection counts. Matches `daf_butler: registry/collections/_base.py`.
    ///
    /// - Parameters:
    ///   - expression: Names and patterns.
    ///   - kinds: Kinds to return; others are left out.
    ///   - flattening: Whether chains are replaced by what they hold.
    ///   - includingChains: Whether chains themselves are returned; nil means only when not flattening.
    ///   - connection: Where to read.
    /// - Returns: The collections.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates for a name given in full; database errors.
    public func resolve(
        _ expression: CollectionExpression,
        kinds: Set<CollectionKind> = Set(CollectionKind.allCases),
        flattening: Bool = true,
        includingChains: Bool? = nil,
        on connection: any Connection
    ) throws -> [CollectionRecord] {
        let withChains = includingChains ?? !flattening
        func isWanted(_ record: CollectionRecord) -> Bool {
            kinds.contains(record.kind) && (record.kind != .chained || withChains)
        }
        if expression.isEverything { return try fetch(.everything, on: connection).filter(isWanted) }
        let selection: Selection =
            expression.isOrdered ? .names(expression.names, recursive: flattening) : .everything
        if expression.isOrdered, expression.names.isEmpty { return [] }
        let records = try fetch(selection, on: connection)
        let byName = Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let unknown = expression.names.filter { byName[$0] == nil }
        guard unknown.isEmpty else { throw try missing(unknown, on: connection) }
        var search = ChainSearch(records: byName, flattening: flattening)
        let matches = records.filter { record in expression.patterns.contains { $0.matches(record.name) } }
        for match in matches { search.add(match) }
        search.visit(expression.names + (flattening ? matches.flatMap(\.children) : []))
        return search.found.filter(isWanted)
    }

    /// The collections that names given in full mean, chains replaced by what they hold, in search order.
    ///
    /// - Parameters:
    ///   - names: Names of collections, taken literally.
    ///   - connection: Where to read.
    /// - Returns: RUN, TAGGED and CALIBRATION collections, each once.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates; database errors.
    public func flatten(_ names: [String], on connection: any Connection) throws -> [CollectionRecord] {
        try resolve(CollectionExpression(names: names), on: connection)
    }

    /// Collections as users see them, in the order of ``resolve(_:kinds:flattening:includingChains:on:)``.
    ///
    /// One statement for the collections, one for documentation, one for the parents if asked for.
    ///
    /// - Parameters:
    ///   - expression: Names and patterns.
    ///   - kinds: Kinds to return; others are left out.
    ///   - flattening: Whether chains are replaced by what they hold.
    ///   - includingChains: Whether chains themselves are returned; nil means only when not flattening.
    ///   - withParents: Whether to say which chains hold each collection.
    ///   - connection: Where to read.
    /// - Returns: Descriptions of the collections.
    /// - Throws: ``ButlerError`` with `.missingCollection` and candidates for a name given in full; database errors.
    public func describe(
        _ expression: CollectionExpression,
        kinds: Set<CollectionKind> = Set(CollectionKind.allCases),
        flattening: Bool = false,
        includingChains: Bool? = nil,
        withParents: Bool = false,
        on connection: any Connection
    ) throws -> [CollectionInfo] {
        let records = try resolve(
            expression,
            kinds: kinds,
            flattening: flattening,
            includingChains: includingChains,
            on: connection
        )
        guard !records.isEmpty else { return [] }
        let documentation = try documentation(on: connection)
        let parents = withParents ? try parents(on: connection) : nil
        return records.map { record in
            CollectionInfo(
                name: record.name,
                kind: record.kind,
                documentation: documentation[record.name] ?? "",
                children: record.children,
                parents: parents.map { $0[record.name] ?? [] }
            )
        }
    }

    /// The chains that hold a collection directly, sorted by name.
    ///
    /// - Parameters:
    ///   - name: Name of the collection.
    ///   - connection: Where to read.
    /// - Returns: Names of chains.
    /// - Throws: Database errors.
    public func parents(of name: String, on connection: any Connection) throws -> [String] {
        try parents(of: [name], on: connection)[name] ?? []
    }

    /// The chains that hold each of some collections, or of all, sorted by name.
    func parents(of names: [String]? = nil, on connection: any Connection) throws -> [String: [String]] {
        let key = format.collectionTableKey
        let condition: SQL = names.map { " WHERE \(id: "c", "name") \(in: $0)" } ?? ""
        let sql: SQL = """
            SELECT DISTINCT \(id: "c", "name"), \(id: "p", "name") FROM \(table: "collection_chain") AS \(id: "k") \
            JOIN \(table: "collection") AS \(id: "c") ON \(id: "c", key) = \(id: "k", "child") \
            JOIN \(table: "collection") AS \(id: "p") ON \(id: "p", key) = \(id: "k", "parent")\(condition)
            """
        let page = try connection.query(sql, kinds: [.label, .label])
        var parents: [String: [String]] = [:]
        for row in 0..<page.rowCount {
            if let child = page.text(row, 0), let parent = page.text(row, 1) {
                parents[child, default: []].append(parent)
            }
        }
        return parents.mapValues { $0.sorted() }
    }

    /// All documentation that is not empty, by name of the collection.
    private func documentation(on connection: any Connection) throws -> [String: String] {
        let sql: SQL = """
            SELECT \(id: "name"), \(id: "doc") FROM \(table: "collection") WHERE \(id: "doc") IS NOT NULL
            """
        let page = try connection.query(sql, kinds: [.text, .text])
        var documentation: [String: String] = [:]
        for row in 0..<page.rowCount {
            if let name = page.text(row, 0) { documentation[name] = page.text(row, 1) }
        }
        return documentation
    }

    /// The names of a list and of all that chains among them hold, in search order, chains included.
    static func flattened(_ names: [String], in records: [String: CollectionRecord]) -> [CollectionRecord] {
        var search = ChainSearch(records: records, flattening: true)
        search.visit(names)
        return search.found
    }
}

/// Gathers collections in search order, each once.
private struct ChainSearch {
    let records: [String: CollectionRecord]
    let flattening: Bool
    private(set) var found: [CollectionRecord] = []
    private var done: Set<String> = []

    init(records: [String: CollectionRecord], flattening: Bool) {
        self.records = records
        self.flattening = flattening
    }

    /// Adds one collection without what it holds.
    mutating func add(_ record: CollectionRecord) {
        if done.insert(record.name).inserted { found.append(record) }
    }

    /// Adds collections, each followed by what it holds; a chain already expanded is not expanded again.
    mutating func visit(_ names: [String]) {
        var pending = Array(names.reversed())
        var expanded: Set<String> = []
        while let name = pending.popLast() {
            guard let record = records[name] else { continue }
            add(record)
            if flattening, expanded.insert(name).inserted { pending.append(contentsOf: record.children.reversed()) }
        }
    }
}

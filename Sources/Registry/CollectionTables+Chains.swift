public import Databases
internal import Datasets
internal import StewardCore

extension CollectionTables {
    /// A change of a chain's children.
    public enum ChainEdit: Sendable, Hashable {
        /// The given children replace all that there are, at positions 0, 1, …
        case redefine
        /// The given children go in front of the others.
        case prepend
        /// The given children go behind the others.
        case extend
        /// The given children are taken out; ones that are not there do not matter.
        case remove
    }

    /// Changes the children of a chain.
    ///
    /// Children given twice count once. Positions are the reference's: added children that were there are moved, an
    /// empty chain is extended from position 1, and removal leaves gaps. Where 16 bits do not suffice all positions
    /// are written anew. At most four statements, one more on databases with row locks.
    ///
    /// - Parameters:
    ///   - edit: What to do.
    ///   - parent: Name of the chain.
    ///   - children: Names of the children, in search order.
    ///   - connection: A write connection.
    /// - Returns: The chain as it is now.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType` if the parent is no chain, `.collectionCycle`
    ///   if the chain would hold itself; database errors.
    @discardableResult
    public func change(
        _ edit: ChainEdit,
        _ parent: String,
        _ children: [String],
        on connection: any Connection
    ) throws -> CollectionRecord {
        if connection.dialect.supportsRowLocks { try lockRow(parent, on: connection) }
        let fetched = try fetch(.names([parent] + children, recursive: true), on: connection)
        let records = Dictionary(fetched.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let unknown = ([parent] + children).filter { records[$0] == nil }
        guard unknown.isEmpty, let chain = records[parent] else { throw try missing(unknown, on: connection) }
        guard chain.kind == .chained else { throw Self.wrongKind(chain, wanted: [.chained]) }
        var seen: Set<String> = []
        let given = children.filter { seen.insert($0).inserted }
        if edit != .remove { try Self.checkCycle(parent, given, records) }
        let placed = Self.arrange(edit, chain, given)
        guard placed.map(\.name) != chain.children || placed.map(\.position) != chain.positions else { return chain }
        try write(placed, to: chain, records, on: connection)
        let changed = CollectionRecord(
            key: chain.key,
            name: chain.name,
            kind: chain.kind,
            children: placed.map(\.name),
            positions: placed.map(\.position)
        )
        cache.remember([changed])
        return changed
    }

    private typealias Placed = (name: String, position: Int64)

    /// The children and positions after an edit.
    private static func arrange(_ edit: ChainEdit, _ chain: CollectionRecord, _ given: [String]) -> [Placed] {
        let isGiven = Set(given)
        let kept = zip(chain.children, chain.positions).filter { !isGiven.contains($0.0) }.map { ($0.0, $0.1) }
        let result: [Placed]
        switch edit {
        case .redefine: result = numbered(given, from: 0)
        case .remove: result = kept
        case .prepend: result = numbered(given, from: (kept.first?.1 ?? 0) - Int64(given.count)) + kept
        case .extend: result = kept + numbered(given, from: (kept.last?.1 ?? 0) + 1)
        }
        let isNarrow = result.allSatisfy { Int16(exactly: $0.position) != nil }
        return isNarrow ? result : numbered(result.map(\.name), from: 0)
    }

    private static func numbered(_ names: [String], from first: Int64) -> [Placed] {
        names.enumerated().map { ($1, first + Int64($0)) }
    }

    private static func checkCycle(
        _ parent: String,
        _ children: [String],
        _ records: [String: CollectionRecord]
    ) throws {
        for child in children where flattened([child], in: records).contains(where: { $0.name == parent }) {
            throw ButlerError(
                .collectionCycle,
                child == parent
                    ? "Chain \"\(parent)\" cannot hold itself."
                    : "Chain \"\(parent)\" would hold itself, because its child \"\(child)\" holds it.",
                remedy: "Leave \"\(child)\" out."
            )
        }
    }

    /// Deletes the rows that change and inserts the new ones.
    private func write(
        _ placed: [Placed],
        to chain: CollectionRecord,
        _ records: [String: CollectionRecord],
        on connection: any Connection
    ) throws {
        let old = Dictionary(zip(chain.positions, chain.children), uniquingKeysWith: { first, _ in first })
        let new = Dictionary(placed.map { ($0.position, $0.name) }, uniquingKeysWith: { first, _ in first })
        let stale = chain.positions.filter { old[$0] != new[$0] }
        if !stale.isEmpty {
            let sql: SQL = """
                DELETE FROM \(table: "collection_chain") WHERE \(id: "parent") = \(chain.key) \
                AND \(id: "position") \(in: stale)
                """
            try connection.execute(sql)
        }
        var rows = RowBatch(columns: ["parent", "position", "child"])
        for (name, position) in placed where old[position] != name {
            guard let child = records[name]?.key else { continue }
            rows.append(row: [chain.key.sqlValue, .int(position), child.sqlValue])
        }
        try connection.insert(rows, into: schema.collectionChain)
    }

    private func lockRow(_ name: String, on connection: any Connection) throws {
        let key = format.collectionTableKey
        let sql: SQL = "SELECT \(id: key) FROM \(table: "collection") WHERE \(id: "name") = \(name) FOR UPDATE"
        _ = try connection.query(sql, kinds: [format.collectionKind])
    }
}

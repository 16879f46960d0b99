public import Databases
public import Dimensions

extension DimensionTables {
    /// Reads all records of the cached elements of a group that are not in memory yet.
    ///
    /// No statement or one, however many elements there are.
    ///
    /// - Parameters:
    ///   - group: The dimensions whose elements will be needed.
    ///   - connection: Where to read.
    /// - Throws: Database errors; `.corruptFile` for values that cannot be decoded.
    public func preload(_ group: DimensionGroup, on connection: any Connection) throws {
        var wanted: [DimensionElement] = []
        for element in group.elements {
            guard let stored = element.viewOf.flatMap(universe.find) ?? Optional(element), stored.isCached,
                stored.hasTable, cache.records(of: stored) == nil, !cache.isChanging(stored), !wanted.contains(stored)
            else { continue }
            wanted.append(stored)
        }
        guard let first = wanted.first else { return }
        guard wanted.count > 1 else {
            _ = try all(of: first, on: connection)
            return
        }
        let generation = cache.generation
        let coders = try wanted.map(coder)
        let parts = coders.indices.map { select(coders, only: $0, connection.dialect) }
        let sql = parts.joined(separator: " UNION ALL ")
        let page = try connection.query(sql, kinds: [.integer] + coders.flatMap(\.kinds))
        var found = wanted.map { ElementRecords($0) }
        for row in 0..<page.rowCount {
            guard let part = page.integer(row, 0).flatMap({ Int(exactly: $0) }) else { continue }
            let start = 1 + coders[..<part].reduce(0) { $0 + $1.kinds.count }
            found[part].add(try coders[part].record(page, row, from: start))
        }
        for records in found { cache.remember(records.sorted(), generation: generation) }
    }

    /// All rows of one table, beside empty columns for the others: joins that match nothing give those their types.
    private func select(_ coders: [RecordCoder], only index: Int, _ dialect: SQLDialect) -> SQL {
        let columns = coders.enumerated().map { $1.selection(qualifier: "t\($0)", dialect) }
        var sql: SQL = """
            SELECT \(index), \(columns.joined(separator: ", ")) \
            FROM \(table: coders[index].table.name) AS \(id: "t\(index)")
            """
        for (other, coder) in coders.enumerated() where other != index {
            sql += " LEFT JOIN \(table: coder.table.name) AS \(id: "t\(other)") ON 1 = 0"
        }
        return sql
    }
}

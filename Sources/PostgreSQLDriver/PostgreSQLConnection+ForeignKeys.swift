internal import CPostgreSQL
internal import Databases
internal import StewardCore

/// Checks foreign keys of many rows at once.
///
/// The server checks them with a trigger for each row and key, which takes three quarters of the time of a large insertion
/// of datasets. Where the user may (`session_replication_role`), such insertions go without these triggers; afterwards
/// each key is checked for all rows in one statement, with the same lock on the rows referred to (`FOR KEY SHARE`, as in
/// `ri_triggers.c` of the server's sources), before anything of it can be committed.
extension PostgreSQLConnection {
    /// Rows from which on it is worth the questions.
    private static let leastRows = 5000

    /// The foreign keys to check after an insertion; nil if the server is to check them itself.
    func foreignKeys(
        of table: TableSpec,
        for rows: RowBatch,
        _ rule: ConflictRule
    ) throws -> [ForeignKeyCheck]? {
        guard rows.count >= Self.leastRows, rule == .fail, !table.isTemporary, rows.width == rows.columns.count,
            try maySkipTriggers()
        else { return nil }
        let sql: SQL = """
            SELECT c.conname, n.nspname, p.relname, a.attname, b.attname, NOT t.relhasrules AND c.confmatchtype = 's' \
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal) \
            FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS t ON t.oid = c.conrelid \
            JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace \
            JOIN pg_catalog.pg_class AS p ON p.oid = c.confrelid \
            JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace \
            CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (source, target, place) \
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.source \
            JOIN pg_catalog.pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = k.target \
            WHERE c.contype = 'f' AND t.relkind = 'r' AND t.relname = \(table.name) \
            AND s.nspname = \(dialect.namespace ?? "public") ORDER BY c.conname, k.place
            """
        let page = try query(sql, kinds: [.text, .text, .text, .text, .text, .bool])
        var checks: [ForeignKeyCheck] = []
        for row in 0..<page.rowCount {
            let names = (0..<5).compactMap { page.text(row, $0) }
            guard names.count == 5, page.bool(row, 5) == true, rows.columns.contains(names[3]) else { return nil }
            let column = (source: names[3], target: names[4])
            if checks.last?.name == names[0] {
                checks[checks.count - 1].columns.append(column)
            } else {
                checks.append(ForeignKeyCheck(name: names[0], target: (names[1], names[2]), columns: [column]))
            }
        }
        return checks.isEmpty ? nil : checks
    }

    private func maySkipTriggers() throws -> Bool {
        if let known = skipsTriggers { return known }
        let isSuperuser: SQL = "current_setting('is_superuser') = 'on'"
        // Other users can be given the right since PostgreSQL 15.
        let isGranted: SQL = "has_parameter_privilege('session_replication_role', 'SET')"
        let version = try currentLink().serverVersion
        let may: SQL = version >= 150_000 ? "SELECT \(isSuperuser) OR \(isGranted)" : "SELECT \(isSuperuser)"
        let answer = try query(may, kinds: [.bool]).bool(0, 0) ?? false
        skipsTriggers = answer
        return answer
    }

    /// Runs an insertion without triggers.
    func withoutTriggers<Result>(_ insertion: () throws -> Result) rethrows -> Result {
        pending.append("SET LOCAL session_replication_role = replica")
        defer { pending.append("SET LOCAL session_replication_role TO DEFAULT") }
        return try insertion()
    }

    /// Checks a foreign key for all rows.
    ///
    /// - Throws: `ButlerError` with `.integrity` if a row refers to nothing.
    func check(_ key: ForeignKeyCheck, _ rows: RowBatch, _ elements: [ArrayElement], in table: TableSpec) throws {
        let places = key.columns.compactMap { rows.columns.firstIndex(of: $0.source) }
        let types = places.map { elements[$0] }
        let keys = rows.changes(of: places)
        let text = key.statement(types).rendered(for: dialect).text
        observe(text, rowCount: keys.count)
        let isWhole = try translating {
            try onLink { link, pending in
                var parameters = ParameterBuffer()
                for (column, type) in types.enumerated() {
                    let array = try type.array(of: keys.values, column: column, width: keys.width, rows: 0..<keys.count)
                    try parameters.append(.blob(array), as: TypeIdentifier.inferred)
                }
                let result = try link.execute(text, parameters, after: &pending, prepares: !settings.isPooled)
                var filler = PageFiller([.integer, .integer])
                try filler.add(result)
                let page = filler.takePage()
                return page.integer(0, 0) == page.integer(0, 1)
            }
        }
        if !isWhole { throw key.violation(in: table.name, settings.name) }
    }
}

extension RowBatch {
    /// Some values of each row, without those rows whose values are those of the row before.
    fileprivate func changes(of places: [Int]) -> RowBatch {
        var result = RowBatch(columns: places.map { columns[$0] })
        for row in 0..<count {
            let start = row * width
            let isRepeated = row > 0 && places.allSatisfy { values[start + $0] == values[start - width + $0] }
            if !isRepeated { for place in places { result.append(values[start + place]) } }
        }
        return result
    }
}

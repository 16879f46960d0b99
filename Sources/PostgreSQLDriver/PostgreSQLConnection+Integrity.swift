internal import Databases

extension PostgreSQLConnection {
    /// A foreign key of a table in the repository's schema.
    private struct ForeignKey {
        let table: String
        let parent: String
        let columns: [String]
        let parentColumns: [String]
    }

    /// Looks for rows that got around the server's own checks, as in a restoration without them.
    func forEachForeignKeyViolation(_ body: (ForeignKeyViolation) throws -> Void) throws {
        for key in try foreignKeys() {
            let values = key.columns.map { "CAST(\(id: "c", $0) AS TEXT)" as SQL }.joined(separator: ", ")
            let given = key.columns.map { "\(id: "c", $0) IS NOT NULL" as SQL }.joined(separator: " AND ")
            let matches = zip(key.parentColumns, key.columns).map { "\(id: "p", $0) = \(id: "c", $1)" as SQL }
            let sql: SQL = """
                SELECT \(values) FROM \(table: key.table) AS \(id: "c") WHERE \(given) AND NOT EXISTS \
                (SELECT 1 FROM \(table: key.parent) AS \(id: "p") WHERE \(matches.joined(separator: " AND ")))
                """
            try stream(sql, kinds: Array(repeating: .text, count: key.columns.count), pageRows: 1000) { page in
                for row in 0..<page.rowCount {
                    let facts = key.columns.enumerated().map { "\($1) = \(page.text(row, $0) ?? "NULL")" }
                    try body(
                        ForeignKeyViolation(table: key.table, parent: key.parent, row: facts.joined(separator: ", "))
                    )
                }
                return true
            }
        }
    }

    private func foreignKeys() throws -> [ForeignKey] {
        let sql: SQL = """
            SELECT r.relname, p.relname, (SELECT string_agg(a.attname, chr(10) ORDER BY k.n) \
            FROM unnest(c.conkey) WITH ORDINALITY AS k (number, n) \
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.number), \
            (SELECT string_agg(a.attname, chr(10) ORDER BY k.n) \
            FROM unnest(c.confkey) WITH ORDINALITY AS k (number, n) \
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.number) \
            FROM pg_catalog.pg_constraint AS c JOIN pg_catalog.pg_class AS r ON r.oid = c.conrelid \
            JOIN pg_catalog.pg_class AS p ON p.oid = c.confrelid AND p.relnamespace = r.relnamespace \
            JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace \
            WHERE c.contype = 'f' AND n.nspname = \(dialect.namespace ?? "public") \
            ORDER BY CAST(r.relname AS TEXT) COLLATE "C", c.conname
            """
        let page = try query(sql, kinds: [.text, .text, .text, .text])
        return (0..<page.rowCount).compactMap { row in
            guard let table = page.text(row, 0), let parent = page.text(row, 1), let columns = page.text(row, 2),
                let parents = page.text(row, 3)
            else { return nil }
            return ForeignKey(
                table: table,
                parent: parent,
                columns: columns.split(separator: "\n").map(String.init),
                parentColumns: parents.split(separator: "\n").map(String.init)
            )
        }
    }
}

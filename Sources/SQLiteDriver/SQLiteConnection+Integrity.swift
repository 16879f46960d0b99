internal import Databases

extension SQLiteConnection {
    func storageProblems(limit: Int) throws -> [String] {
        try texts("SELECT quick_check FROM pragma_quick_check(\(limit), 'main')").filter { $0 != "ok" }
    }

    func forEachForeignKeyViolation(_ body: (ForeignKeyViolation) throws -> Void) throws {
        var columns: [String: [String]] = [:]
        let sql: SQL = """
            SELECT \(id: "table"), \(id: "rowid"), \(id: "parent"), \(id: "fkid") \
            FROM pragma_foreign_key_check
            """
        try stream(sql, kinds: [.label, .integer, .label, .integer], pageRows: 1000) { page in
            for index in 0..<page.rowCount {
                guard let table = page.text(index, 0), let parent = page.text(index, 2) else { continue }
                let key = page.integer(index, 3) ?? 0
                let names = try columns["\(table) \(key)"] ?? sources(of: key, in: table)
                columns["\(table) \(key)"] = names
                let row = try describe(page.integer(index, 1), of: table, names)
                try body(ForeignKeyViolation(table: table, parent: parent, row: row))
            }
            return true
        }
    }

    /// The referring columns of a table's foreign key.
    private func sources(of key: Int64, in table: String) throws -> [String] {
        try texts(
            "SELECT \(id: "from") FROM pragma_foreign_key_list(\(table), 'main') WHERE \(id: "id") = \(key) ORDER BY seq"
        )
    }

    /// Some columns of a row with their values.
    private func describe(_ row: Int64?, of table: String, _ columns: [String]) throws -> String {
        guard let row, !columns.isEmpty else { return "a row" }
        let values = columns.map { "CAST(\(id: $0) AS TEXT)" as SQL }.joined(separator: ", ")
        let page = try query(
            "SELECT \(values) FROM \(table: table) WHERE rowid = \(row)",
            kinds: Array(repeating: .text, count: columns.count)
        )
        guard !page.isEmpty else { return "row \(row)" }
        return columns.enumerated().map { "\($1) = \(page.text(0, $0) ?? "NULL")" }.joined(separator: ", ")
    }
}

extension SQLiteDatabase {
    /// The database file with the journals that SQLite may make beside it.
    public var files: [String] { ["", "-journal", "-wal", "-shm"].map { path + $0 } }
}

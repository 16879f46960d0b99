internal import Databases
internal import Foundation
internal import StewardCore

extension DatabaseConformance {
    static let valueChecks: [Check] = [
        Check("values of all types, and nulls, come back as they were written", roundTrip),
        Check("texts with syntax, quotes, line ends and any script come back unchanged", texts),
        Check("a column of labels has one string for equal texts and null codes", labels),
        Check("time spans come back with open ends, empty and missing ones", timespans),
        Check("a value of another kind than asked for is an error", mismatch),
    ]

    @Sendable private static func roundTrip(_ database: any Database) async throws {
        try await create([everything], in: database)
        let columns = everything.columns.map(\.name)
        let uuid = UUID(uuid: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xA0, 0xB1, 0xC2, 0xD3, 0xE4, 0xFF))
        let rows: [[SQLValue]] = [
            [
                .int(.max), .text("short"), .text("long\u{0}\u{301}"), .int(-32768), .real(-0.1), .bool(true),
                .uuid(uuid), .text("AAEC"), .text(""), .int(5), .int(7),
            ],
            [
                .int(.min), .null, .null, .null, .null, .null, .null, .null, .null, .null, .null,
            ],
            [
                .int(0), .text("é"), .text(""), .int(0), .real(1e300), .bool(false), .uuid(uuid), .text("x"),
                .text("y"), .int(0), .int(1),
            ],
        ]
        let written = rows.map { row in row.map { database.dialect.storesZeroBytes ? $0 : $0.withoutZeroBytes } }
        let page = try await database.write { connection in
            try connection.insert(batch(everything, columns, written), into: everything)
            let list = everything.selection(of: columns, connection.dialect)
            let sql: SQL = "SELECT \(list) FROM \(table: "everything") ORDER BY \(id: "id") DESC"
            return try connection.query(sql, kinds: everything.kinds(of: columns))
        }
        let read = (0..<page.rowCount).map { row in page.columns.indices.map { page.value(row, $0) } }
        try expectEqual(read, [written[0], written[2], written[1]], "rows")
    }

    @Sendable private static func texts(_ database: any Database) async throws {
        try await create([everything], in: database)
        var generator = SeededGenerator(seed: 1)
        let pieces = [
            "'", "\"", ";", "--", "/*", "*/", "%", "_", "\\", "?", "$1", ":a", "@b", "\n", "\r\n", "\t", "`", "[", "]",
            "DROP TABLE everything", "é", "e\u{301}", "日本", "🔭", " ", "\u{202E}", "NULL", "x'00'",
        ]
        let texts = (0..<200).map { _ in
            (0..<Int.random(in: 0...8, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
                .joined()
        }
        let rows = texts.enumerated().map { [SQLValue.int(Int64($0)), .text($1)] }
        let (bound, batched) = try await database.write { connection in
            try connection.insert(batch(everything, ["id", "long"], rows), into: everything)
            let bound = try texts.map { try connection.texts("SELECT CAST(\($0) AS TEXT)").first.sqlValue }
            let sql: SQL = "SELECT \(id: "long") FROM \(table: "everything") ORDER BY \(id: "id")"
            return (bound, try connection.texts(sql).map(\.sqlValue))
        }
        try expectEqual(bound, texts.map(\.sqlValue), "bound texts")
        try expectEqual(batched, texts.map(\.sqlValue), "texts of a batch")
        let longest = database.dialect.maximumNameLength ?? .max
        for text in texts.prefix(50) where !text.isEmpty && text.utf8.count <= longest {
            let table = TableSpec(text, columns: [.key(text, .int64)])
            try await database.write { connection in
                guard try !connection.tableExists(text) else { return }
                try connection.createTable(table)
                try connection.insert(batch(table, [text], [[.int(7)]]), into: table)
                try expectEqual(connection.integer("SELECT \(id: text) FROM \(table: text)"), 7, text)
                try expectEqual(connection.columnNames(of: text), [text], text)
            }
        }
    }

    @Sendable private static func labels(_ database: any Database) async throws {
        try await create([everything], in: database)
        let names = (0..<500).map { "name \($0 * $0 % 97)" }
        let rows = names.enumerated().map { [SQLValue.int(Int64($0)), .text($1)] } + [[.int(500), .null]]
        let page = try await database.write { connection in
            try connection.insert(batch(everything, ["id", "long"], rows), into: everything)
            let sql: SQL = "SELECT \(id: "long") FROM \(table: "everything") ORDER BY \(id: "id")"
            return try connection.query(sql, kinds: [.label])
        }
        try expectEqual((0..<500).compactMap { page.text($0, 0) }, names, "labels")
        try expectEqual(page.columns[0].labels.count, Set(names).count, "distinct labels")
        try expectEqual(page.columns[0].codes[500], -1, "code of null")
        try expect(page.isNull(500, 0) && !page.isNull(499, 0), "null mask")
    }

    @Sendable private static func timespans(_ database: any Database) async throws {
        try await create([everything], in: database)
        let spans: [[SQLValue]] = [
            [.int(5), .int(7)], [.int(TimespanBounds.minimum), .int(9)], [.int(3), .int(TimespanBounds.maximum)],
            [.int(TimespanBounds.minimum), .int(TimespanBounds.maximum)],
            [.int(TimespanBounds.maximum), .int(TimespanBounds.minimum)], [.null, .null],
        ]
        let rows = spans.enumerated().map { [SQLValue.int(Int64($0))] + $1 }
        let page = try await database.write { connection in
            try connection.insert(batch(everything, ["id", "timespan"], rows), into: everything)
            let list = everything.selection(of: ["timespan"], qualifier: "e", connection.dialect)
            let sql: SQL = "SELECT \(list) FROM \(table: "everything") AS \(id: "e") ORDER BY \(id: "e", "id")"
            return try connection.query(sql, kinds: everything.kinds(of: ["timespan"]))
        }
        try expectEqual((0..<page.rowCount).map { [page.value($0, 0), page.value($0, 1)] }, spans, "time spans")
    }

    @Sendable private static func mismatch(_ database: any Database) async throws {
        for (sql, kind): (SQL, ColumnKind) in [
            ("SELECT 'a'", .integer), ("SELECT 'abc'", .uuid), ("SELECT 'x'", .real),
        ] {
            try await expectError(.database) {
                _ = try await database.read { try $0.query(sql, kinds: [kind]) }
            }
        }
        try await expectError(.invalidArgument) {
            _ = try await database.read { try $0.query("SELECT 1, 2", kinds: [.integer]) }
        }
    }
}

extension SQLValue {
    fileprivate var withoutZeroBytes: SQLValue {
        guard case .text(let text) = self else { return self }
        return .text(text.replacing("\u{0}", with: ""))
    }
}

extension SQLDialect {
    /// PostgreSQL's texts cannot hold the character zero.
    fileprivate var storesZeroBytes: Bool { uuidStorage == .hexadecimalText }
}

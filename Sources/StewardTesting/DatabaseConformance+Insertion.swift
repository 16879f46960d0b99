internal import Databases
internal import StewardCore

extension DatabaseConformance {
    static let insertionChecks: [Check] = [
        Check("insert fails on an existing row and names the columns", insertFails),
        Check("ensure keeps existing rows and counts the new ones", ensureKeeps),
        Check("ensure on the key alone still fails on other unique values", ensureKeyOnly),
        Check("replace changes every column outside the key", replaceAll),
        Check("a generated key comes back from the insertion", returningKey),
        Check("foreign keys are enforced and cascade", foreignKeys),
        Check("a batch that does not fit its statement is refused", unfitBatch),
        Check("a change counts the rows that it touched itself", counts),
    ]

    @Sendable private static func insertFails(_ database: any Database) async throws {
        try await create([named], in: database)
        try await database.write { _ = try $0.insert(batch(named, ["name"], [["a"]]), into: named) }
        try await expectError(.integrity) {
            try await database.write { _ = try $0.insert(batch(named, ["name"], [["b"], ["a"]]), into: named) }
        }
        let count = try await database.read { try $0.integer("SELECT count(*) FROM \(table: "named")") }
        try expectEqual(count, 1, "rows after the failure")
        try await expectError(.integrity) {
            try await database.write { _ = try $0.insert(batch(named, ["doc"], [["a"]]), into: named) }
        }
    }

    @Sendable private static func ensureKeeps(_ database: any Database) async throws {
        try await create([named], in: database)
        let docs = try await database.write { connection in
            let rows = batch(named, ["name", "doc"], [["a", "1"], ["b", "2"]])
            try expectEqual(connection.ensure(rows, in: named), 2, "new rows")
            let more = batch(named, ["name", "doc"], [["b", "3"], ["c", "4"]])
            try expectEqual(connection.ensure(more, in: named), 1, "new rows of the second batch")
            return try connection.texts("SELECT \(id: "doc") FROM \(table: "named") ORDER BY \(id: "name")")
        }
        try expectEqual(docs, ["1", "2", "4"], "kept values")
    }

    @Sendable private static func ensureKeyOnly(_ database: any Database) async throws {
        try await create([paired], in: database)
        let columns = ["group", "id", "full_name"]
        try await database.write { connection in
            try connection.insert(batch(paired, columns, [["g", .int(1), "x"]]), into: paired)
            let same = batch(paired, columns, [["g", .int(1), "y"]])
            try expectEqual(connection.ensure(same, in: paired, keyOnly: true), 0, "rows with the same key")
        }
        let other = batch(paired, columns, [["g", .int(2), "x"]])
        try await expectError(.integrity) {
            try await database.write { _ = try $0.ensure(other, in: paired, keyOnly: true) }
        }
        let inserted = try await database.write { try $0.ensure(other, in: paired) }
        try expectEqual(inserted, 0, "rows with the same name")
    }

    @Sendable private static func replaceAll(_ database: any Database) async throws {
        let keyed = TableSpec("keyed", columns: [.key("a", .int64), .key("b", .string(32))])
        try await create([paired, keyed], in: database)
        let page = try await database.write { connection in
            let full = ["group", "id", "full_name", "value", "timespan"]
            let first: [SQLValue] = ["g", .int(1), "x", .real(1), .int(1), .int(2)]
            try connection.replace(
                batch(paired, full, [first, ["g", .int(2), "y", .real(2), .null, .null]]),
                in: paired
            )
            try connection.replace(batch(paired, ["group", "id", "full_name"], [["g", .int(1), "z"]]), in: paired)
            let row = batch(keyed, ["a", "b"], [[.int(1), "b"]])
            try connection.replace(row, in: keyed)
            try connection.replace(row, in: keyed)
            try expectEqual(connection.integer("SELECT count(*) FROM \(table: "keyed")"), 1, "rows of keys only")
            let list = paired.selection(of: ["full_name", "value", "timespan"], connection.dialect)
            let sql: SQL = "SELECT \(list) FROM \(table: "paired") ORDER BY \(id: "id")"
            return try connection.query(sql, kinds: paired.kinds(of: ["full_name", "value", "timespan"]))
        }
        try expectEqual((0..<4).map { page.value(0, $0) }, ["z", .null, .null, .null], "replaced row")
        try expectEqual((0..<4).map { page.value(1, $0) }, ["y", .real(2), .null, .null], "other row")
    }

    @Sendable private static func returningKey(_ database: any Database) async throws {
        try await create([named], in: database)
        try await database.write { connection in
            let keys = try ["a", "b", "a"].map { name in
                try connection.insert(
                    batch(named, ["name"], [[.text(name)]]),
                    into: named,
                    onConflict: .keep,
                    returning: ["id", "name"]
                )
            }
            try expectEqual(keys[0]?.last, "a", "returned name")
            try expect(keys[0]?.first != nil && keys[0]?.first != keys[1]?.first, "distinct keys")
            try expect(keys[2] == nil, "nothing comes back for a row that is kept")
        }
    }

    @Sendable private static func foreignKeys(_ database: any Database) async throws {
        try await create([named, child], in: database)
        try await expectError(.integrity) {
            try await database.write {
                _ = try $0.insert(batch(child, ["id", "named_id"], [[.int(1), .int(99)]]), into: child)
            }
        }
        let left = try await database.write { connection in
            let key = try connection.insert(batch(named, ["name"], [["a"]]), into: named, returning: ["id"])
            let id = key?.first ?? .null
            try connection.insert(batch(child, ["id", "named_id"], [[.int(1), id], [.int(2), id]]), into: child)
            let deleted = try connection.execute("DELETE FROM \(table: "named") WHERE \(id: "id") = \(id)")
            try expectEqual(deleted, 1, "rows deleted by the statement itself")
            return try connection.integer("SELECT count(*) FROM \(table: "child")")
        }
        try expectEqual(left, 0, "rows left of the referring table")
    }

    @Sendable private static func unfitBatch(_ database: any Database) async throws {
        try await create([named], in: database)
        var torn = RowBatch(named, columns: ["name", "doc"])
        torn.append("a")
        let rows = torn
        try await expectError(.invalidArgument) { try await database.write { _ = try $0.insert(rows, into: named) } }
        try await expectError(.invalidArgument) {
            try await database.write {
                _ = try $0.executeBatch("DELETE FROM \(table: "named")", rows: batch(named, ["name"], [["a"]]))
            }
        }
        try await expectError(.invalidArgument) {
            try await database.write { connection in
                let insertion = named.insertion(of: ["name"], onConflict: .fail, connection.dialect)
                _ = try connection.execute(insertion)
            }
        }
    }

    @Sendable private static func counts(_ database: any Database) async throws {
        try await create([named], in: database)
        try await database.write { connection in
            try connection.insert(batch(named, ["name"], [["a"], ["b"], ["c"]]), into: named)
            let update: SQL = "UPDATE \(table: "named") SET \(id: "doc") = \("x") WHERE \(id: "name") \(in: ["a", "b"])"
            try expectEqual(connection.execute(update), 2, "changed rows")
            let extra = TableSpec("extra", columns: [.key("id", .int64)])
            let creation = extra.creation(connection.dialect)
            try expectEqual(try creation.reduce(0) { $0 + (try connection.execute($1)) }, 0, "rows of a definition")
        }
    }
}

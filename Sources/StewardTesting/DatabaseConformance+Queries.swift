internal import Databases
internal import StewardCore
internal import Synchronization

extension DatabaseConformance {
    static let queryChecks: [Check] = [
        Check("lists of values and of tuples find their members, and empty lists none", lists),
        Check("a stream gives full pages in order and stops when told", stream),
        Check("a query can run while another of the same text is open", nestedQueries),
        Check("temporary tables live as long as the body", temporaryTables),
        Check("names of tables and columns are listed", names),
        Check("a cancelled task ends its query, and the connection stays usable", cancellation),
    ]

    static func fill(_ count: Int, in database: any Database) async throws {
        try await create([paired], in: database)
        var rows = RowBatch(paired, columns: ["group", "id"])
        rows.reserveCapacity(count)
        for id in 0..<count {
            rows.append(id.isMultiple(of: 2) ? "even" : "odd")
            rows.append(id)
        }
        let filled = rows
        try await database.write { _ = try $0.insert(filled, into: paired) }
    }

    @Sendable private static func lists(_ database: any Database) async throws {
        try await fill(40, in: database)
        try await database.read { connection in
            let count = { (condition: SQL) in
                try connection.integer("SELECT count(*) FROM \(table: "paired") WHERE \(condition)")
            }
            for size in [0, 1, 2, 3, 7, 40] {
                let ids = Array(0..<size)
                try expectEqual(count("\(id: "id") \(in: ids)"), Int64(size), "members of \(size)")
                try expectEqual(count("NOT (\(id: "id") \(in: ids))"), Int64(40 - size), "others of \(size)")
                let pairs = ids.map { [.text($0.isMultiple(of: 2) ? "even" : "odd"), SQLValue.int(Int64($0))] }
                try expectEqual(count("(\(id: "group"), \(id: "id")) \(inRows: pairs)"), Int64(size), "\(size) pairs")
                let swapped = pairs.map { [.text($0[0] == "even" ? "odd" : "even"), $0[1]] }
                try expectEqual(count("(\(id: "group"), \(id: "id")) \(inRows: swapped)"), 0, "\(size) wrong pairs")
            }
        }
    }

    @Sendable private static func stream(_ database: any Database) async throws {
        try await fill(1000, in: database)
        let sql: SQL = "SELECT \(id: "id") FROM \(table: "paired") ORDER BY \(id: "id")"
        let (sizes, ids, stopped) = try await database.read { connection in
            var sizes: [Int] = []
            var ids: [Int64] = []
            try connection.stream(sql, kinds: [.integer], pageRows: 300) { page in
                sizes.append(page.rowCount)
                ids += page.columns[0].integers
                return true
            }
            var stopped = 0
            try connection.stream(sql, kinds: [.integer], pageRows: 10) { page in
                stopped += page.rowCount
                return stopped < 30
            }
            try connection.stream("SELECT 1 WHERE 1 = 0", kinds: [.integer], pageRows: 5) { _ in
                throw Failure(description: "a page without rows")
            }
            return (sizes, ids, stopped)
        }
        try expectEqual(sizes, [300, 300, 300, 100], "sizes of pages")
        try expectEqual(ids, Array(0..<1000), "rows")
        try expectEqual(stopped, 30, "rows before the stop")
    }

    @Sendable private static func nestedQueries(_ database: any Database) async throws {
        try await fill(10, in: database)
        let sql: SQL = "SELECT \(id: "id") FROM \(table: "paired") ORDER BY \(id: "id")"
        let total = try await database.read { connection in
            var total = 0
            try connection.stream(sql, kinds: [.integer], pageRows: 1) { _ in
                total += try connection.query(sql, kinds: [.integer]).rowCount
                return true
            }
            return total
        }
        try expectEqual(total, 100, "rows of nested queries")
    }

    @Sendable private static func temporaryTables(_ database: any Database) async throws {
        try await fill(10, in: database)
        let wanted = TableSpec(
            "wanted",
            columns: [.key("id", .int64), .optional("timespan", .timespan)]
        ).temporary
        let use = { @Sendable (connection: any Connection) in
            try connection.createTemporaryTable(wanted)
            try connection.insert(batch(wanted, ["id"], [[.int(7)]]), into: wanted)
            let rows = batch(wanted, ["id"], [[.int(3)], [.int(5)], [.int(99)]])
            var insertion: SQL = "INSERT INTO \(id: "wanted") (\(id: "id")) VALUES "
            insertion += rows.values.map { "(\($0))" as SQL }.joined(separator: ", ")
            try connection.execute(insertion)
            let join: SQL = "\(table: "paired") AS p JOIN \(id: "wanted") AS w ON p.id = w.id"
            return try connection.integer("SELECT count(*) FROM \(join)")
        }
        for _ in 0..<2 {
            try expectEqual(try await database.read(use), 3, "joined rows of a snapshot")
            try expectEqual(try await database.read(.latest, use), 3, "joined rows")
            try expectEqual(try await database.write(use), 3, "joined rows in a write")
        }
        let exists = try await database.write { try $0.tableExists("wanted") }
        try expect(!exists, "the temporary table is no table of the repository")
    }

    @Sendable private static func names(_ database: any Database) async throws {
        try await create([paired, named], in: database)
        try await database.read { connection in
            try expectEqual(connection.tableNames(), ["named", "paired"], "tables")
            try expectEqual(connection.columnNames(of: "named"), ["id", "name", "doc"], "columns")
            try expectEqual(connection.columnNames(of: "nothing"), [], "columns of no table")
            try expect(connection.tableExists("paired") && !connection.tableExists("nothing"), "existence")
        }
        try await expectError(.database) { try await create([named], in: database) }
    }

    @Sendable private static func cancellation(_ database: any Database) async throws {
        try await fill(1000, in: database)
        let endless: SQL = """
            SELECT count(*) FROM \(table: "paired") AS a CROSS JOIN \(table: "paired") AS b \
            CROSS JOIN \(table: "paired") AS c CROSS JOIN \(table: "paired") AS d
            """
        let running = Flag()
        let query = Task {
            try await database.read { connection in
                running.raise()
                return try connection.integer(endless)
            }
        }
        while !running.isRaised {
            await Task.yield()
        }
        query.cancel()
        do {
            _ = try await query.value
            throw Failure(description: "the cancelled query went on")
        } catch is CancellationError {}
        let task = Task {
            try await database.write { connection in
                try connection.execute("DELETE FROM \(table: "paired")")
                withUnsafeCurrentTask { $0?.cancel() }
                return try connection.integer("SELECT 1")
            }
        }
        do {
            _ = try await task.value
            throw Failure(description: "the cancelled write went on")
        } catch is CancellationError {
            let count = try await database.read { try $0.integer("SELECT count(*) FROM \(table: "paired")") }
            try expectEqual(count, 1000, "rows after the cancelled write")
        }
    }
}

/// Tells one task that another has come to a point.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isRaised: Bool { state.withLock { $0 } }

    func raise() {
        state.withLock { $0 = true }
    }
}

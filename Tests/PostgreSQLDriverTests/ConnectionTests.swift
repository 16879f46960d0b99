import Databases
import Foundation
import PostgreSQLDriver
import StewardCore
import StewardTesting
import Synchronization
import Testing

@Suite(.needsServer, .timeLimit(.minutes(20))) struct ConnectionTests {
    private static let table = TableSpec(
        "t",
        columns: [.key("id", .int64), .optional("name", .text), .optional("uuid", .uuid)]
    )

    /// Ends the sessions of a database as an administrator would.
    private static func killSessions(named name: String, using other: PostgreSQLDatabase) async throws {
        let killed = try await other.read(.latest) {
            try $0.integer(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE application_name = \(name)
                """
            )
        }
        #expect(killed == 1)
    }

    private static func open(
        applicationName: String,
        _ schema: String,
        _ options: PostgreSQLDatabase.Options = .init()
    ) async throws -> PostgreSQLDatabase {
        let parameters = try TestDatabase.parameters() + [.init("application_name", applicationName)]
        return try await .open(parameters, name: "test", namespace: schema, mode: .create, options: options)
    }

    private static func rows(_ ids: Range<Int>) -> RowBatch {
        var rows = RowBatch(table, columns: ["id", "name", "uuid"])
        for id in ids { rows.append(row: [.int(Int64(id)), .text("n\(id)"), .uuid(UUID())]) }
        return rows
    }

    @Test("a read on a connection that broke is repeated on a new one, and so is the beginning of a transaction")
    func reconnection() async throws {
        let schema = TestDatabase.newSchema()
        let database = try await Self.open(applicationName: "reconnection", schema)
        let other = try await TestDatabase.open()
        try await Self.killSessions(named: "reconnection", using: other)
        #expect(try await database.read(.latest) { try $0.integer("SELECT 1") } == 1)
        try await Self.killSessions(named: "reconnection", using: other)
        #expect(try await database.read(.snapshot) { try $0.integer("SELECT 2") } == 2)
        try await Self.killSessions(named: "reconnection", using: other)
        try await database.write { try $0.createTable(Self.table) }
        try await Self.killSessions(named: "reconnection", using: other)
        let pages = try await database.read(.latest) { connection in
            var count = 0
            try connection.stream("SELECT generate_series(1, 10)", kinds: [.integer], pageRows: 4) { page in
                count += page.rowCount
                return true
            }
            return count
        }
        #expect(pages == 10)
    }

    @Test("a database opened for reading is read-only in the server's eyes, in every kind of read")
    func readOnly() async throws {
        let schema = TestDatabase.newSchema()
        let writer = try await TestDatabase.open(schema)
        try await writer.write { try $0.createTable(Self.table) }
        let reader = try await TestDatabase.open(schema, .readOnly)
        for consistency in [ReadConsistency.latest, .snapshot] {
            let settings = try await reader.read(consistency) { connection in
                try connection.texts(
                    """
                    SELECT current_setting('default_transaction_read_only') \
                    UNION ALL SELECT current_setting('transaction_read_only')
                    """
                )
            }
            #expect(settings == ["on", "on"])
            await #expect(throws: ButlerError.self) {
                try await reader.read(consistency) { try $0.execute("DELETE FROM \(table: "t")") }
            }
        }
        await #expect(throws: ButlerError(.readOnly, "")) { try await reader.write { _ in } }
    }

    @Test("savepoints hold, though they go to the server with the next statement only")
    func savepoints() async throws {
        let database = try await TestDatabase.open()
        try await database.write { try $0.createTable(Self.table) }
        try await database.write { try Self.nest($0) }
        let ids = try await database.read {
            try $0.query("SELECT id FROM \(table: "t") ORDER BY id", kinds: [.integer])
        }
        #expect((0..<ids.rowCount).compactMap { ids.integer($0, 0) } == [0, 1, 5])
    }

    /// Savepoints around nothing, around statements that fail, and around each other; rows 0, 1 and 5 stay.
    private static func nest(_ connection: any Connection) throws {
        func expectFailure(_ body: () throws -> Void) {
            do {
                try connection.savepoint(body)
                Issue.record("a savepoint whose body throws did not throw")
            } catch {}
        }
        func insert(_ ids: Range<Int>) throws { try connection.insert(rows(ids), into: table) }
        try connection.savepoint {}
        expectFailure { throw ButlerError(.integrity, "before any statement") }
        expectFailure { _ = try connection.execute("INSERT INTO \(table: "t") (id) VALUES (NULL)") }
        try connection.savepoint {
            try insert(0..<2)
            expectFailure {
                try insert(2..<30)
                try connection.savepoint { try insert(30..<32) }
                throw ButlerError(.integrity, "after some")
            }
            expectFailure { try insert(0..<1) }
        }
        try insert(5..<6)
    }

    @Test("a failed first statement undoes the whole transaction, and one without statements is none")
    func firstStatement() async throws {
        let database = try await TestDatabase.open()
        try await database.write { _ in }
        try await database.write { try $0.createTable(Self.table) }
        let error = await #expect(throws: ButlerError.self) {
            try await database.write { connection in
                _ = try? connection.execute("INSERT INTO \(table: "t") (id) VALUES (NULL)")
                try connection.insert(Self.rows(0..<1), into: Self.table)
            }
        }
        #expect(error?.code == .database)
        #expect(try await database.read { try $0.integer("SELECT count(*) FROM \(table: "t")") } == 0)
    }

    @Test("a connection that breaks within a write is an error that says that nothing is stored")
    func brokenWrite() async throws {
        let database = try await Self.open(applicationName: "broken write", TestDatabase.newSchema())
        try await database.write { try $0.createTable(Self.table) }
        let error = await #expect(throws: ButlerError.self) {
            try await database.write { connection in
                try connection.insert(Self.rows(0..<3), into: Self.table)
                _ = try connection.integer("SELECT CAST(pg_terminate_backend(pg_backend_pid()) AS INTEGER)")
            }
        }
        #expect(error?.code == .connection)
        #expect(error?.remedy?.contains("Nothing was stored") == true)
        #expect(try await database.read { try $0.integer("SELECT count(*) FROM \(table: "t")") } == 0)
    }

    @Test("a server that cannot be reached, a parameter that does not exist and a missing schema are told apart")
    func refusals() async throws {
        let parameters = try TestDatabase.parameters()
        let cases: [([ConnectionParameter], String?, ButlerError.Code)] = [
            ([.init("host", "/nowhere"), .init("dbname", "x")], nil, .connection),
            (parameters + [.init("no_such_option", "1")], nil, .configuration),
            (parameters, "no_such_schema", .repositoryNotFound),
        ]
        for (parameters, schema, code) in cases {
            let error = await #expect(throws: ButlerError.self) {
                _ = try await PostgreSQLDatabase.open(parameters, name: "test", namespace: schema, mode: .readWrite)
            }
            #expect(error?.code == code, "\(String(describing: error))")
        }
    }

    @Test("more users than connections wait for each other, and give up in time")
    func poolLimit() async throws {
        var options = PostgreSQLDatabase.Options()
        options.connectionLimit = 2
        let schema = TestDatabase.newSchema()
        let patient = try await TestDatabase.open(schema, .create, options)
        let results = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for _ in 0..<20 {
                group.addTask { try await patient.read { try $0.integer("SELECT 1 FROM pg_sleep(0.01)") } }
            }
            return try await group.reduce(into: [Int64?]()) { $0.append($1) }
        }
        #expect(results == Array(repeating: 1, count: 20))
        options.locks.timeout = .seconds(1)
        let database = try await TestDatabase.open(schema, .readWrite, options)
        let codes = await withTaskGroup(of: ButlerError.Code?.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    do {
                        _ = try await database.read { try $0.integer("SELECT 1 FROM pg_sleep(4)") }
                        return nil
                    } catch {
                        return (error as? ButlerError)?.code
                    }
                }
            }
            return await group.reduce(into: [ButlerError.Code?]()) { $0.append($1) }
        }
        #expect(codes.compactMap { $0 } == [.databaseBusy])
    }

    @Test("a lock that another writer holds is waited for no longer than allowed")
    func lockTimeout() async throws {
        let schema = TestDatabase.newSchema()
        let first = try await TestDatabase.open(schema)
        try await first.write { try $0.createTable(Self.table) }
        let heard = Mutex<[LockWaitReport]>([])
        let locks = LockWaiting(timeout: .seconds(1), patience: .milliseconds(50)) { report in
            heard.withLock { $0.append(report) }
        }
        let second = try await TestDatabase.open(schema, .readWrite, .init(locks: locks))
        let holder = "process \(ProcessInfo.processInfo.processIdentifier) (steward) on host \(LockTimeout.host)"
        try await first.write { connection in
            try connection.lock("t")
            let waiting = DispatchSemaphore(value: 0)
            Task {
                defer { waiting.signal() }
                do {
                    try await second.write { try $0.lock("t") }
                    Issue.record("the table was not locked")
                } catch {
                    #expect((error as? ButlerError)?.code == .databaseBusy)
                    #expect((error as? ButlerError)?.context.contains(.init("held by", holder)) == true, "\(error)")
                }
                let count = try? await second.read { try $0.integer("SELECT count(*) FROM \(table: "t")") }
                #expect(count == 0)
            }
            waiting.wait()
        }
        let reports = heard.withLock { $0 }
        #expect(!reports.isEmpty && reports.allSatisfy { $0.holders == holder })
    }

    @Test(
        "a stream that stops early in a long result leaves its transaction usable",
        arguments: [
            ReadConsistency.snapshot, .latest,
        ]
    )
    func earlyStop(consistency: ReadConsistency) async throws {
        let database = try await TestDatabase.open()
        let sum = try await database.read(consistency) { connection in
            let long: SQL = "SELECT generate_series(1, 20000000)"
            try connection.stream(long, kinds: [.integer], pageRows: 100) { _ in false }
            return try connection.integer("SELECT 42")
        }
        #expect(sum == 42)
        let error = await #expect(throws: ButlerError.self) {
            try await database.read(consistency) { connection in
                try connection.stream("SELECT generate_series(1, 900000)", kinds: [.integer], pageRows: 9) { _ in false
                }
                try connection.createTable(Self.table)
            }
        }
        #expect(error?.code == .readOnly)
    }

    @Test("a database opened for reading refuses to write, and one in use serves many tasks")
    func reading() async throws {
        let schema = TestDatabase.newSchema()
        let writer = try await TestDatabase.open(schema)
        try await writer.write { try $0.createTable(Self.table) }
        let reader = try await TestDatabase.open(schema, .readOnly)
        let error = await #expect(throws: ButlerError.self) {
            try await reader.write { try $0.createTable(Self.table) }
        }
        #expect(error?.code == .readOnly)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<8 {
                group.addTask {
                    try await writer.write { connection in
                        let rows = Self.rows(1000 * index..<1000 * index + 500)
                        let count = try connection.insert(rows, into: Self.table)
                        #expect(count == 500)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await reader.read { try $0.integer("SELECT count(*) FROM \(table: "t")") } == 4000)
    }

    @Test("statements are prepared from their second use on, and old ones are dropped")
    func preparation() async throws {
        let database = try await TestDatabase.open()
        try await database.read(.latest) { connection in
            for _ in 0..<3 {
                for index in 0..<600 {
                    let sql: SQL = "SELECT CAST(\(index) AS BIGINT) AS \(id: "c\(index)")"
                    let both = [try connection.integer(sql), try connection.integer(sql)]
                    #expect(both == [Int64(index), Int64(index)])
                }
            }
        }
        let count = try await database.read(.latest) {
            try $0.integer("SELECT count(*) FROM pg_prepared_statements")
        }
        #expect((1...256).contains(count ?? 0))
    }

    @Test("sums, times and numbers of other types are read as the kinds asked for")
    func conversions() async throws {
        let database = try await TestDatabase.open()
        let page = try await database.read(.latest) { connection in
            try connection.query(
                """
                SELECT sum(x), sum(x), sum(x) / 8, CAST('2026-11-21 02:39:15.892453' AS TIMESTAMP), \
                CAST('1969-12-31 23:59:59.5' AS TIMESTAMP), CAST(7 AS SMALLINT), -sum(x) * 1000 \
                FROM (VALUES (CAST(9007199254740993 AS BIGINT)), (1)) AS v (x)
                """,
                kinds: [.integer, .real, .real, .text, .label, .text, .integer]
            )
        }
        #expect(page.integer(0, 0) == 9_007_199_254_740_994)
        #expect(page.real(0, 1) == 9_007_199_254_740_994)
        #expect(page.real(0, 2) == 1_125_899_906_842_624.25)
        #expect(page.text(0, 3) == "2026-11-21 02:39:15.892453")
        #expect(page.text(0, 4) == "1969-12-31 23:59:59.500000")
        #expect(page.text(0, 5) == "7")
        #expect(page.integer(0, 6) == -9_007_199_254_740_994_000)
    }
}

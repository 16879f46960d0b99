import Databases
import PostgreSQLDriver
import StewardCore
import StewardTesting
import Synchronization
import Testing

@Suite(.needsServer) struct ForeignKeyTests {
    private static let camera = TableSpec("camera", columns: [.key("name", .string(32))])
    private static let sensor = TableSpec(
        "sensor",
        columns: [.key("camera", .string(32)), .key("id", .int64)],
        foreignKeys: [.init(["camera"], references: "camera", ["name"])]
    )
    private static let image = TableSpec(
        "image",
        columns: [.key("id", .int64), .required("camera", .string(32)), .optional("sensor", .int64)],
        foreignKeys: [
            .init(["camera"], references: "camera", ["name"]),
            .init(["camera", "sensor"], references: "sensor", ["camera", "id"]),
        ]
    )
    private static let count = 12_000

    private func images(camera: String = "A", sensor: (Int) -> Int64?) -> RowBatch {
        var rows = RowBatch(columns: ["id", "camera", "sensor"])
        for id in 0..<Self.count {
            rows.append(row: [.int(Int64(id)), .text(camera), sensor(id).map(SQLValue.int) ?? .null])
        }
        return rows
    }

    private func database(_ schema: String, _ recorder: StatementRecorder? = nil) async throws -> PostgreSQLDatabase {
        let database = try await TestDatabase.open(schema, .create, .init(observer: recorder))
        try await database.write { connection in
            for table in [Self.camera, Self.sensor, Self.image] { try connection.createTable(table) }
            var cameras = RowBatch(columns: ["name"])
            cameras.append("A")
            try connection.insert(cameras, into: Self.camera)
            var sensors = RowBatch(columns: ["camera", "id"])
            for id in 0..<10 { sensors.append(row: [.text("A"), .int(Int64(id))]) }
            try connection.insert(sensors, into: Self.sensor)
        }
        return database
    }

    private func stored(_ database: PostgreSQLDatabase) async throws -> Int64? {
        try await database.read { try $0.integer("SELECT COUNT(*) FROM \(table: "image")") }
    }

    @Test("many rows are inserted without a trigger for each, and keys are checked at once; nulls refer to nothing")
    func valid() async throws {
        let recorder = StatementRecorder()
        let database = try await database(TestDatabase.newSchema(), recorder)
        let rows = images { $0 % 11 == 10 ? nil : Int64($0 % 11) }
        let before = recorder.texts.count
        try await database.write { _ = try $0.insert(rows, into: Self.image) }
        #expect(try await stored(database) == Int64(Self.count))
        let statements = recorder.texts.dropFirst(before)
        #expect(statements.count { $0.contains("FOR KEY SHARE") } == 2)
        #expect(statements.count <= 12)
        let role = try await database.read { try $0.texts("SELECT current_setting('session_replication_role')") }
        #expect(role == ["origin"])
    }

    @Test("one row that refers to nothing among many undoes the write", arguments: [(10, "A"), (3, "B")])
    func violation(sensor: Int64, camera: String) async throws {
        let database = try await database(TestDatabase.newSchema())
        let rows = images(camera: camera) { $0 == 7777 ? sensor : 3 }
        await #expect(throws: ButlerError(.integrity, "")) {
            try await database.write { _ = try $0.insert(rows, into: Self.image) }
        }
        #expect(try await stored(database) == 0)
        let kept = images { _ in 3 }
        try await database.write { connection in
            _ = try? connection.savepoint { try connection.insert(rows, into: Self.image) }
            try connection.insert(kept, into: Self.image)
        }
        #expect(try await stored(database) == Int64(Self.count))
    }

    @Test("small insertions after a large one in the same write are checked by the server again")
    func later() async throws {
        let database = try await database(TestDatabase.newSchema())
        let rows = images { _ in 3 }
        await #expect(throws: ButlerError(.integrity, "")) {
            try await database.write { connection in
                try connection.insert(rows, into: Self.image)
                _ = try connection.execute("INSERT INTO \(table: "image") VALUES (-1, 'A', 99)")
            }
        }
        #expect(try await stored(database) == 0)
    }

    @Test("rows that are referred to cannot be deleted by others before the write ends")
    func locks() async throws {
        let schema = TestDatabase.newSchema()
        let database = try await database(schema)
        var options = PostgreSQLDatabase.Options()
        options.locks.timeout = .milliseconds(300)
        let other = try await TestDatabase.open(schema, .readWrite, options)
        let rows = images { Int64($0 % 10) }
        try await database.write { connection in
            try connection.insert(rows, into: Self.image)
            let refused = Mutex(false)
            let done = Mutex(false)
            Task {
                do {
                    try await other.write { _ = try $0.execute("DELETE FROM \(table: "sensor") WHERE \(id: "id") = 5") }
                } catch let error as ButlerError {
                    refused.withLock { $0 = error.code == .databaseBusy }
                }
                done.withLock { $0 = true }
            }
            while !done.withLock({ $0 }) { try connection.execute("SELECT pg_sleep(0.05)") }
            #expect(refused.withLock { $0 })
        }
        #expect(try await stored(database) == Int64(Self.count))
    }

    @Test("where the table has triggers of its own, or the user may not, the server checks row by row")
    func others() async throws {
        let (recorder, schema) = (StatementRecorder(), TestDatabase.newSchema())
        let database = try await database(schema, recorder)
        let function: SQL = """
            CREATE FUNCTION \(table: "noting")() RETURNS trigger LANGUAGE plpgsql AS \
            'BEGIN NEW.sensor := 4; RETURN NEW; END'
            """
        try await database.write { connection in
            try connection.execute(function)
            try connection.execute(
                "CREATE TRIGGER note BEFORE INSERT ON \(table: "image") FOR EACH ROW EXECUTE FUNCTION \(table: "noting")()"
            )
        }
        let rows = images { _ in 3 }
        try await database.write { _ = try $0.insert(rows, into: Self.image) }
        let marked = try await database.read {
            try $0.integer("SELECT COUNT(*) FROM \(table: "image") WHERE \(id: "sensor") = 4")
        }
        #expect(marked == Int64(Self.count))
        #expect(!recorder.texts.contains { $0.contains("FOR KEY SHARE") })
    }

    @Test("for a user who may not go without triggers the server checks row by row")
    func plainUser() async throws {
        let (recorder, schema) = (StatementRecorder(), TestDatabase.newSchema())
        let owner = try await database(schema)
        let user = "plain_" + schema
        try await owner.write { connection in
            try connection.execute("CREATE ROLE \(id: user) LOGIN")
            try connection.execute("GRANT USAGE ON SCHEMA \(id: schema) TO \(id: user)")
            try connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA \(id: schema) TO \(id: user)")
        }
        let parameters = try TestDatabase.parameters().map { $0.keyword == "user" ? .init("user", user) : $0 }
        let database = try await PostgreSQLDatabase.open(
            parameters,
            name: "test",
            namespace: schema,
            mode: .readWrite,
            options: .init(observer: recorder)
        )
        let (rows, wrong) = (images { _ in 3 }, images { _ in 77 })
        await #expect(throws: ButlerError(.integrity, "")) {
            try await database.write { _ = try $0.insert(wrong, into: Self.image) }
        }
        try await database.write { _ = try $0.insert(rows, into: Self.image) }
        #expect(try await stored(database) == Int64(Self.count))
        #expect(!recorder.texts.contains { $0.contains("FOR KEY SHARE") })
        try await owner.write { connection in
            try connection.execute("DROP OWNED BY \(id: user)")
            _ = try connection.execute("DROP ROLE \(id: user)")
        }
    }
}

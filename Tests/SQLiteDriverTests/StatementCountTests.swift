import Databases
import SQLiteDriver
import StewardTesting
import Testing

@Suite struct StatementCountTests {
    private static let table = TableSpec(
        "t",
        columns: [.key("id", .serial), .required("name", .string(64)), .optional("value", .double)],
        unique: [["name"]]
    )

    private func rows(_ names: [String]) -> RowBatch {
        var batch = RowBatch(Self.table, columns: ["name", "value"])
        for name in names {
            batch.append(name)
            batch.append(1.5)
        }
        return batch
    }

    private func withDatabase(_ body: (SQLiteDatabase, StatementRecorder) async throws -> Void) async throws {
        let recorder = StatementRecorder()
        let database = try await SQLiteDatabase.inMemory(options: .init(observer: recorder))
        #expect(recorder.count == 0)
        try await database.write { try $0.createTable(Self.table) }
        #expect(recorder.texts.map { $0.prefix(12) } == ["BEGIN IMMEDI", "CREATE TABLE", "COMMIT"])
        recorder.reset()
        try await body(database, recorder)
    }

    @Test("a read of one statement takes one, a snapshot two more")
    func reads() async throws {
        try await withDatabase { database, recorder in
            _ = try await database.read(.latest) { try $0.integer("SELECT 1") }
            #expect(recorder.texts == ["SELECT 1"])
            recorder.reset()
            _ = try await database.read { try $0.integer("SELECT 1") }
            #expect(recorder.texts == ["BEGIN", "SELECT 1", "ROLLBACK"])
        }
    }

    @Test("a batch counts once, however many rows it has")
    func batches() async throws {
        try await withDatabase { database, recorder in
            let batch = rows((0..<1000).map { "n\($0)" })
            let count = try await database.write { try $0.insert(batch, into: Self.table) }
            #expect(count == 1000)
            #expect(
                recorder.statements == [
                    ObservedStatement(text: "BEGIN IMMEDIATE"),
                    ObservedStatement(text: "INSERT INTO t (name, value) VALUES (?, ?)", rowCount: 1000),
                    ObservedStatement(text: "COMMIT"),
                ]
            )
            recorder.reset()
            try await database.write { _ = try $0.insert(RowBatch(Self.table, columns: ["name"]), into: Self.table) }
            #expect(recorder.texts == ["BEGIN IMMEDIATE", "COMMIT"])
        }
    }

    @Test("savepoints count, and an error ends with a rollback")
    func transactions() async throws {
        struct Deliberate: Error {}
        try await withDatabase { database, recorder in
            await #expect(throws: Deliberate.self) {
                try await database.write { connection in
                    try connection.savepoint {}
                    try? connection.savepoint { throw Deliberate() }
                    throw Deliberate()
                }
            }
            #expect(
                recorder.texts == [
                    "BEGIN IMMEDIATE", "SAVEPOINT s1", "RELEASE s1", "SAVEPOINT s1", "ROLLBACK TO s1", "RELEASE s1",
                    "ROLLBACK",
                ]
            )
        }
    }

    @Test(
        "sync takes as many statements as it promises",
        arguments: [
            (["a"], ["a"], [1, 2]), (["a", "b"], ["a", "b"], [2, 1]), (["a", "b"], ["a", "b", "c"], [2, 2]),
        ]
    )
    func sync(first: [String], second: [String], counts: [Int]) async throws {
        try await withDatabase { database, recorder in
            for (names, count) in zip([first, second], counts) {
                let request = SyncRequest(Self.table, keys: ["name"], compared: ["value"], rows: rows(names))
                recorder.reset()
                _ = try await database.write { try $0.sync(request) }
                #expect(recorder.count == count + 2, "\(recorder.texts)")
            }
        }
    }
}

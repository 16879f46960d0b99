import Databases
import Foundation
import SQLiteDriver
import StewardCore
import StewardTesting
import Synchronization
import Testing

/// The journal that is kept between writes, and the writes that are gathered on their way to the files.
@Suite struct JournalTests {
    private static let table = TableSpec("t", columns: [.key("id", .int64), .optional("text", .text)])

    /// How many texts there are of each beginning and length, and the sum of their rows' numbers.
    private static let summary: SQL = """
        SELECT substr(text, 1, 1) || ' ' || length(text) || ' ' || count(*) || ' ' || sum(id) \
        FROM t \
        GROUP BY substr(text, 1, 1), length(text) ORDER BY 1
        """

    private func insert(_ ids: Range<Int64>, _ text: String, on connection: any Connection) throws {
        var rows = RowBatch(Self.table, columns: ["id", "text"])
        for id in ids { rows.append(row: [.int(id), .text(text)]) }
        try connection.insert(rows, into: Self.table)
    }

    /// What a file and its journal give at a moment of a write, after that write was undone.
    private func undone(
        _ path: String,
        _ body: (_ copy: @escaping @Sendable () throws -> Void) async throws -> Void
    ) async throws -> [String] {
        let copy = path + ".copy"
        try await body {
            for suffix in ["", "-journal"] {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: path + suffix))
                try bytes.write(to: URL(fileURLWithPath: copy + suffix))
            }
        }
        let database = try await SQLiteDatabase.open(copy, mode: .readWrite)
        let found = try await database.read { connection in
            #expect(try connection.storageProblems(limit: 10) == [])
            return try connection.texts(Self.summary)
        }
        try await database.close()
        return found
    }

    @Test("a journal of any length undoes a write, also one that outgrows the memory for pages")
    func lengths() async throws {
        try await withTemporaryFolder { folder in
            for (number, size) in [10, 40_000, 300_000].enumerated() {
                let path = folder + "/\(number)"
                let text = String(repeating: "x", count: size)
                let database = try await SQLiteDatabase.open(path, mode: .create)
                try await database.write { try $0.createTable(Self.table) }
                try await database.write { try insert(0..<300, text, on: $0) }
                try await database.write { try insert(300..<301, "", on: $0) }
                let found = try await undone(path) { copy in
                    try await database.write { connection in
                        connection.beforeCommit(copy)
                        try connection.execute("UPDATE t SET \(id: "text") = \("y" + text)")
                    }
                }
                #expect(found == [" 0 1 300", "x \(size) 300 44850"])
                let now = try await database.read { try $0.integer("SELECT count(*) FROM t WHERE text LIKE 'y%'") }
                #expect(now == 301)
                try await database.close()
            }
        }
    }

    @Test("a journal that others remove meanwhile, or make anew, is not taken for the one that was kept")
    func removed() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db"
            let database = try await SQLiteDatabase.open(path, mode: .create)
            try await database.write { try $0.createTable(Self.table) }
            for id in Int64(0)..<3 { try await database.write { try insert(id..<id + 1, "a", on: $0) } }
            #expect(FileManager.default.fileExists(atPath: path + "-journal"))
            // The first write of a connection removes the journal, as all those of other programs do.
            let other = try await SQLiteDatabase.open(path, mode: .readWrite)
            try await other.write { try insert(3..<4, "b", on: $0) }
            #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
            // The second one makes its own and keeps it.
            try await other.write { try insert(4..<5, "b", on: $0) }
            for id in Int64(5)..<7 {
                let before = try await database.read { try $0.texts(Self.summary) }
                let found = try await undone(path) { copy in
                    try await database.write { connection in
                        connection.beforeCommit(copy)
                        try insert(id..<id + 1, "a", on: connection)
                    }
                }
                #expect(found == before)
            }
            #expect(try await other.read { try $0.integer("SELECT count(*) FROM t") } == 7)
            try await other.close()
            try await database.close()
            #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
        }
    }

    @Test("writes are undisturbed as long as nobody else has written and none has failed")
    func marks() async throws {
        struct Stop: Error {}
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/db", mode: .create)
            try await database.write { try $0.createTable(Self.table) }
            let other = try await SQLiteDatabase.open(folder + "/db", mode: .readWrite)
            let last = Mutex(Int64(0))
            func mark(_ database: SQLiteDatabase, fails: Bool = false) async throws -> ChangeMark {
                let seen = Mutex(ChangeMark?.none)
                do {
                    try await database.write { connection in
                        seen.withLock { $0 = connection.undisturbedMark }
                        let id = last.withLock { last -> Int64 in
                            last += 1
                            return last
                        }
                        try insert(id..<id + 1, "", on: connection)
                        if fails { throw Stop() }
                    }
                } catch is Stop {}
                let found = seen.withLock { $0 }
                return found ?? ChangeMark(scope: -1, values: [])
            }
            let first = try await mark(database)
            #expect(try await mark(database) == first)
            _ = try await database.read { try $0.integer("SELECT count(*) FROM t") }
            #expect(try await mark(database) == first)
            #expect(try await mark(other) != first)
            let second = try await mark(database)
            #expect(second != first)
            #expect(try await mark(database, fails: true) == second)
            #expect(try await mark(database) != second)
            let inRead = try await database.read { try $0.tableExists("t") ? $0.undisturbedMark : first }
            #expect(inRead == nil)
            try await other.close()
            try await database.close()
        }
    }
}

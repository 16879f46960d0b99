import Databases
import Foundation
import class GRDB.DatabaseQueue
import SQLiteDriver
import StewardCore
import StewardTesting
import Testing

@Suite struct FileTests {
    private static let table = TableSpec("t", columns: [.key("id", .int64), .optional("text", .text)])

    private func fill(_ database: SQLiteDatabase, _ ids: Range<Int>) async throws {
        var rows = RowBatch(columns: ["id", "text"])
        for id in ids {
            rows.append(id)
            rows.append(String(repeating: "x", count: 500))
        }
        let filled = rows
        try await database.write { connection in
            if try !connection.tableExists("t") {
                try connection.createTable(Self.table)
            }
            try connection.insert(filled, into: Self.table)
        }
    }

    private func count(_ database: SQLiteDatabase) async throws -> Int64? {
        try await database.read { try $0.integer("SELECT count(*) FROM t") }
    }

    @Test("the definitions of all tables pass through SQLite unchanged")
    func schema() async throws {
        let tables = try TableNotation.parse(Fixture.text("tables.txt"))
        let database = try await SQLiteDatabase.inMemory()
        try await database.write { connection in
            for table in tables {
                try connection.createTable(table)
            }
        }
        let stored = try await database.read { connection in
            (try connection.texts("SELECT sql FROM sqlite_master"), try connection.tableNames())
        }
        let normalized = stored.0.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        let reference = try Fixture.text("sqlite.sql").split(separator: "\n").map(String.init)
        #expect(Set(normalized).isSubset(of: reference))
        #expect(stored.1 == tables.map(\.name).sorted())
    }

    @Test("connections have the reference's settings, and the journal mode stays", arguments: ["delete", "wal"])
    func settings(mode: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db"
            let other = try DatabaseQueue(path: path)
            try await other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = \(mode)") }
            try other.close()
            let database = try await SQLiteDatabase.open(path, mode: .readWrite)
            try await fill(database, 0..<10)
            let read = { @Sendable (connection: any Connection) in
                [
                    try connection.texts("PRAGMA journal_mode").first ?? "",
                    try connection.integer("PRAGMA foreign_keys")?.description ?? "",
                    try connection.integer("PRAGMA synchronous")?.description ?? "",
                ]
            }
            let kept = mode == "delete" ? "persist" : mode
            #expect(try await database.write(read) == [kept, "1", "2"])
            #expect(try await database.read(read) == [mode, "1", "2"])
            try await database.close()
            let reader = try await SQLiteDatabase.open(path, mode: .readOnly)
            #expect(try await count(reader) == 10)
            #expect(try await reader.read(read)[0] == mode)
            try await reader.close()
        }
    }

    @Test("from its second write on a connection keeps the journal's file; others write meanwhile; it goes at the end")
    func keptJournal() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db"
            func hasJournal() -> Bool { FileManager.default.fileExists(atPath: path + "-journal") }
            var database: SQLiteDatabase? = try await SQLiteDatabase.open(path, mode: .create)
            try await fill(try #require(database), 0..<10)
            let isKeptAtOnce = hasJournal()
            let add = { @Sendable (connection: any Connection) in
                _ = try connection.execute("INSERT INTO t (id, text) SELECT max(id) + 1, 'x' FROM t")
            }
            try await database?.write(add)
            try await database?.write(add)
            #expect(hasJournal())
            let other = try DatabaseQueue(path: path)
            try await other.write { try $0.execute(sql: "INSERT INTO t (id, text) SELECT max(id) + 1, 'x' FROM t") }
            #expect(!hasJournal(), "a connection in SQLite's default mode removes it")
            try await database?.write(add)
            #expect(hasJournal())
            #expect(try await count(try #require(database)) == 14)
            try other.close()
            let second = try await SQLiteDatabase.open(path, mode: .readOnly)
            #expect(try await count(second) == 14)
            try await second.close()
            for _ in 0..<10 { _ = try await database?.readBriefly(.latest) { try $0.integer("SELECT 1") } }
            try await database?.write { _ in }
            #expect(!hasJournal(), "many reads are reason to remove it")
            try await database?.write(add)
            #expect(hasJournal())
            database = nil
            #expect(!hasJournal())
            #expect(!isKeptAtOnce)
            let closed = try await SQLiteDatabase.open(path, mode: .readWrite)
            for _ in 0..<3 { try await closed.write(add) }
            try await closed.close()
            #expect(!hasJournal())
        }
    }

    @Test("a read-only database in a read-only folder is read, and refuses writes")
    func readOnly() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db"
            let database = try await SQLiteDatabase.open(path, mode: .create)
            try await fill(database, 0..<10)
            try await database.close()
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder) }
            let reader = try await SQLiteDatabase.open(path, mode: .readOnly)
            #expect(!reader.isWriteable && database.isWriteable)
            #expect(try await count(reader) == 10)
            await #expect(throws: ButlerError(.readOnly, "")) { try await fill(reader, 10..<20) }
            await #expect(throws: ButlerError(.readOnly, "")) {
                try await reader.read(.latest) { _ = try $0.execute("DELETE FROM t") }
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["db"])
        }
    }

    @Test("paths with characters that mean something in URIs are plain paths")
    func oddPaths() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/a?mode=memory#b %20'c;é.sqlite3"
            let database = try await SQLiteDatabase.open(path, mode: .create)
            try await fill(database, 0..<3)
            #expect(try await count(database) == 3)
            #expect(database.path == path)
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("files that are missing, there already or no databases are told apart")
    func opening() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/db"
            for mode in [SQLiteDatabase.Mode.readOnly, .readWrite] {
                await #expect(throws: ButlerError(.fileNotFound, "")) {
                    try await SQLiteDatabase.open(path, mode: mode)
                }
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            try Data(String(repeating: "no database ", count: 1000).utf8).write(to: URL(fileURLWithPath: path))
            for mode in [SQLiteDatabase.Mode.readOnly, .readWrite] {
                await #expect(throws: ButlerError(.corruptFile, "")) { try await SQLiteDatabase.open(path, mode: mode) }
            }
            await #expect(throws: ButlerError(.repositoryExists, "")) {
                try await SQLiteDatabase.open(path, mode: .create)
            }
            await #expect(throws: ButlerError(.fileAccess, "")) {
                try await SQLiteDatabase.open(folder + "/nowhere/db", mode: .create)
            }
            await #expect(throws: ButlerError(.fileAccess, "")) {
                try await SQLiteDatabase.open(folder, mode: .readOnly)
            }
        }
    }

    @Test("what a stopped writer left is undone by a writer, and by a reader who may write the file")
    func hotJournal() async throws {
        try await withTemporaryFolder { folder in
            let (path, copy) = (folder + "/db", folder + "/copy")
            let database = try await SQLiteDatabase.open(path, mode: .create)
            try await fill(database, 0..<100)
            struct Stop: Error {}
            await #expect(throws: Stop.self) {
                try await database.write { connection in
                    _ = try connection.query("PRAGMA cache_size = 2", kinds: [])
                    try connection.execute("UPDATE t SET text = 'changed'")
                    try connection.execute("DELETE FROM t WHERE id > 50")
                    for suffix in ["", "-journal"] {
                        try Data(contentsOf: URL(fileURLWithPath: path + suffix))
                            .write(to: URL(fileURLWithPath: copy + suffix))
                    }
                    throw Stop()
                }
            }
            let (data, journal) = try (
                Data(contentsOf: URL(fileURLWithPath: copy)), Data(contentsOf: URL(fileURLWithPath: copy + "-journal"))
            )
            let check: SQL = "SELECT count(*) FROM t WHERE text <> 'changed'"
            let reader = try await SQLiteDatabase.open(copy, mode: .readOnly)
            #expect(try await reader.read { try $0.integer(check) } == 100)
            #expect(!FileManager.default.fileExists(atPath: copy + "-journal"))
            try await reader.close()
            try overwrite(copy, data)
            try journal.write(to: URL(fileURLWithPath: copy + "-journal"))
            let writer = try await SQLiteDatabase.open(copy, mode: .readWrite)
            #expect(try await writer.read { try $0.integer(check) } == 100)
            try overwrite(copy, data)
            try journal.write(to: URL(fileURLWithPath: copy + "-journal"))
            #expect(try await writer.read { try $0.integer(check) } == 100)
            #expect(!FileManager.default.fileExists(atPath: copy + "-journal"))
        }
    }

    /// Changes the content of a file without making a new one.
    private func overwrite(_ path: String, _ data: Data) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.write(contentsOf: data)
        try file.truncate(atOffset: UInt64(data.count))
        try file.close()
    }

    @Test("a long result comes in pages, whatever its length")
    func longStream() async throws {
        let database = try await SQLiteDatabase.inMemory()
        let numbers: SQL = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(200_000)) \
            SELECT i, printf('%032x', i), i % 3 FROM n
            """
        let (count, sum, largest) = try await database.read { connection in
            var (count, sum, largest) = (0, Int64(0), 0)
            try connection.stream(numbers, kinds: [.integer, .uuid, .label], pageRows: 1000) { page in
                count += page.rowCount
                sum += page.columns[0].integers.reduce(0, +)
                largest = max(largest, page.rowCount)
                return page.columns[2].labels.count == 3
            }
            return (count, sum, largest)
        }
        #expect(count == 200_000)
        #expect(sum == 200_000 * 200_001 / 2)
        #expect(largest == 1000)
    }
}

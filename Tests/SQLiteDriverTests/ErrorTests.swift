import Databases
import Foundation
@testable import SQLiteDriver
import StewardCore
import Testing

@Suite struct ErrorTests {
    private static let table = TableSpec(
        "t",
        columns: [.key("id", .int64), .required("name", .string(8)), .optional("other", .int64)],
        unique: [["name", "other"]],
        foreignKeys: [ForeignKeySpec(["other"], references: "t", ["id"])]
    )

    private func failure(_ statement: SQL) async throws -> ButlerError? {
        let database = try await SQLiteDatabase.inMemory()
        return await #expect(throws: ButlerError.self) {
            try await database.write { connection in
                try connection.createTable(Self.table)
                try connection.execute("INSERT INTO t VALUES (1, 'a', 1)")
                try connection.execute(statement)
            }
        }
    }

    @Test(
        "a violated constraint is named",
        arguments: [
            (
                "INSERT INTO t VALUES (2, 'a', 1)", "columns", "name, other",
                "\"name\", \"other\" exists already in table \"t\""
            ),
            ("INSERT INTO t VALUES (1, 'b', 1)", "columns", "id", "\"id\" exists already in table \"t\""),
            ("INSERT INTO t VALUES (2, NULL, 1)", "columns", "name", "table \"t\" needs a value for \"name\""),
            ("INSERT INTO t VALUES (2, '', 1)", "constraint", "t_len_name", "check \"t_len_name\""),
            (
                "INSERT INTO t VALUES (2, 'b', 9)", "SQLite code", "787 (FOREIGN KEY constraint failed)",
                "refers to does not exist"
            ),
            ("DELETE FROM missing", "SQL", "DELETE FROM missing", "no such table: missing"),
        ] as [(SQL, String, String, String)]
    )
    func constraints(statement: SQL, label: String, value: String, sentence: String) async throws {
        let error = try #require(try await failure(statement))
        #expect(error.code == (label == "SQL" ? .database : .integrity))
        #expect(error.message.contains(sentence), "\(error)")
        #expect(error.context.contains(.init(label, value)), "\(error)")
    }

    @Test("bound values never appear in an error")
    func privacy() async throws {
        let error = try #require(try await failure("INSERT INTO t VALUES (\(1), \("s3cret"), \(1))"))
        #expect(!error.description.contains("s3cret"))
        #expect(error.context.contains(.init("SQL", "INSERT INTO t VALUES (?, ?, ?)")))
    }

    @Test("a full disk is told from other failures, and leaves the database as it was")
    func fullDisk() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/db", mode: .create)
            try await database.write { connection in
                try connection.createTable(Self.table)
                _ = try connection.query("PRAGMA max_page_count = 8", kinds: [.integer])
            }
            let error = await #expect(throws: ButlerError.self) {
                try await database.write { connection in
                    for id in 0..<10000 {
                        try connection.execute("INSERT INTO t VALUES (\(id), \("n\(id)"), NULL)")
                    }
                }
            }
            #expect(error?.code == .diskFull)
            #expect(try await database.read { try $0.integer("SELECT count(*) FROM t") } == 0)
        }
    }

    @Test("after a failure that undid the transaction nothing else runs")
    func undoneTransaction() async throws {
        let database = try await SQLiteDatabase.inMemory()
        try await database.write { connection in
            try connection.createTable(Self.table)
            try connection.execute("INSERT INTO t VALUES (1, 'a', 1)")
        }
        let error = await #expect(throws: ButlerError.self) {
            try await database.write { connection in
                try connection.execute("INSERT INTO t VALUES (2, 'b', 1)")
                _ = try? connection.savepoint {
                    try connection.execute("INSERT OR ROLLBACK INTO t VALUES (1, 'c', 1)")
                }
                try connection.execute("INSERT INTO t VALUES (3, 'd', 1)")
            }
        }
        #expect(error?.message.contains("undid the whole transaction") == true)
        #expect(try await database.read { try $0.integer("SELECT count(*) FROM t") } == 1)
    }

    @Test("several statements in one text are refused")
    func severalStatements() async throws {
        let error = try #require(try await failure("DELETE FROM t; DROP TABLE t"))
        #expect(error.code == .database)
    }

    @Test("identifiers are read and written in hexadecimal digits")
    func hexadecimal() throws {
        var digits = [UInt8](repeating: 0, count: 32)
        for _ in 0..<200 {
            let uuid = UUID()
            digits.withUnsafeMutableBytes { bytes in
                if let base = bytes.baseAddress {
                    HexadecimalUUID.write(uuid, to: base)
                }
            }
            #expect(String(decoding: digits, as: UTF8.self) == uuid.hexadecimal)
            let upper = Array(uuid.hexadecimal.uppercased().utf8)
            #expect(digits.withUnsafeBytes(HexadecimalUUID.parse) == uuid)
            #expect(upper.withUnsafeBytes(HexadecimalUUID.parse) == uuid)
        }
        #expect(Array(digits.dropLast()).withUnsafeBytes(HexadecimalUUID.parse) == nil)
        #expect((digits + [48]).withUnsafeBytes(HexadecimalUUID.parse) == nil)
        for position in [0, 7, 8, 31] {
            for byte in UInt8.min...UInt8.max {
                var changed = digits
                changed[position] = byte
                let isDigit = Hexadecimal.value(byte) != nil
                #expect((changed.withUnsafeBytes(HexadecimalUUID.parse) != nil) == isDigit, "\(byte) at \(position)")
            }
        }
    }

    @Test("the cache of statements forgets the oldest ones")
    func cache() async throws {
        let database = try await SQLiteDatabase.inMemory()
        let total = try await database.read { connection in
            var total: Int64 = 0
            for round in 0..<2 {
                for index in 0..<600 {
                    let name: SQL = "\(id: "c\(index)")"
                    total += try connection.integer("SELECT \(round) + \(index) AS \(name)") ?? 0
                }
            }
            return total
        }
        #expect(total == 2 * (599 * 600 / 2) + 600)
    }
}

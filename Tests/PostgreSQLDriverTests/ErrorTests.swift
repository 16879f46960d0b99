import Databases
import PostgreSQLDriver
import StewardCore
import Testing

@Suite(.needsServer) struct ErrorTests {
    private static let table = TableSpec(
        "t",
        columns: [.key("id", .int64), .required("name", .string(8)), .optional("other", .int64)],
        unique: [["name", "other"]],
        foreignKeys: [ForeignKeySpec(["other"], references: "t", ["id"])]
    )

    private func failure(_ statement: SQL) async throws -> ButlerError? {
        let database = try await TestDatabase.open()
        return await #expect(throws: ButlerError.self) {
            try await database.write { connection in
                try connection.createTable(Self.table)
                try connection.execute("INSERT INTO \(table: "t") VALUES (1, 'a', 1)")
                try connection.execute(statement)
            }
        }
    }

    @Test(
        "a violated constraint is named",
        arguments: [
            (
                "INSERT INTO \(table: "t") VALUES (2, 'a', 1)", "columns", "name, other",
                "\"name\", \"other\" exists already in table \"t\""
            ),
            ("INSERT INTO \(table: "t") VALUES (1, 'b', 1)", "columns", "id", "\"id\" exists already in table \"t\""),
            (
                "INSERT INTO \(table: "t") VALUES (2, NULL, 1)", "columns", "name",
                "table \"t\" needs a value for \"name\""
            ),
            (
                "INSERT INTO \(table: "t") VALUES (2, 'b', 9)", "constraint", "fkey_t_t_id_other",
                "refers to does not exist"
            ),
            (
                "INSERT INTO \(table: "t") VALUES (2, 'nine long', 1)", "PostgreSQL",
                "22001 (value too long for type character varying(8))", "longer than its column allows"
            ),
        ] as [(SQL, String, String, String)]
    )
    func constraints(statement: SQL, label: String, value: String, sentence: String) async throws {
        let error = try #require(try await failure(statement))
        #expect(error.code == .integrity)
        #expect(error.message.contains(sentence), "\(error)")
        #expect(error.context.contains(.init(label, value)), "\(error)")
    }

    @Test("bound values never appear in an error")
    func privacy() async throws {
        let statement: SQL =
            "INSERT INTO \(table: "t") SELECT 2, name, \(1) FROM \(table: "t") WHERE name <> \("s3cret")"
        let error = try #require(try await failure(statement))
        #expect(error.code == .integrity)
        #expect(!error.description.contains("s3cret") && !error.description.contains("(a"))
    }

    @Test("several statements in one text are refused")
    func severalStatements() async throws {
        let error = try #require(try await failure("DELETE FROM \(table: "t"); DROP TABLE \(table: "t")"))
        #expect(error.code == .database)
    }

    @Test("a text with the character of code zero is refused, not cut")
    func zeroCharacter() async throws {
        let database = try await TestDatabase.open()
        let error = await #expect(throws: ButlerError.self) {
            try await database.read { try $0.texts("SELECT CAST(\("a\u{0}b") AS TEXT)") }
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test("an integer too large for its column is refused, alone and in a batch")
    func overflow() async throws {
        let small = TableSpec("small", columns: [.key("id", .int16)])
        let database = try await TestDatabase.open()
        try await database.write { try $0.createTable(small) }
        for numbers in [[70_000], [1, 2, 70_000, 3]] as [[Int]] {
            let error = await #expect(throws: ButlerError.self) {
                try await database.write { connection in
                    var rows = RowBatch(small, columns: ["id"])
                    for number in numbers { rows.append(number) }
                    try connection.insert(rows, into: small)
                }
            }
            #expect(error?.code == .integrity)
        }
        #expect(try await database.read { try $0.integer("SELECT count(*) FROM \(table: "small")") } == 0)
    }

    @Test("after a failure nothing else runs in the transaction")
    func undoneTransaction() async throws {
        let database = try await TestDatabase.open()
        let error = await #expect(throws: ButlerError.self) {
            try await database.write { connection in
                try connection.createTable(Self.table)
                _ = try? connection.execute("DELETE FROM \(table: "missing")")
                try connection.execute("DELETE FROM \(table: "t")")
            }
        }
        #expect(error?.message.contains("undid the whole transaction") == true)
    }
}

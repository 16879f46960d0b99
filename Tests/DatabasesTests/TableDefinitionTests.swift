import Databases
import Foundation
import StewardTesting
import Testing

@Suite struct TableDefinitionTests {
    private let tables: [TableSpec]

    init() throws {
        tables = try TableNotation.parse(Fixture.text("tables.txt"))
    }

    @Test(
        "definitions equal the reference's, name by name",
        arguments: [("sqlite.sql", SQLDialect.sqlite), ("postgresql.sql", .postgreSQL(namespace: "repo"))]
    )
    func definitions(file: String, dialect: SQLDialect) throws {
        let reference = try Fixture.text(file).split(separator: "\n").map(String.init)
        let names = Set(tables.map(\.name))
        let wanted = Set(reference.filter { statement in Self.table(of: statement).map(names.contains) ?? false })
        let made = tables.flatMap { $0.creation(dialect) }.map { Self.normalized($0.rendered(for: dialect).text) }
        #expect(Set(made).subtracting(wanted) == [])
        #expect(wanted.subtracting(made) == [])
        #expect(made.count == Set(made).count)
        let others = Set(reference.compactMap(Self.table)).subtracting(names)
        #expect(others.allSatisfy { $0.hasPrefix("dataset_") && $0.contains("_0000000") }, "\(others)")
    }

    @Test("all tables of the reference's static schema are compared")
    func staticTables() {
        #expect(tables.count == 48 + 5)
    }

    @Test("a temporary table has no foreign keys, indexes of them, namespace or sequence")
    func temporary() throws {
        let table = try #require(tables.first { $0.name == "dataset_calibs_00000005" })
        let dialect = SQLDialect.postgreSQL(namespace: "repo")
        let texts = table.temporary.creation(dialect).map { Self.normalized($0.rendered(for: dialect).text) }
        #expect(texts.count == 2)
        #expect(texts[0].hasPrefix("CREATE TEMPORARY TABLE dataset_calibs_00000005 ( id BIGINT NOT NULL, "))
        #expect(!texts[0].contains("FOREIGN KEY"))
    }

    @Test("keys and columns are found by name")
    func lookup() throws {
        let exposure = try #require(tables.first { $0.name == "exposure" })
        #expect(exposure.primaryKey == ["instrument", "id"])
        #expect(exposure.generatedKey == nil)
        #expect(exposure.column("timespan")?.type == .timespan)
        #expect(exposure.column("nothing") == nil)
        #expect(exposure.kinds(of: ["id", "timespan", "group"]) == [.integer, .integer, .integer, .label])
        #expect(tables.first { $0.name == "collection" }?.generatedKey == "collection_id")
    }

    @Test("malformed notation is refused", arguments: ["t\n  a i99 pk", "t\n  a", "t\n  fk a b", "t\n  a i64 xx"])
    func malformedNotation(text: String) {
        #expect(throws: TableNotation.Malformed.self) { try TableNotation.parse(text) }
    }

    private static func normalized(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Name of the table that a statement creates, or creates an index or sequence for.
    private static func table(of statement: String) -> String? {
        let words = statement.replacing("\"", with: "").replacing("repo.", with: "").split(separator: " ").map(
            String.init
        )
        switch words[1] {
        case "TABLE": return words[2]
        case "INDEX": return words[4]
        case "SEQUENCE": return words[2].firstRange(of: "_seq_").map { String(words[2][..<$0.lowerBound]) }
        default: return nil
        }
    }
}

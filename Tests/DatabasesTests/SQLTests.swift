import Databases
import Foundation
import Testing

@Suite struct SQLTests {
    private static let postgreSQL = SQLDialect.postgreSQL(namespace: "Repo")

    @Test("literals are syntax, everything interpolated is a value, an identifier or another statement")
    func pieces() {
        let evil = "x'; DROP TABLE t; --"
        let condition: SQL = "\(id: "a", "group") = \(evil) AND \(id: "b") IS \(Int?.none)"
        let sql: SQL = "SELECT \(id: evil) FROM \(table: "order") AS a WHERE \(condition.parenthesized)"
        let sqlite = sql.rendered(for: .sqlite)
        #expect(
            sqlite.text
                == "SELECT \"x'; DROP TABLE t; --\" FROM \"order\" AS a WHERE (a.\"group\" = ? AND b IS ?)"
        )
        #expect(sqlite.values == [.text(evil), .null])
        let postgreSQL = sql.rendered(for: Self.postgreSQL)
        #expect(
            postgreSQL.text
                == "SELECT \"x'; DROP TABLE t; --\" FROM \"Repo\".\"order\" AS a WHERE (a.\"group\" = $1 AND b IS $2)"
        )
        #expect(postgreSQL.values == sqlite.values)
    }

    @Test(
        "identifiers are quoted only if they are reserved or unusual",
        arguments: [
            ("instrument", "instrument"), ("day_obs", "day_obs"), ("a$1", "a$1"), ("group", "\"group\""),
            ("Group", "\"Group\""), ("1a", "\"1a\""), ("$a", "\"$a\""), ("a b", "\"a b\""), ("a\"b", "\"a\"\"b\""),
            ("é", "\"é\""), ("", "\"\""), ("position", "position"), ("returning", "\"returning\""),
        ]
    )
    func quoting(name: String, quoted: String) {
        #expect(SQLDialect.sqlite.quoted(name) == quoted)
    }

    @Test("parts join, and empty ones vanish")
    func joining() {
        let parts: [SQL] = ["a = \(1)", "b = \(true)", "c = \(2.5)"]
        let joined = parts.joined(separator: " AND ").rendered(for: Self.postgreSQL)
        #expect(joined.text == "a = $1 AND b = $2 AND c = $3")
        #expect(joined.values == [.int(1), .bool(true), .real(2.5)])
        #expect([SQL]().joined(separator: ", ").isEmpty)
        #expect(["a", "select"].identifierList.rendered(for: .sqlite).text == "a, \"select\"")
        var sum: SQL = "a"
        sum += " + b" + " + c"
        #expect(sum.rendered(for: .sqlite).text == "a + b + c")
        #expect(("" as SQL).isEmpty)
    }

    @Test("lists are padded to powers of two; empty ones are written without a null")
    func lists() {
        let three: SQL = "a \(in: [1, 2, 3])"
        #expect(three.rendered(for: .sqlite).text == "a IN (?, ?, ?, ?)")
        #expect(three.rendered(for: .sqlite).values == [1, 2, 3, 3])
        #expect(three.rendered(for: Self.postgreSQL).text == "a IN ($1, $2, $3, $4)")
        let none: SQL = "a \(in: [String]())"
        #expect(none.rendered(for: .sqlite).text == "a IN ()")
        #expect(none.rendered(for: Self.postgreSQL).text == "a = ANY('{}')")
        let one: SQL = "a \(in: ["x"])"
        #expect(one.rendered(for: .sqlite).text == "a IN (?)")
        let pairs: SQL = "(a, b) \(inRows: [[1, "x"], [2, "y"]])"
        #expect(pairs.rendered(for: .sqlite).text == "(a, b) IN (VALUES (?, ?), (?, ?))")
        #expect(pairs.rendered(for: Self.postgreSQL).text == "(a, b) IN (($1, $2), ($3, $4))")
        let many: SQL = "a \(in: Array(0..<20000))"
        #expect(many.rendered(for: .sqlite).values.count == 20000)
    }

    @Test("texts are equal by their bytes, not by canonical equivalence")
    func textEquality() {
        #expect(SQLValue.text("\u{E9}") != SQLValue.text("e\u{301}"))
        #expect("\u{E9}" == "e\u{301}")
        #expect(SQLValue.int(1) != .bool(true))
        #expect(Set<SQLValue>(["a", 1, .null, .null, .real(0), .real(-0.0)]).count == 4)
    }

    @Test("each bindable type gives its value")
    func bindable() {
        let uuid = UUID()
        let values: [any SQLBindable] = [
            1, Int16(2), Int32(3), Int64(4), 0.5, true, "a", uuid, [UInt8(1)], Int?.none, String?.some("b"),
        ]
        #expect(
            values.map(\.sqlValue) == [
                1, 2, 3, 4, .real(0.5), .bool(true), "a", .uuid(uuid), .blob([1]), .null, "b",
            ]
        )
    }
}

import Databases
import StewardTesting
import Testing

@Suite struct InsertionTests {
    private let postgreSQL = SQLDialect.postgreSQL(namespace: "repo")
    private let collection: TableSpec
    private let calibs: TableSpec

    init() throws {
        let tables = try TableNotation.parse(Fixture.text("tables.txt"))
        collection = try #require(tables.first { $0.name == "collection" })
        calibs = try #require(tables.first { $0.name == "dataset_calibs_00000005" })
    }

    private func text(_ sql: SQL, _ dialect: SQLDialect) -> String {
        sql.rendered(for: dialect).text
    }

    @Test("generated keys come from the sequence where there is one")
    func generatedKeys() {
        let columns = ["name", "type"]
        #expect(
            text(collection.insertion(of: columns, onConflict: .fail, .sqlite), .sqlite)
                == "INSERT INTO collection (name, type) VALUES (?, ?)"
        )
        #expect(
            text(collection.insertion(of: columns, onConflict: .fail, postgreSQL), postgreSQL)
                == "INSERT INTO repo.collection (collection_id, name, type) "
                + "VALUES (nextval('repo.collection_seq_collection_id'), $1, $2)"
        )
        #expect(
            text(collection.insertion(of: ["collection_id"], onConflict: .fail, postgreSQL), postgreSQL)
                == "INSERT INTO repo.collection (collection_id) VALUES ($1)"
        )
    }

    @Test(
        "conflict rules",
        arguments: [
            (ConflictRule.keep, " ON CONFLICT DO NOTHING"),
            (.keepSameKey, " ON CONFLICT (collection_id) DO NOTHING"),
            (
                .replace,
                " ON CONFLICT (collection_id) DO UPDATE SET name = excluded.name, type = excluded.type, doc = excluded.doc"
            ),
        ]
    )
    func conflicts(rule: ConflictRule, clause: String) {
        let statement = text(collection.insertion(of: ["collection_id", "name"], onConflict: rule, .sqlite), .sqlite)
        #expect(statement == "INSERT INTO collection (collection_id, name) VALUES (?, ?)" + clause)
    }

    @Test("a time span takes two values, in two columns or in one range")
    func timespans() {
        let columns = ["collection_id", "timespan"]
        let sqlite = calibs.insertion(of: columns, onConflict: .fail, .sqlite).rendered(for: .sqlite)
        #expect(
            sqlite.text
                == "INSERT INTO dataset_calibs_00000005 (collection_id, timespan_begin, timespan_end) VALUES (?, ?, ?)"
        )
        #expect(sqlite.slotCount == 3)
        let ranged = calibs.insertion(of: columns, onConflict: .fail, postgreSQL).rendered(for: postgreSQL)
        #expect(ranged.slotCount == 3)
        #expect(
            ranged.text
                == "INSERT INTO repo.dataset_calibs_00000005 (id, collection_id, timespan) "
                + "VALUES (nextval('repo.dataset_calibs_00000005_seq_id'), $1, "
                + "CASE WHEN $2::int8 < $3::int8 THEN int8range(NULLIF($2::int8, 0), "
                + "NULLIF($3::int8, 4102444800000000000)) WHEN $2::int8 IS NOT NULL THEN 'empty'::int8range END)"
        )
        #expect(RowBatch(calibs, columns: columns).width == 3)
    }

    @Test("the bounds of a time span are selected as two integers")
    func bounds() {
        #expect(
            text(calibs.selection(of: ["id", "timespan"], qualifier: "c", .sqlite), .sqlite)
                == "c.id, c.timespan_begin, c.timespan_end"
        )
        #expect(
            text(TableSpec.timespanBounds("timespan", postgreSQL).begin, postgreSQL)
                == "CASE WHEN isempty(timespan) THEN 4102444800000000000 WHEN timespan IS NOT NULL "
                + "THEN coalesce(lower(timespan), 0) END"
        )
    }
}

import Foundation
import StewardTesting
import Testing

/// `check-repo`: each kind of damage is made, found, and mended where that loses nothing.
@Suite struct CheckRepoTests {
    struct Finding: Decodable, Equatable {
        let kind: String
        let severity: String
        let state: String
        let subject: String
    }

    /// Damage done by SQL to a sample, and what is found.
    struct Damage: CustomTestStringConvertible, Sendable {
        let sql: String
        let kinds: Set<String>
        var isRepairable = false
        /// What does the same damage on PostgreSQL, where that is something else.
        var ownSQL: String?
        var testDescription: String { kinds.sorted().joined(separator: ", ") + ": " + sql.prefix(60) }
    }

    static func check(_ sample: SampleRepository, _ options: String...) throws -> (found: [Finding], status: Int32) {
        let outcome = try StewardProgram().run(
            ["check-repo", sample.root, "--format", "json", "--temporary-age", "0"] + options
        )
        try #require(!outcome.output.isEmpty, "\(outcome.errors)")
        return (try JSONDecoder().decode([Finding].self, from: Data(outcome.output.utf8)), outcome.status)
    }

    @Test("a new repository and one with datasets are clean")
    func clean() async throws {
        let sample = try await SampleRepository()
        let (found, status) = try Self.check(sample, "--checksums")
        #expect(found.isEmpty && status == 0)
        let empty = sample.folder.path + "/empty"
        try StewardProgram().create(empty)
        #expect(try StewardProgram().expect(["check-repo", empty]) == "No problems were found.\n")
        let before = sample.snapshot()
        try StewardProgram().expect(["check-repo", sample.root, "--repair"])
        try await sample.expectUnchanged(since: before)
    }

    static let damages = [
        Damage(
            sql: "DELETE FROM collection_summary_dataset_type WHERE collection_id = "
                + "(SELECT collection_id FROM collection WHERE name = 'u/tag')",
            kinds: ["dataset-type-summary"],
            isRepairable: true
        ),
        Damage(
            sql: "DELETE FROM collection_summary_dataset_type; DELETE FROM collection_summary_instrument",
            kinds: ["dataset-type-summary", "governor-summary"],
            isRepairable: true
        ),
        Damage(
            sql: "DELETE FROM file_datastore_records WHERE path LIKE 'cal/other/%'",
            kinds: ["location", "unreferenced-file"]
        ),
        Damage(
            sql:
                "DELETE FROM dataset_location WHERE dataset_id = (SELECT dataset_id FROM dataset_location ORDER BY 1 LIMIT 1)",
            kinds: ["record"]
        ),
        Damage(
            sql: "INSERT INTO dataset_location_trash SELECT dataset_id, datastore_name FROM dataset_location; "
                + "DELETE FROM dataset_location",
            kinds: ["trash"],
            isRepairable: true
        ),
        Damage(
            sql: "INSERT INTO dataset_location_trash SELECT dataset_id, datastore_name FROM dataset_location",
            kinds: ["trash"]
        ),
        Damage(
            sql: "INSERT INTO dataset_location SELECT 'Other', dataset_id FROM dataset_location",
            kinds: ["datastore"]
        ),
        Damage(
            sql: "INSERT INTO dataset_calibs_00000001 SELECT max(id) + 1, dataset_type_id, dataset_id, collection_id, "
                + "instrument, detector, timespan_begin + 1, timespan_end FROM dataset_calibs_00000001",
            kinds: ["validity"],
            ownSQL: """
                INSERT INTO dataset_calibs_00000001 SELECT max_id + 1, dataset_type_id, dataset_id, collection_id,
                    instrument, detector, int8range(lower(timespan) + 1, upper(timespan))
                    FROM dataset_calibs_00000001, (SELECT max(id) AS max_id FROM dataset_calibs_00000001) AS m
                    WHERE id = max_id
                """
        ),
        Damage(
            sql: "INSERT INTO collection_chain SELECT collection_id, 9, collection_id FROM collection "
                + "WHERE name = 'u/all'",
            kinds: ["chain-cycle"]
        ),
        Damage(sql: "UPDATE collection_chain SET child = 999 WHERE position = 1", kinds: ["chain-member"]),
        Damage(
            sql: "INSERT INTO collection_chain SELECT t.collection_id, 0, r.collection_id FROM collection t, "
                + "collection r WHERE t.name = 'u/tag' AND r.name = 'u/one'",
            kinds: ["chain-member"]
        ),
        Damage(sql: "INSERT INTO run (collection_id) VALUES (999)", kinds: ["run-row"]),
        Damage(
            sql: "INSERT INTO run (collection_id) SELECT collection_id FROM collection WHERE name = 'u/tag'",
            kinds: ["run-row"]
        ),
        Damage(sql: "INSERT INTO collection VALUES (99, 'u/lost', 1, NULL)", kinds: ["run-row"]),
        Damage(
            sql: "DELETE FROM dataset_tags_00000001 WHERE dataset_id = (SELECT dataset_id "
                + "FROM dataset_tags_00000001 ORDER BY 1 LIMIT 1)",
            kinds: ["membership"]
        ),
        Damage(sql: "DELETE FROM physical_filter", kinds: ["foreign-key"]),
        Damage(sql: "DELETE FROM visit_skypix_overlap_summary", kinds: ["overlap-summary"], isRepairable: true),
        Damage(
            sql: "INSERT INTO visit_skypix_overlap_summary VALUES ('htm', 5, 'Cam1')",
            kinds: ["overlap-system"]
        ),
        Damage(sql: "UPDATE dataset_type SET dimensions_key = 99 WHERE name = 'metric'", kinds: ["unchecked"]),
        Damage(sql: "ALTER TABLE exposure ADD COLUMN extra INTEGER", kinds: ["columns"]),
        Damage(sql: "DROP TABLE visit_definition", kinds: ["missing-table"]),
        Damage(sql: "ALTER TABLE run DROP COLUMN host", kinds: ["columns"]),
    ]

    @Test("damage to tables is found, and mended where that loses nothing", arguments: damages)
    func tables(_ damage: Damage) async throws {
        let sample = try await SampleRepository()
        let own = TestBackend.current == .postgresql ? damage.ownSQL : nil
        try sample.change("PRAGMA foreign_keys = OFF; " + (own ?? damage.sql))
        let (found, status) = try Self.check(sample)
        #expect(Set(found.map(\.kind)) == damage.kinds)
        #expect(status == 1)
        let again = try Self.check(sample, "--repair")
        #expect(again.status == (damage.isRepairable ? 0 : 1))
        let second = try Self.check(sample, "--repair")
        #expect(second.found.allSatisfy { $0.state == "open" })
        #expect(second.found.isEmpty == damage.isRepairable && (second.status == 0) == damage.isRepairable)
        if damage.isRepairable { #expect(again.found.allSatisfy { $0.state == "repaired" }) }
    }

    @Test("sky pixels of visits that are missing or too many are mended, broken regions are told")
    func overlaps() async throws {
        let sample = try await SampleRepository()
        let region =
            "cAqPZa3vWe8/2r/I1xpLmD99lS6PNXbJv1VeyU59Pu8/B9amcKCYtT99lS6PNXbJv8FMdueuku8/gO8DetLStT/FNT4Wl8HBv8zGFjxrru8/"
            + "W0VFhJGMmD/FNT4Wl8HBvw=="
        try sample.change(
            """
            PRAGMA foreign_keys = OFF;
            INSERT INTO visit (instrument, id, day_obs, physical_filter, name, region)
                VALUES ('Cam1', 7, 20250101, 'Cam1-G', 'seven', 'AAAA');
            INSERT INTO visit (instrument, id, day_obs, physical_filter, name, region) VALUES
                ('Cam1', 8, 20250101, 'Cam1-G', 'eight', NULL), ('Cam1', 10, 20250101, 'Cam1-G', 'ten', '\(region)');
            INSERT INTO visit_skypix_overlap (skypix_system, skypix_level, instrument, visit, skypix_index)
                VALUES ('htm', 7, 'Cam1', 8, 140000), ('htm', 7, 'Cam1', 9, 140001);
            """
        )
        let (found, _) = try Self.check(sample)
        #expect(found.filter { $0.kind == "surplus-overlap" }.count == 2)
        #expect(
            found.filter { $0.kind == "missing-overlap" }.map(\.subject) == ["visit {instrument: \"Cam1\", visit: 10}"]
        )
        #expect(found.contains { $0.kind == "region" && $0.subject.contains("visit: 7") })
        let repaired = try Self.check(sample, "--repair").found
        #expect(
            repaired.filter { $0.state == "repaired" }.map(\.kind).sorted()
                == ["missing-overlap", "surplus-overlap", "surplus-overlap"]
        )
        #expect(Set(try Self.check(sample).found.map(\.kind)) == ["region"])
    }

    @Test("files that are missing, changed or too many are found; only temporary ones are removed")
    func files() async throws {
        let sample = try await SampleRepository()
        let files = sample.files(in: sample.root).filter { $0.hasSuffix(".yaml") && $0 != "butler.yaml" }
        try #require(files.count >= 4)
        try FileManager.default.removeItem(atPath: sample.root + "/" + files[0])
        try Data("longer than it was before".utf8).write(to: URL(fileURLWithPath: sample.root + "/" + files[1]))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: sample.root + "/" + files[2]))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(fileURLWithPath: sample.root + "/" + files[2]))
        for name in ["u/one/stray.fits", "u/1f5kq0z3m2x9vstray.tmp.fits.gz", "u/one/abc.transfer-tmp"] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: sample.root + "/" + name))
        }
        try FileManager.default.createSymbolicLink(atPath: sample.root + "/u/elsewhere", withDestinationPath: "/usr")
        let (found, status) = try Self.check(sample)
        #expect(status == 1)
        #expect(
            Dictionary(grouping: found, by: \.kind).mapValues(\.count)
                == ["missing-file": 1, "size": 1, "temporary-file": 2, "unreferenced-file": 1]
        )
        #expect(found.first { $0.kind == "missing-file" }?.subject == files[0])
        #expect(try Self.check(sample, "--checksums").found.first { $0.kind == "checksum" }?.subject == files[2])
        let repaired = try Self.check(sample, "--repair").found
        #expect(repaired.filter { $0.state == "repaired" }.map(\.kind) == ["temporary-file", "temporary-file"])
        #expect(FileManager.default.fileExists(atPath: sample.root + "/u/one/stray.fits"))
        #expect(try Self.check(sample, "--repair").found.allSatisfy { $0.state == "open" })
        #expect(try Self.check(sample, "--no-files").found.isEmpty)
    }

    @Test("a temporary file that may be a living writer's is noted and left alone")
    func youngTemporaryFile() async throws {
        let sample = try await SampleRepository()
        let path = sample.root + "/u/1f5kq0z3m2x9vstray.tmp.fits"
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        // The time of the content can be set back; that of the file cannot.
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: path)
        let outcome = try StewardProgram().run(["check-repo", sample.root, "--repair", "--format", "json"])
        let found = try JSONDecoder().decode([Finding].self, from: Data(outcome.output.utf8))
        #expect(outcome.status == 0 && found.map(\.severity) == ["note"])
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test(
        "a damaged database file is told, and nothing is repaired in it",
        .enabled(if: TestBackend.current == .sqlite, "a server's files are its own")
    )
    func damagedStorage() async throws {
        let sample = try await SampleRepository()
        try sample.change("DELETE FROM collection_summary_instrument")
        try sample.change(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'instrument')
                WHERE name = 'subfilter';
            """
        )
        let (found, status) = try Self.check(sample, "--repair")
        #expect(found.contains { $0.kind == "storage" } && status == 1)
        #expect(found.allSatisfy { $0.state != "repaired" })
    }

    @Test("the list is cut where asked, the exit code is not")
    func limit() async throws {
        let sample = try await SampleRepository()
        try sample.change("PRAGMA foreign_keys = OFF; DELETE FROM dataset_location")
        let outcome = try StewardProgram().run(["check-repo", sample.root, "--limit", "2", "--format", "csv"])
        #expect(outcome.status == 1)
        #expect(outcome.output.split(separator: "\n").count == 3)
        #expect(outcome.errors.contains("2 of 9 findings are shown"))
    }
}

import Foundation
import Testing

/// Differences from the reference that `docs/compatibility.md` lists, seen through the program; and that list itself.
@Suite struct CompatibilityTests {
    @Test("datasets are not certified for an empty range, nor two of one data ID at once")
    func certification() async throws {
        let sample = try await SampleRepository()
        try StewardProgram().expect(["collection-chain", sample.root, "cal/both", "cal/gen,cal/other"])
        let twice = try StewardProgram().run([
            "certify-calibrations", sample.root, "cal/both", "cal/new", "bias", "--search-all-inputs",
        ])
        expectReadable(twice)
        #expect(twice.errors.contains("Two datasets"))
        let empty = try StewardProgram().run([
            "certify-calibrations", sample.root, "cal/gen", "cal/new", "bias", "--begin-date", "2025-02-01",
            "--end-date",
            "2025-01-01",
        ])
        expectReadable(empty)
        let collections = try StewardProgram().expect(["query-collections", sample.root])
        #expect(!collections.contains("cal/new"))
    }

    @Test("a field name that fits two dimensions of a data ID equally is refused, and both are named")
    func ambiguousField() async throws {
        let sample = try await SampleRepository()
        try StewardProgram().expect([
            "register-dataset-type", sample.root, "system", "StructuredDataDict", "visit", "visit_system",
        ])
        let outcome = try StewardProgram().run(
            ["put", sample.root, "system", "-", "--run", "u/new", "--data-id", "instrument=Cam1,name=x"],
            input: "a: 1"
        )
        expectReadable(outcome)
        #expect(outcome.errors.contains("visit or of visit_system"))
    }

    @Test("collections that match a pattern come in the order in which they were registered")
    func order() async throws {
        let sample = try await SampleRepository()
        for name in ["z/1", "m/2", "a/3"] {
            try StewardProgram().expect(["collection-chain", sample.root, name, "u/one"])
        }
        struct Row: Decodable { let name: String }
        let text = try StewardProgram().expect([
            "query-collections", sample.root, "?/*", "--chains", "NO-CHILDREN", "--format", "json",
        ])
        let names = try JSONDecoder().decode([Row].self, from: Data(text.utf8)).map(\.name)
        #expect(names == ["u/one", "u/tag", "u/all", "z/1", "m/2", "a/3"])
    }

    @Test("time literals in scales that need more than a table are refused with a reason", arguments: ["tdb", "ut1"])
    func timeScale(_ scale: String) async throws {
        let sample = try await SampleRepository()
        let outcome = try StewardProgram().run([
            "query-data-ids", sample.root, "exposure", "--where",
            "instrument='Cam1' AND exposure.timespan OVERLAPS T'2025-01-01T20:01:10/\(scale)'",
        ])
        expectReadable(outcome)
        #expect(outcome.errors.contains("\"\(scale)\"") && outcome.errors.contains("utc, tai or tt"))
    }

    @Test("the JSON of query-collections has one object a collection, whatever the shape")
    func collectionRecords() async throws {
        struct Row: Decodable, Equatable {
            let name: String
            let type: String
            let children: [String]
            let parents: [String]
            let dataset_types: [String]
        }
        let sample = try await SampleRepository()
        for shape in ["TREE", "INVERSE-TREE", "TABLE", "INVERSE-TABLE", "FLATTEN", "NO-CHILDREN"] {
            let text = try StewardProgram().expect([
                "query-collections", sample.root, "-t", "--chains", shape, "--format", "json",
            ])
            let rows = try JSONDecoder().decode([Row].self, from: Data(text.utf8))
            #expect(rows.count == Set(rows.map(\.name)).count)
            #expect(rows.first { $0.name == "u/one" }?.parents == ["u/all"])
            #expect(rows.first { $0.name == "cal/gen" }?.dataset_types == ["bias"])
            guard shape != "FLATTEN" else { continue }
            #expect(rows.first { $0.name == "u/all" }?.children == ["u/one", "cal/calib"])
            #expect(rows.first { $0.name == "u/all" }?.type == "CHAINED")
        }
    }

    @Test("every test that the list of differences names exists")
    func document() throws {
        let document = try String(contentsOfFile: TestFiles.packageRoot + "/docs/compatibility.md", encoding: .utf8)
        let rows = document.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.hasSuffix("Tests` |") }
        #expect(rows.count >= 12)
        let folder = TestFiles.packageRoot + "/Tests"
        var sources = ""
        for path in FileManager.default.enumerator(atPath: folder)?.compactMap({ $0 as? String }) ?? []
        where path.hasSuffix(".swift") {
            sources += try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
        }
        for row in rows {
            let name = row.split(separator: "`").dropLast().last.map(String.init) ?? ""
            #expect(sources.contains("struct \(name) "), "\(name)")
        }
    }
}

import Foundation
import Testing

/// Names with characters that mean something to SQL, shells, globs or paths do no harm, and where they are legal they
/// come back as they went in.
@Suite struct HostileNameTests {
    static let names = [
        "'; DROP TABLE dataset; --", "$(touch pwned)", "`touch pwned`", "a\"b", "a'b", "a%b_c", "100%", "ünï/漢字",
        "new\nline", "tab\there", "a b", "a;b", "a&b|c", "a\\b", "<a>", "😀",
    ]

    @Test("a run of that name takes datasets and gives them back", arguments: names)
    func runs(_ name: String) async throws {
        let sample = try await SampleRepository()
        let program = StewardProgram(directory: sample.folder.path)
        let id = try program.expect(
            ["put", sample.root, "bias", "-", "--run", name, "--data-id", "instrument=Cam1,detector=3"],
            input: "value: 42"
        ).trimmingCharacters(in: .newlines)
        let get = ["get", sample.root, "bias", "--data-id", "instrument=Cam1,detector=3", "--collections", name]
        #expect(try program.expect(get).contains("42"))
        #expect(try program.expect(["query-datasets", sample.root, "bias", "--collections", name]).contains(id))
        #expect(try collectionNames(sample).contains(name))
        try program.expect(["associate", sample.root, name + "/tag", "-d", "bias", "--collections", name])
        try program.expect(["collection-chain", sample.root, name + "/chain", name, name + "/tag"])
        try program.expect(["certify-calibrations", sample.root, name, name + "/calib", "bias"])
        #expect(try collectionNames(sample).isSuperset(of: [name + "/tag", name + "/chain", name + "/calib"]))
        for part in ["/calib", "/chain", "/tag"] {
            try program.expect(["remove-collections", sample.root, name + part, "--no-confirm"])
        }
        try program.expect(["remove-runs", sample.root, name, "--no-confirm"])
        try await sample.expectListsAsNew()
        #expect(!FileManager.default.fileExists(atPath: sample.folder.path + "/pwned"))
    }

    @Test("a dataset type of that name is refused", arguments: names + ["1st", "", "a.b", "a-b", "*"])
    func datasetTypes(_ name: String) async throws {
        let sample = try await SampleRepository()
        let before = sample.snapshot()
        let outcome = try StewardProgram(directory: sample.folder.path).run([
            "register-dataset-type", sample.root, "--", name, "StructuredDataDict", "instrument",
        ])
        expectReadable(outcome)
        #expect(outcome.errors.contains("is not a valid dataset type name"))
        try await sample.expectUnchanged(since: before)
        #expect(!FileManager.default.fileExists(atPath: sample.folder.path + "/pwned"))
    }

    @Test(
        "a value of a data ID, a condition or a name of that text finds nothing and changes nothing",
        arguments: names
    )
    func values(_ name: String) async throws {
        let sample = try await SampleRepository()
        let before = sample.snapshot()
        let program = StewardProgram(directory: sample.folder.path)
        for command in [
            [
                "put", "REPO", "bias", "-", "--run", "u/new", "--data-id", "instrument=\(name)", "--data-id",
                "detector=3",
            ],
            [
                "get", "REPO", "bias", "--collections", "u/all", "--data-id", "instrument=\(name)", "--data-id",
                "detector=3",
            ],
            ["query-datasets", "REPO", "bias", "--collections", name], ["query-datasets", "REPO", name],
            ["query-dimension-records", "REPO", name], ["query-data-ids", "REPO", name],
            ["query-data-ids", "REPO", "detector", "--where", name],
            ["query-data-ids", "REPO", "detector", "--where", "instrument = \(name)"],
        ] {
            expectReadable(try program.run(sample.words(command), input: "value: 1"))
        }
        let quoted = "'" + name.replacing("'", with: "''") + "'"
        let outcome = try program.run(["query-data-ids", sample.root, "detector", "--where", "instrument = \(quoted)"])
        if outcome.status == 0 {
            #expect(outcome.output == "No results. Try --help for more information.\n")
        } else {
            expectReadable(outcome)
        }
        try await sample.expectUnchanged(since: before)
        #expect(!FileManager.default.fileExists(atPath: sample.folder.path + "/pwned"))
    }

    @Test("runs that would lead out of the repository are refused", arguments: ["..", "../up", "a/../../b"])
    func escapes(_ name: String) async throws {
        let sample = try await SampleRepository()
        let before = sample.snapshot()
        let outcome = try StewardProgram().run(
            ["put", sample.root, "bias", "-", "--run", name, "--data-id", "instrument=Cam1,detector=3"],
            input: "value: 42"
        )
        expectReadable(outcome)
        try await sample.expectUnchanged(since: before)
    }

    private func collectionNames(_ sample: SampleRepository) throws -> Set<String> {
        struct Row: Decodable { let name: String }
        let text = try StewardProgram().expect(["query-collections", sample.root, "--format", "json"])
        return Set(try JSONDecoder().decode([Row].self, from: Data(text.utf8)).map(\.name))
    }
}

import Foundation
import Testing

/// `kill -9` at random moments: what was reported done is there, the next command works, and doing it again succeeds.
///
/// `KillTests` kills before each call that changes a file, these in between, and with more files.
@Suite(.serialized) struct CrashTests {
    private static let fileCount = 120
    private static let attempts = 4

    @Test("ingests that are killed leave all files or none, and are repeated without harm")
    func ingest() async throws {
        let sample = try await manyDetectors()
        func command(_ run: String) -> [String] {
            ["ingest-files", sample.root, "metric", run, sample.folder.path + "/table.csv", "--transfer", "copy"]
                + ["--data-id", "instrument=Cam1", "--prefix", sample.folder.path]
        }
        let whole = try duration { try StewardProgram().expect(command("u/whole")) }
        for attempt in 0..<Self.attempts {
            let run = "u/kill\(attempt)"
            let report = try kill(command(run), after: whole * Double.random(in: 0...1.1), in: sample)
            var count = try datasetCount(run, in: sample)
            #expect(count == 0 || count == Self.fileCount, "attempt \(attempt)")
            #expect(!report.errors.contains("Ingested") || count == Self.fileCount, "attempt \(attempt)")
            try expectMended(sample)
            if count == 0 {
                try StewardProgram().expect(command(run))
                count = try datasetCount(run, in: sample)
                try expectMended(sample)
            }
            #expect(count == Self.fileCount)
            try expectFiles(run, in: sample)
        }
    }

    @Test("puts that are killed either happened or did not")
    func put() async throws {
        let sample = try await manyDetectors()
        let file = try sample.write("value: 3", to: "value.yaml")
        func command(_ detector: Int) -> [String] {
            [
                "put", sample.root, "metric", file, "--run", "u/puts", "--data-id",
                "instrument=Cam1,detector=\(detector)",
            ]
        }
        let whole = try duration { try StewardProgram().expect(command(50)) }
        for detector in 100..<100 + 2 * Self.attempts {
            let report = try kill(command(detector), after: whole * Double.random(in: 0...1.1), in: sample)
            let get = ["get", sample.root, "metric", "--collections", "u/puts", "--data-id"]
            let dataID = ["instrument=Cam1,detector=\(detector)"]
            var found = try StewardProgram().run(get + dataID)
            if report.output.hasSuffix("\n") { #expect(found.status == 0, "\(report.output)\(found.errors)") }
            if found.status != 0 {
                try StewardProgram().expect(command(detector))
                found = try StewardProgram().run(get + dataID)
            }
            #expect(found.status == 0 && found.output.contains("3"))
        }
        try expectFiles("u/puts", in: sample)
        try expectMended(sample)
    }

    @Test("imports that are killed are repeated without harm")
    func importing() async throws {
        let sample = try await manyDetectors()
        let table = sample.folder.path + "/table.csv"
        try StewardProgram().expect(
            ["ingest-files", sample.root, "metric", "u/whole", table, "--transfer", "copy"]
                + ["--data-id", "instrument=Cam1", "--prefix", sample.folder.path]
        )
        let exported = sample.folder.path + "/exported"
        try StewardProgram().expect(
            ["export", sample.root, exported, "-d", "metric", "--collections", "u/whole", "--transfer", "copy"]
        )
        func command(_ root: String) -> [String] { ["import", root, exported, "--transfer", "copy"] }
        let first = sample.folder.path + "/first"
        try StewardProgram().expect(["create", first])
        let whole = try duration { try StewardProgram().expect(command(first)) }
        for attempt in 0..<Self.attempts {
            let root = sample.folder.path + "/import\(attempt)"
            try StewardProgram().expect(["create", root])
            _ = try kill(command(root), after: whole * Double.random(in: 0...1), in: sample)
            let left = try datasetCount("*", in: sample, root: root)
            #expect(left == 0 || left == Self.fileCount, "attempt \(attempt)")
            try StewardProgram().expect(command(root))
            #expect(try datasetCount("u/whole", in: sample, root: root) == Self.fileCount)
            try expectFiles("u/whole", in: sample, root: root)
        }
    }

    @Test("ingests of reference catalogues that are killed go on with --resume")
    func referenceCatalogue() throws {
        let folder = try TemporaryFolder()
        let (config, input) = (folder.path + "/c.yaml", folder.path + "/stars.csv")
        let yaml = "catalogue: stars_20261121\ncolumns: {id: id, ra: ra, dec: dec}\n"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: config))
        let lines = (0..<400).map { "\($0),\($0 % 40 * 9),\($0 / 40 * 17 - 80)" }
        try Data(("id,ra,dec\n" + lines.joined(separator: "\n")).utf8).write(to: URL(fileURLWithPath: input))
        func command(_ root: String) -> [String] {
            ["ingest-reference-catalogue", root, config, input, "--run", "refcats/kill"]
        }
        let first = folder.path + "/first"
        try StewardProgram().expect(["create", first])
        let whole = try duration { try StewardProgram().expect(command(first)) }
        for attempt in 0..<Self.attempts / 2 {
            let root = folder.path + "/repo\(attempt)"
            try StewardProgram().expect(["create", root])
            _ = try kill(command(root), after: whole * Double.random(in: 0.2...1.05), in: folder)
            let again = try StewardProgram().run(command(root) + ["--resume"])
            #expect(again.status == 0 || again.errors.contains("is complete"), "\(again.errors)")
            let found = try StewardProgram().expect(
                ["query-reference-catalogue", root, "stars_20261121", "--pos", "RANGE 0 360 -90 90", "--count"]
            )
            #expect(found == "400\n", "attempt \(attempt)")
            try StewardProgram().expect(["check-reference-catalogue", root, "stars_20261121"])
            try StewardProgram().expect(["check-repo", root])
        }
    }

    /// Expects that a repair removes what was not finished, and that nothing else is wrong.
    private func expectMended(_ sample: SampleRepository) throws {
        let found = try CheckRepoTests.check(sample, "--repair").found
        #expect(found.allSatisfy { $0.state == "repaired" })
        #expect(Set(found.map(\.kind)).isSubset(of: ["temporary-file", "unfinished-file"]))
        #expect(try CheckRepoTests.check(sample).found.isEmpty)
    }

    /// A repository with many detectors, and a table of as many files beside it.
    private func manyDetectors() async throws -> SampleRepository {
        let sample = try await SampleRepository()
        try sample.change(
            """
            WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.fileCount + 9))
            INSERT INTO detector (instrument, id, full_name) SELECT 'Cam1', i, 'R1_S' || i FROM n
            """
        )
        var rows = ["file,detector"]
        for detector in 10..<Self.fileCount + 10 {
            try sample.write("value: \(detector)", to: "file\(detector).yaml")
            rows.append("file\(detector).yaml,\(detector)")
        }
        try sample.write(rows.joined(separator: "\n") + "\n", to: "table.csv")
        return sample
    }

    private func duration(_ work: () throws -> Void) throws -> Double {
        let start = ContinuousClock.now
        try work()
        let components = (ContinuousClock.now - start).components
        return Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }

    /// Starts a command, kills it after a time, and returns what it had said.
    private func kill(
        _ arguments: [String],
        after seconds: Double,
        in sample: SampleRepository
    ) throws -> (output: String, errors: String) {
        try kill(arguments, after: seconds, in: sample.folder)
    }

    private func kill(
        _ arguments: [String],
        after seconds: Double,
        in folder: TemporaryFolder
    ) throws -> (output: String, errors: String) {
        let (out, err) = (folder.path + "/killed.out", folder.path + "/killed.err")
        let process = try StewardProgram().start(arguments, input: nil, output: out, errors: err)
        usleep(UInt32(seconds * 1e6))
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return (try String(contentsOfFile: out, encoding: .utf8), try String(contentsOfFile: err, encoding: .utf8))
    }

    private func datasetCount(_ collections: String, in sample: SampleRepository, root: String? = nil) throws -> Int {
        struct Row: Decodable { let id: String }
        struct Collection: Decodable { let name: String }
        let root = root ?? sample.root
        let listed = try StewardProgram().expect(["query-collections", root, "--format", "json"])
        let names = try JSONDecoder().decode([Collection].self, from: Data(listed.utf8)).map(\.name)
        guard collections == "*" ? !names.isEmpty : names.contains(collections) else { return 0 }
        let text = try StewardProgram().expect(
            ["query-datasets", root, "*", "--collections", collections, "--format", "json"]
        )
        return try JSONDecoder().decode([Row].self, from: Data(text.utf8)).count
    }

    /// Expects that all files of a collection can be copied out.
    private func expectFiles(_ collection: String, in sample: SampleRepository, root: String? = nil) throws {
        let target = sample.folder.path + "/out-" + UUID().uuidString
        try StewardProgram().expect(["retrieve-artifacts", root ?? sample.root, target, "--collections", collection])
        try FileManager.default.removeItem(atPath: target)
    }
}

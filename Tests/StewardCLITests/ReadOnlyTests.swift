import Foundation
import Testing

/// `--read-only`: what reads goes on, what writes refuses and leaves everything as it was.
@Suite struct ReadOnlyTests {
    private static let writingCommands: [[String]] = [
        ["create", "FOLDER/new"],
        ["put", "REPO", "bias", "FOLDER/good.yaml", "--run", "u/new", "--data-id", "instrument=Cam1,detector=3"],
        ["ingest-files", "REPO", "metric", "u/new", "FOLDER/table.csv", "--data-id", "instrument=Cam1"],
        ["import", "REPO", "FOLDER"],
        ["transfer-datasets", "FOLDER", "REPO", "-d", "metric"],
        ["check-repo", "REPO", "--repair"],
        ["register-instrument", "REPO", "SimCam"],
        ["ingest-raws", "REPO", "FOLDER"],
        ["define-visits", "REPO", "SimCam"],
        ["associate", "REPO", "u/new", "-d", "metric", "--collections", "u/one"],
        ["prune-datasets", "REPO", "--purge", "u/one", "--no-confirm"],
        ["register-dataset-type", "REPO", "new", "StructuredDataDict", "instrument"],
        ["remove-dataset-type", "REPO", "shot"],
        ["collection-chain", "REPO", "u/new", "u/one"],
        ["remove-runs", "REPO", "u/one", "--no-confirm", "--force"],
        ["remove-collections", "REPO", "u/all", "--no-confirm"],
        ["certify-calibrations", "REPO", "cal/other", "cal/new", "bias"],
        ["decertify-calibrations", "REPO", "cal/calib", "bias"],
    ]

    private static let readingCommands: [[String]] = [
        ["query-collections", "REPO"], ["query-dataset-types", "REPO"],
        ["query-datasets", "REPO", "metric", "--collections", "u/one"],
        ["query-data-ids", "REPO", "detector", "--where", "instrument='Cam1'"],
        ["query-dimension-records", "REPO", "exposure"],
        ["get", "REPO", "metric", "--data-id", "instrument=Cam1,detector=1", "--collections", "u/one"],
        ["check-repo", "REPO"],
        ["ingest-raws", "REPO", "FOLDER", "--dry-run"],
        ["prune-datasets", "REPO", "--purge", "u/one", "--dry-run"],
        ["export", "REPO", "FOLDER/out", "-d", "metric", "--collections", "u/one"],
        ["retrieve-artifacts", "REPO", "FOLDER/files", "-d", "metric", "--collections", "u/one"],
    ]

    private static func sample() async throws -> SampleRepository {
        let sample = try await SampleRepository()
        try sample.write("value: 1", to: "good.yaml")
        try sample.write("file,detector\ngood.yaml,3\n", to: "table.csv")
        return sample
    }

    @Test("what writes refuses with one readable error, and changes nothing", arguments: writingCommands)
    func refusal(_ words: [String]) async throws {
        let sample = try await Self.sample()
        let before = sample.snapshot()
        let program = StewardProgram(directory: sample.folder.path)
        for arguments in [sample.words(words) + ["--read-only"], ["--read-only"] + sample.words(words)] {
            let outcome = try program.run(arguments)
            expectReadable(outcome)
            #expect(outcome.errors.contains("--read-only"), "\(outcome.errors)")
        }
        try await sample.expectUnchanged(since: before)
        #expect(!FileManager.default.fileExists(atPath: sample.folder.path + "/new"))
    }

    @Test("what reads does as it always does", arguments: readingCommands)
    func reading(_ words: [String]) async throws {
        let sample = try await Self.sample()
        let before = sample.snapshot()
        let program = StewardProgram(directory: sample.folder.path)
        let plain = try program.run(sample.words(words))
        for folder in ["out", "files"] {
            try? FileManager.default.removeItem(atPath: sample.folder.path + "/" + folder)
        }
        let protected = try program.run(["--log-level", "INFO", "--read-only"] + sample.words(words))
        #expect(protected.status == plain.status && protected.output == plain.output, "\(protected.errors)")
        try await sample.expectUnchanged(since: before)
    }

    @Test("commands about cameras take the option in front, and have no use for it")
    func cameras() throws {
        let plain = try StewardProgram().expect(["describe-instrument", "SimCam"])
        #expect(try StewardProgram().expect(["--read-only", "describe-instrument", "SimCam"]) == plain)
        let withRepository = StewardProgram(environment: ["STEWARD_REPO": "/nowhere"])
        #expect(try withRepository.expect(["describe-instrument", "SimCam"]) == plain)
    }
}

import Foundation
import Testing

/// Datasets that move between repositories.
@Suite struct TransferTests {
    @Test(
        "transferred datasets keep identifier and content, and doing it again changes nothing",
        arguments: ["copy", "link"]
    )
    func transfer(_ mode: String) async throws {
        let sample = try await SampleRepository()
        let target = sample.folder.path + "/target"
        try StewardProgram().create(target)
        let command = ["transfer-datasets", sample.root, target, "-d", "metric,bias", "--collections", "u/one,cal/gen"]
        let refused = try StewardProgram().run(command)
        expectReadable(refused)
        #expect(refused.errors.contains("--register-dataset-types") && refused.errors.contains("\"bias\", \"metric\""))
        let full = command + ["--register-dataset-types", "--transfer", mode]
        #expect(try StewardProgram().expect(full + ["--dry-run"]) == "Number of datasets transferred: 6\n")
        #expect(try StewardProgram().expect(["query-dataset-types", target]).hasPrefix("No results."))
        for _ in 0..<2 { #expect(try StewardProgram().expect(full) == "Number of datasets transferred: 6\n") }
        for (type, run) in [("metric", "u/one"), ("bias", "cal/gen")] {
            let query = [type, "--collections", run, "--format", "csv"]
            #expect(
                try StewardProgram().expect(["query-datasets", target] + query)
                    == StewardProgram().expect(["query-datasets", sample.root] + query)
            )
            for detector in 0..<3 {
                let get = [type, "--collections", run, "--id", "instrument=Cam1,detector=\(detector)"]
                #expect(try StewardProgram().expect(["get", target] + get).contains("\"value\": \(detector)"))
            }
        }
        #expect(try StewardProgram().expect(["query-dimension-records", target, "detector"]).contains("R0_S2"))
    }

    @Test("datasets whose files were removed are left out")
    func unstored() async throws {
        let sample = try await SampleRepository()
        let target = sample.folder.path + "/target"
        try StewardProgram().create(target)
        try StewardProgram().expect([
            "prune-datasets", sample.root, "u/one", "--datasets", "metric", "--where",
            "instrument = 'Cam1' AND detector = 1", "--unstore", "--no-confirm",
        ])
        let outcome = try StewardProgram().expect([
            "transfer-datasets", sample.root, target, "-d", "metric", "--collections", "u/one",
            "--register-dataset-types",
            "--transfer", "copy",
        ])
        #expect(outcome == "Number of datasets transferred: 2\n")
    }
}

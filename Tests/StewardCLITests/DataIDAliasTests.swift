import Foundation
import Testing

/// Words of a camera stand for dimensions in data IDs.
@Suite struct DataIDAliasTests {
    @Test("ccdnum stands for detector where the camera's definition says so")
    func alias() async throws {
        let folder = try TemporaryFolder()
        let root = folder.path + "/repo"
        try StewardProgram().create(root)
        try StewardProgram().expect(["register-instrument", root, "SimCam"])
        try StewardProgram().expect([
            "register-dataset-type", root, "m", "StructuredDataDict", "instrument", "detector",
        ])
        try Data("file,ccdnum\nvalue.yaml,2\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/table.csv"))
        try Data("value: 2".utf8).write(to: URL(fileURLWithPath: folder.path + "/value.yaml"))
        try StewardProgram().expect(
            ["put", root, "m", "-", "--run", "u/one", "--data-id", "instrument=SimCam,ccdnum=1"],
            input: "value: 1"
        )
        try StewardProgram(directory: folder.path).expect([
            "ingest-files", root, "m", "u/one", "table.csv", "--id", "instrument=SimCam", "--transfer", "copy",
        ])
        for (detector, id) in [(1, "ccd=1"), (1, "detector=1"), (2, "ccdnum=2")] {
            let text = try StewardProgram().expect([
                "get", root, "m", "--collections", "u/one", "--id", "instrument=SimCam", "--id", id,
            ])
            #expect(text.contains("\(detector)"))
        }
        let both = try StewardProgram().run([
            "get", root, "m", "--collections", "u/one", "--id", "instrument=SimCam,ccd=1,detector=2",
        ])
        expectReadable(both)
        #expect(both.errors.contains("both 2 and 1"))
    }

    @Test("cameras without a definition have no aliases, and the error is the usual one")
    func unknownCamera() async throws {
        let sample = try await SampleRepository()
        let outcome = try StewardProgram().run([
            "get", sample.root, "metric", "--collections", "u/one", "--id", "instrument=Cam1,ccdnum=1",
        ])
        expectReadable(outcome)
        #expect(outcome.errors.contains("\"ccdnum\" is neither a dimension nor a field"))
    }

    @Test("why a query for datasets has no answer is said beside it")
    func reasons() async throws {
        let sample = try await SampleRepository()
        let outcome = try StewardProgram().run([
            "query-datasets", sample.root, "shot", "--collections", "u/one",
        ])
        #expect(outcome.status == 0 && outcome.output == "\n")
        #expect(outcome.errors.contains("u/one"), "\(outcome.errors)")
    }
}

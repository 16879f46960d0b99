import Foundation
import Testing

/// `update-exposures-from-raws`, and cameras that are certified.
@Suite struct ExposureCommandTests {
    private let folder: TemporaryFolder
    private var repository: String { folder.path + "/repo" }
    private let program = StewardProgram()

    init() throws {
        folder = try TemporaryFolder()
        try program.expect(["create", repository])
        try program.expect(["register-instrument", repository, "SimCam"])
        try RawFolder(folder.path + "/raw").write(exposures: 1...2, detectors: 2)
        try program.expect(["ingest-raws", repository, folder.path + "/raw", "--transfer", "direct"])
    }

    private func rows(_ words: [String]) throws -> [[String: Any]] {
        let text = try program.expect(words + ["--format", "json"])
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test("what differs is listed, then changed, then nothing differs")
    func update() throws {
        let file = folder.path + "/raw/SimCam_2_0.fits"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let field = try #require(bytes.range(of: Data("'field   '".utf8)))
        bytes.replaceSubrange(field, with: Data("'plain   '".utf8))
        try bytes.write(to: URL(fileURLWithPath: file))
        let command = ["update-exposures-from-raws", repository, "SimCam", "--where", "exposure.day_obs = 20260310"]
        let listed = try rows(command + ["--dry-run"])
        #expect(listed.count == 1)
        #expect(listed.first?["record"] as? String == "exposure" && listed.first?["field"] as? String == "target_name")
        #expect(listed.first?["stored"] as? String == "field" && listed.first?["raw"] as? String == "plain")
        let changed = try program.run(command)
        #expect(changed.status == 0, "\(changed.errors)")
        #expect(changed.errors.contains("Changed 1 records; 2 files of 2 exposures were read."), "\(changed.errors)")
        #expect(changed.output.contains("target_name"))
        let again = try program.run(command + ["SimCam/raw/all"])
        #expect(again.status == 0 && again.output.isEmpty && again.errors.contains("Nothing differs"), "\(again)")
        let names = try rows(["query-dimension-records", repository, "exposure"]).map {
            $0["target_name"] as? String ?? ""
        }
        #expect(names.sorted() == ["field", "plain"])
        let blank = try program.run(["update-exposures-from-raws", repository, "SimCam", "--where", " "])
        #expect(blank.status == 1 && blank.errors.contains("--where"), "\(blank.errors)")
        #expect(try program.run(["update-exposures-from-raws", repository, "SimCam"]).status == 2)
        try FileManager.default.removeItem(atPath: folder.path + "/raw/SimCam_1_0.fits")
        let missing = try program.run(command)
        #expect(missing.status == 1 && missing.errors.contains("SimCam_1_0.fits"), "\(missing.errors)")
    }

    @Test("a certified camera gives regions and serial numbers for its time")
    func camera() throws {
        try program.expect(["register-dataset-type", repository, "camera", "Camera", "instrument", "--is-calibration"])
        let table = folder.path + "/cameras.csv"
        let fixture = TestFiles.packageRoot + "/Tests/Fixtures/cameras/camera.fits"
        try Data("path,instrument\n\(fixture),SimCam\n".utf8).write(to: URL(fileURLWithPath: table))
        try program.expect(["ingest-files", repository, "camera", "u/camera", table, "--transfer", "copy"])
        try program.expect([
            "certify-calibrations", repository, "u/camera", "SimCam/calib", "camera", "--begin-date", "2026-01-01",
        ])
        try program.expect(["define-visits", repository, "SimCam", "--collections", "SimCam/calib"])
        let plain = try program.run(["define-visits", repository, "SimCam"])
        #expect(plain.status == 1 && plain.errors.contains("--update-records"), "\(plain.errors)")
        let describe = [
            "describe-instrument", "SimCam", "--repository", repository, "--collections", "SimCam/calib", "--at",
        ]
        let now = try rows(describe + ["2026-06-01"])
        #expect(now.map { $0["in_camera"] as? String } == ["SIM-0001", "SIM-0002", "SIM-0003", "SIM-0104"])
        #expect(now.map { $0["serial"] as? String } == ["SIM-0001", "SIM-0002", "SIM-0003", "SIM-0104"])
        #expect(now.last?["source"] as? String == "camera" && now.last?["in_definition"] as? String == "SIM-0004")
        #expect((now.last?["since"] as? String)?.hasPrefix("2026-01-01") == true)
        let before = try rows(describe + ["2025-06-01"])
        #expect(before.allSatisfy { $0["in_camera"] is NSNull } && before.last?["serial"] as? String == "SIM-0004")
    }
}

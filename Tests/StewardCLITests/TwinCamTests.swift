import Foundation
import Testing

/// The camera of `CONTRIBUTING.md`, from its check to raws, visits and physical detectors.
@Suite struct TwinCamTests {
    private static func definition() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("CONTRIBUTING.md"), encoding: .utf8)
        let block = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first)
        return try #require(block.components(separatedBy: "```").first)
    }

    /// A FITS file that is a primary header without data.
    private static func write(_ path: String, _ exposure: Int, _ chip: Int, _ serial: String, at date: String) throws {
        let cards = [
            "SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    0",
            "INSTRUME= 'TwinCam '", "EXPNUM  = \(exposure)", "CHIP    = \(chip)", "CHIPSER = '\(serial)'",
            "OBSTYPE = 'OBJECT  '", "FILTER  = 'twin-r  '", "EXPTIME =                 30.0", "OBJECT  = 'field 7 '",
            "DATE-OBS= '\(date)'", "RA      = '10:00:28.8'", "DEC     = '-30:12:00'", "ROTPA   =                  0.0",
            "END",
        ]
        let text = cards.map { $0.padding(toLength: 80, withPad: " ", startingAt: 0) }.joined()
        try Data(text.padding(toLength: 2880, withPad: " ", startingAt: 0).utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test("the definition has fewer than 60 lines")
    func short() throws {
        #expect(try Self.definition().split(separator: "\n", omittingEmptySubsequences: false).count < 60)
    }

    @Test("it is in order; raws of generated files are ingested with it, visits defined, detectors known")
    func ingest() throws {
        let folder = try TemporaryFolder()
        let cameras = "\(folder.path)/cameras"
        let raws = "\(folder.path)/raws"
        let repository = "\(folder.path)/repo"
        for path in [cameras, raws] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        try Data(Self.definition().utf8).write(to: URL(fileURLWithPath: "\(cameras)/TwinCam.yaml"))
        for (exposure, date, west) in [(41, "2026-03-10T03:00:00", "T-001"), (42, "2026-03-11T03:00:00", "T-003")] {
            try Self.write("\(raws)/\(exposure)w.fits", exposure, 0, west, at: date)
            try Self.write("\(raws)/\(exposure)e.fits", exposure, 1, "T-002", at: date)
        }
        let program = StewardProgram(environment: ["STEWARD_INSTRUMENT_PATH": cameras])
        #expect(
            try program.expect(["check-instrument", "\(cameras)/TwinCam.yaml"])
                .contains("TwinCam is in order: 2 detectors, 2 filters, translator TwinCam.")
        )
        try program.create(repository)
        _ = try program.expect(["register-instrument", repository, "TwinCam"])
        let ingested = try program.run(["ingest-raws", repository, raws])
        #expect(ingested.status == 0)
        #expect(ingested.errors.contains("Ingested 4 raws of 2 exposures; 0 were there, 0 failures."))
        #expect(ingested.errors.contains("Slot 0 has detector T-003 since 2026-03-11"))
        _ = try program.expect(["define-visits", repository, "TwinCam"])
        let regions = try program.expect([
            "query-dimension-records", repository, "visit_detector_region", "--format", "json",
        ])
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(regions.utf8)) as? [Any])
        #expect(rows.count == 4)
        let exposures = try program.expect(["query-dimension-records", repository, "exposure", "--format", "json"])
        #expect(exposures.contains("zenith_angle"))
        #expect(try serials(program, repository, at: "2026-03-10") == ["T-001", "T-002"])
        #expect(try serials(program, repository, at: "2026-03-12") == ["T-003", "T-002"])
        #expect(try program.run(["describe-instrument", "TwinCam", "--at", "2026-03-12"]).status != 0)
    }

    private func serials(_ program: StewardProgram, _ repository: String, at time: String) throws -> [String] {
        let text = try program.expect([
            "describe-instrument", "TwinCam", "--at", time, "--repository", repository, "--format", "json",
        ])
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        return rows.compactMap { $0["serial"] as? String }
    }
}

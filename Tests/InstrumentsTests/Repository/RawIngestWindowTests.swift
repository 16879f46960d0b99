import FITS
import Foundation
import Steward
import StewardCore
import Testing

@testable import Instruments

/// Ingests in windows of files, files with several detectors, and the account of what was done.
@Suite struct RawIngestWindowTests {
    @Test("the size of windows does not change what is ingested", arguments: [1, 2, 3, 5, 100])
    func windows(_ size: Int) async throws {
        let night = try await RawNight()
        try night.write(1...4, detectors: 3)
        try Data("no FITS".utf8).write(to: URL(fileURLWithPath: night.raws + "/SC_2_9.fits"))
        let butler = try await night.open()
        let report = try await night.ingest(butler) { $0.windowSize = size }
        #expect(report.ingested.count == 12 && report.exposures == 4 && report.failures.count == 1)
        let exposures = report.ingested.map { $0.dataID["exposure"]?.int ?? 0 }
        #expect(exposures == exposures.sorted())
        let again = try await night.ingest(butler) { $0.windowSize = size }
        #expect(again.ingested.isEmpty && again.skipped.count == 12)
    }

    @Test("the first file says what an exposure is, also when the others come much later", arguments: [1, 2, 100])
    func firstFile(_ size: Int) async throws {
        let night = try await RawNight()
        for (name, number, detector, target) in [
            ("a", 1, 0, "field 1"), ("b", 2, 0, "field 2"), ("c", 3, 0, "field 3"), ("d", 1, 1, "field x"),
        ] {
            try night.write(Int64(number), detector, name: name + ".fits", changes: ["OBJECT": .string(target)])
        }
        let butler = try await night.open()
        let report = try await night.ingest(butler) { $0.windowSize = size }
        #expect(report.failures.isEmpty && report.ingested.count == 4 && report.exposures == 3)
        #expect(
            try await Set(butler.column("target_name", of: "exposure")) == [
                .string("field 1"), .string("field 2"), .string("field 3"),
            ]
        )
    }

    @Test("an ingest ends with the first failure when told to")
    func failFast() async throws {
        let night = try await RawNight()
        try night.write(1...2, detectors: 1)
        try Data("no FITS".utf8).write(to: URL(fileURLWithPath: night.raws + "/SC_1_9.fits"))
        let butler = try await night.open()
        let error = await failure { _ = try await night.ingest(butler) { $0.failsFast = true } }
        #expect(error?.code == .corruptFile && error?.description.contains("SC_1_9.fits") == true)
        #expect(try await butler.raws().isEmpty)
    }

    @Test("the account names file, stage, property and reason, as JSON and as text")
    func account() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let bad = try night.write(2, 0, changes: ["FILTER": "SimCam-q"])
        let worse = try night.write(3, 0, changes: ["EXPTIME": nil, "DARKTIME": nil])
        let report = try await night.ingest(try await night.open())
        let failures = try #require(report.summary.json["failures"]?.array)
        #expect(failures.map { $0["subject"]?.string } == [bad, worse])
        #expect(failures.map { $0["stage"]?.string } == ["filter", "header"])
        #expect(failures[0]["candidates"]?.array?.isEmpty == false)
        #expect(failures[0]["remedy"]?.string?.contains("register-instrument") == true)
        #expect(failures[1]["property"]?.string?.contains("exposure_time_requested") == true)
        #expect(report.summary.json["ingested"] == .int(1))
        let lines = report.summary.text.split(separator: "\n")
        #expect(lines.first == "1 raws of 1 exposures ingested, 0 were there, 2 failures")
        #expect(lines.contains { $0.hasPrefix("filter: \(bad): ") })
    }

    // MARK: Several detectors in one file

    /// Writes a file in the manner of DECam: a primary header, and an extension for each detector.
    private func decam(
        _ night: RawNight,
        _ name: String,
        _ detectors: [Int64],
        exposures: [Int64] = []
    ) throws -> String {
        let path = "\(night.raws)/\(name)"
        let file = try FITSFile(creating: path)
        let box = try PixelBox(xMin: 0, yMin: 0, width: 4, height: 4)
        func cards(_ exposure: Int64) -> [(String, FITSValue)] {
            [
                ("INSTRUME", "DECam"), ("EXPNUM", .integer(exposure)), ("OBSID", .string("ct4m\(exposure)")),
                ("OBSTYPE", "zero"), ("FILTER", "z DECam SDSS c0004 9260.0 1520.0"), ("EXPTIME", 1.5), ("EXPREQ", 1.5),
                ("DARKTIME", 2.5), ("DATE-OBS", "2024-01-05T01:02:03.5"), ("PROPID", "p"), ("OBJECT", "x"),
            ]
        }
        try file.append(Image<Int16>(box: box, filledWith: 0), header: FITSHeader(cards(229_388)))
        for (index, detector) in detectors.enumerated() {
            let own = exposures.isEmpty ? [] : cards(exposures[index]).filter { $0.0 == "EXPNUM" }
            try file.append(
                Image<Int16>(box: box, filledWith: 1),
                header: FITSHeader(own + [("CCDNUM", .integer(detector))])
            )
        }
        try file.close()
        return path
    }

    private func open(_ night: RawNight) async throws -> Butler {
        let butler = try await night.open()
        _ = try await RawNight.catalog.definition("DECam").register(in: butler)
        return butler
    }

    @Test("a file with several detectors is one file with several datasets; later ones are added")
    func extensions() async throws {
        let night = try await RawNight()
        let butler = try await open(night)
        let path = try decam(night, "a.fits", [25, 1, 63])
        let report = try await night.ingest(butler, [path]) { $0.mode = .copy }
        #expect(report.failures.map(\.error.description) == [])
        #expect(report.ingested.map { $0.dataID["detector"] } == [.int(25), .int(1)])
        let uris = try await butler.uris(of: report.ingested).map { $0[""] ?? "" }
        #expect(Set(uris).count == 1 && uris[0].hasPrefix("file://\(night.root)/DECam/raw/all"))
        let more = try decam(night, "b.fits", [1, 2])
        let second = try await night.ingest(butler, [path, more]) { $0.mode = .copy }
        #expect(second.failures.map(\.error.description) == [])
        #expect(second.ingested.map { $0.dataID["detector"] } == [.int(2)])
        #expect(second.skipped.count == 3)
    }

    @Test("a file of two exposures, or twice the same detector, is a failure that says so")
    func mixed() async throws {
        let night = try await RawNight()
        let butler = try await open(night)
        let two = try decam(night, "two.fits", [25, 1], exposures: [229_388, 229_389])
        let twice = try decam(night, "twice.fits", [25, 25])
        let report = try await night.ingest(butler, [two, twice])
        #expect(report.failures.map(\.stage) == [.header, .duplicate])
        #expect(report.failures[0].error.message.contains("exposures"))
        #expect(report.failures[1].error.message.contains("one detector"))
        #expect(try await butler.raws().isEmpty)
    }
}

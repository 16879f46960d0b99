import FITS
import Foundation
import Instruments
import Resources
import Steward
import StewardCore
import Testing

/// Raw files that cannot be ingested.
@Suite struct BadRawTests {
    /// A kind of bad file, how far it comes, and words that its message must have.
    struct Kind: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let stage: RawIngest.Stage
        let words: [String]
        let make: @Sendable (RawNight) throws -> Void
    }

    private static func truncate(_ path: String, to size: Int) throws {
        try Data(contentsOf: URL(fileURLWithPath: path)).prefix(size).write(to: URL(fileURLWithPath: path))
    }

    static let kinds = [
        Kind(testDescription: "text", stage: .open, words: ["bad.fits"]) { night in
            try Data("not a FITS file".utf8).write(to: URL(fileURLWithPath: night.raws + "/bad.fits"))
        },
        Kind(testDescription: "empty", stage: .open, words: ["bad.fits"]) { night in
            try Data().write(to: URL(fileURLWithPath: night.raws + "/bad.fits"))
        },
        Kind(testDescription: "truncated header", stage: .open, words: ["bad.fits"]) { night in
            try truncate(night.write(9, 0, name: "bad.fits"), to: 1000)
        },
        Kind(testDescription: "truncated pixels", stage: .open, words: ["bad.fits", "truncated"]) { night in
            let path = try night.write(9, 0, name: "bad.fits")
            try truncate(path, to: Data(contentsOf: URL(fileURLWithPath: path)).count - 2860)
        },
        Kind(testDescription: "truncated extension", stage: .open, words: ["bad.fits", "truncated"]) { night in
            let file = try FITSFile(creating: night.raws + "/bad.fits")
            try file.appendHeader(FITSHeader(RawNight.cards(9, 0)))
            let box = try PixelBox(xMin: 0, yMin: 0, width: 100, height: 100)
            try file.append(Image<UInt16>(box: box, filledWith: 7))
            try file.close()
            try truncate(night.raws + "/bad.fits", to: 20_000)
        },
        Kind(testDescription: "no exposure time", stage: .header, words: ["bad.fits", "EXPTIME"]) { night in
            try night.write(9, 0, name: "bad.fits", changes: ["EXPTIME": nil])
        },
        Kind(testDescription: "no day", stage: .header, words: ["bad.fits", "DAYOBS"]) { night in
            try night.write(9, 0, name: "bad.fits", changes: ["DAYOBS": nil])
        },
        Kind(testDescription: "unknown camera", stage: .header, words: ["bad.fits", "NoCam"]) { night in
            try night.write(9, 0, name: "bad.fits", changes: ["INSTRUME": "NoCam"])
        },
        Kind(testDescription: "filter not registered", stage: .filter, words: ["SimCam-q", "SimCam"]) { night in
            try night.write(9, 0, name: "bad.fits", changes: ["FILTER": "SimCam-q"])
        },
        Kind(testDescription: "dangling link", stage: .open, words: ["bad.fits"]) { night in
            try FileManager.default.createSymbolicLink(
                atPath: night.raws + "/bad.fits",
                withDestinationPath: night.folder + "/gone.fits"
            )
        },
    ]

    @Test("a bad file is reported with reason, and the rest goes on", arguments: kinds)
    func collected(_ kind: Kind) async throws {
        let night = try await RawNight()
        try night.write(1...2)
        try kind.make(night)
        let butler = try await night.open()
        let report = try await night.ingest(butler)
        #expect(report.ingested.count == 4)
        let failure = try #require(report.failures.first)
        #expect(report.failures.count == 1)
        #expect(failure.stage == kind.stage)
        #expect(failure.subject == night.raws + "/bad.fits")
        let text = failure.subject + failure.error.description
        for word in kind.words { #expect(text.contains(word), "\(text)") }
        #expect(report.summary.error?.code == .partialFailure)
        #expect(report.summary.error?.description.contains("bad.fits") == true)
        #expect(try await butler.column("id", of: "exposure").count == 2)
    }

    @Test("the first bad file ends the work before anything is written, on request", arguments: kinds)
    func failFast(_ kind: Kind) async throws {
        let night = try await RawNight()
        try night.write(1...2)
        try kind.make(night)
        let butler = try await night.open()
        let error = await failure { _ = try await night.ingest(butler) { $0.failsFast = true } }
        #expect(error != nil)
        #expect(try await butler.raws().isEmpty)
        #expect(try await butler.column("id", of: "exposure").isEmpty)
    }

    @Test("an instrument that is not registered is named, with the remedy")
    func unregistered() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await Butler.open(night.root, writeable: true)
        let report = try await night.ingest(butler)
        #expect(report.failures.map(\.stage) == [.instrument])
        #expect(report.failures.first?.error.remedy?.contains("register-instrument REPO SimCam") == true)
        #expect(try await butler.raws().isEmpty)
    }

    @Test("a file that is not there is reported")
    func vanished() async throws {
        let night = try await RawNight()
        let path = try night.write(1, 0)
        let butler = try await night.open()
        let report = try await night.ingest(butler, [path, night.raws + "/gone.fits"])
        #expect(report.ingested.count == 1)
        #expect(report.failures.map(\.error.code) == [.fileNotFound])
        #expect(report.failures.map(\.subject) == [night.raws + "/gone.fits"])
    }

    @Test("a repository open for reading is not written to")
    func readOnly() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        _ = try await night.open()
        let butler = try await Butler.open(night.root)
        let error = await failure { _ = try await night.ingest(butler) }
        #expect(error?.code == .readOnly)
        let report = try await night.ingest(butler) { $0.isDryRun = true }
        #expect(report.ingested.count == 1)
    }

    @Test(
        "an exposure whose file fails leaves the others of its transaction alone",
        arguments: [1, 16],
        [TransferMode.copy, .move]
    )
    func batch(_ size: Int, _ mode: TransferMode) async throws {
        let night = try await RawNight()
        try night.write(1...4, detectors: 1)
        let butler = try await night.open()
        let target = "\(night.root)/SimCam/raw/all/raw/20260310/SC_O_20260310_000002"
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        // A file where a folder must be.
        try Data().write(to: URL(fileURLWithPath: target))
        let report = try await night.ingest(butler) { options in
            options.batchSize = size
            options.mode = mode
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: night.raws)
        #expect(left.contains("SC_2_0.fits") && left.count == (mode == .move ? 1 : 4))
        #expect(report.failures.map(\.subject) == ["SC_O_20260310_000002"])
        #expect(report.failures.map(\.stage) == [.ingest])
        #expect(report.ingested.count == 3)
        #expect(report.exposures == 3)
        #expect(try await butler.raws().count == 3)
        #expect(try await butler.column("id", of: "exposure").count == 4)
    }
}

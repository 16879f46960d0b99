import FITS
import Foundation
import Instruments
import ObservationMetadata
import Resources
import Steward
import StewardCore
import Testing

/// Raw files of the simulated camera into repositories.
@Suite struct RawIngestTests {
    @Test("a night is ingested once, and again without effect", arguments: [1, 2, 16])
    func idempotent(_ batch: Int) async throws {
        let night = try await RawNight()
        try night.write(1...3)
        let butler = try await night.open()
        let report = try await night.ingest(butler) { $0.batchSize = batch }
        #expect(report.failures.isEmpty)
        #expect(report.exposures == 3)
        #expect(report.ingested.count == 6)
        let again = try await night.ingest(butler) { $0.batchSize = batch }
        #expect(again.ingested.isEmpty && again.failures.isEmpty)
        #expect(Set(again.skipped.map(\.id)) == Set(report.ingested.map(\.id)))
        #expect(try await butler.raws().count == 6)
        #expect(try await butler.column("id", of: "exposure").count == 3)
        #expect(try await butler.column("id", of: "day_obs").count == 1)
        #expect(try await butler.column("name", of: "group").count == 3)
    }

    @Test("a further detector of an exposure is added later")
    func incremental() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        try night.write(1, 3)
        try night.write(2, 0)
        let report = try await night.ingest(butler)
        #expect(report.ingested.count == 2 && report.skipped.count == 1)
        #expect(try await butler.raws() == ["2026031000001 0", "2026031000001 3", "2026031000002 0"])
    }

    @Test("raws that exist are failures on request, and others are ingested still")
    func existing() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        try night.write(2, 0)
        let report = try await night.ingest(butler) { $0.skipsExisting = false }
        #expect(report.failures.map(\.error.code) == [.conflictingDefinition])
        #expect(report.failures.map(\.stage) == [.ingest])
        #expect(report.failures.map(\.subject) == ["SC_O_20260310_000001"])
        #expect(report.ingested.count == 1)
    }

    @Test("two files of one detector: the second is left out, or fails", arguments: [true, false])
    func twins(_ skips: Bool) async throws {
        let night = try await RawNight()
        try night.write(1, 0, name: "a.fits")
        try night.write(1, 0, name: "b.fits")
        let butler = try await night.open()
        let report = try await night.ingest(butler) { $0.skipsExisting = skips }
        #expect(report.ingested.count == 1)
        #expect(report.skipped.count == (skips ? 1 : 0))
        #expect(report.failures.map(\.stage) == (skips ? [] : [.duplicate]))
        #expect(report.failures.allSatisfy { $0.subject.hasSuffix("b.fits") })
    }

    @Test(
        "files end up where the mode says",
        arguments: [TransferMode.copy, .link, .symlink, .hardlink, .move, .direct]
    )
    func modes(_ mode: TransferMode) async throws {
        let night = try await RawNight()
        let source = try night.write(1, 0)
        let butler = try await night.open()
        let report = try await night.ingest(butler) { $0.mode = mode }
        #expect(report.failures.isEmpty)
        let uri = try #require(try await butler.uris(of: report.ingested).first?[""])
        let path = try #require(try ResourcePath(uri).localPath)
        let target =
            "\(night.root)/SimCam/raw/all/raw/20260310/SC_O_20260310_000001/"
            + "raw_SimCam_SimCam-r_SC_O_20260310_000001_R00_S00_SimCam_raw_all.fits"
        #expect(path == (mode == .direct ? source : target))
        #expect(FileManager.default.fileExists(atPath: path))
        #expect(FileManager.default.fileExists(atPath: source) == (mode != .move))
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
        #expect(isLink == (mode == .symlink))
    }

    @Test("files inside the repository stay where they are, with auto", arguments: [1, 16])
    func inside(_ batch: Int) async throws {
        let night = try await RawNight()
        let butler = try await night.open()
        try FileManager.default.createDirectory(atPath: night.root + "/in", withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: night.write(1, 0), toPath: night.root + "/in/a.fits")
        try night.write(2, 0)
        let report = try await night.ingest(butler, [night.root + "/in", night.raws]) { $0.batchSize = batch }
        #expect(report.failures.isEmpty)
        let paths = try await butler.uris(of: report.ingested).map { try ResourcePath($0[""] ?? "").localPath ?? "" }
        #expect(paths[0] == night.root + "/in/a.fits")
        #expect(paths[1].hasPrefix(night.root + "/SimCam/raw/all/"))
    }

    @Test("only names in which the expression is found are taken")
    func expression() async throws {
        let night = try await RawNight()
        try night.write(1...2)
        let butler = try await night.open()
        let report = try await night.ingest(butler) { $0.namePattern = #"_[0-9]+_1\.fits$"# }
        #expect(report.ingested.count == 2)
        #expect(try await butler.raws() == ["2026031000001 1", "2026031000002 1"])
        let error = await failure { _ = try await night.ingest(butler) { $0.namePattern = "a[" } }
        #expect(error?.code == .invalidArgument)
    }

    @Test("a dry run tells what would be done, and writes nothing")
    func dryRun() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        let first = try await night.ingest(butler) { $0.isDryRun = true }
        #expect(first.ingested.count == 1)
        #expect(try await butler.raws().isEmpty)
        #expect(try await butler.column("id", of: "exposure").isEmpty)
        _ = try await night.ingest(butler)
        try night.write(2, 0)
        let second = try await night.ingest(butler) { $0.isDryRun = true }
        #expect(second.ingested.count == 1 && second.skipped.count == 1)
        #expect(try await butler.raws().count == 1)
    }

    @Test("an optional property that cannot be had is empty, and counted")
    func unknownProperty() async throws {
        let night = try await RawNight()
        try night.write(1, changes: ["RA": "here", "IMGTYPE": "BIAS"])
        let butler = try await night.open()
        let report = try await night.ingest(butler)
        #expect(report.failures.isEmpty)
        #expect(report.unknownProperties == ["tracking_radec": 1])
        #expect(try await butler.column("tracking_ra", of: "exposure") == [nil])
    }

    // MARK: Records that exist

    @Test("an exposure record that differs is a failure naming the field, unless it is to be changed")
    func differing() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        try night.write(1, 1, changes: ["OBJECT": "field 2"])
        let second = [night.raws + "/SC_1_1.fits"]
        let report = try await night.ingest(butler, second)
        #expect(report.failures.map(\.stage) == [.record])
        #expect(report.failures.first?.error.description.contains("target_name") == true)
        #expect(try await butler.raws().count == 1)
        let dry = try await night.ingest(butler, second) { $0.isDryRun = true }
        #expect(dry.failures.map(\.error.code) == [.conflictingDefinition])
        let changed = try await night.ingest(butler, second) { $0.updatesRecords = true }
        #expect(changed.failures.isEmpty && changed.updatedRecords == 1)
        #expect(try await butler.column("target_name", of: "exposure") == [.string("field 2")])
        #expect(try await butler.raws().count == 2)
    }

    @Test("an exposure record that differs by rounding is left, unless compared strictly")
    func rounding() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let stored = try await butler.column("tracking_ra", of: "exposure")
        try night.write(1, 1, changes: ["RA": .real((150.1 + 0.01).nextUp.nextUp)])
        let strict = try await night.ingest(butler) { $0.comparesStrictly = true }
        let second = [night.raws + "/SC_1_1.fits"]
        #expect(strict.failures.isEmpty, "the first file says what the exposure is")
        let alone = try await night.ingest(butler, second) { $0.comparesStrictly = true }
        #expect(alone.failures.map(\.stage) == [.record])
        let report = try await night.ingest(butler, second)
        #expect(report.failures.isEmpty && report.roundedRecords == 1)
        #expect(try await butler.column("tracking_ra", of: "exposure") == stored)
    }

    // MARK: Sidecars and indexes

    /// Properties of a raw as the reference's sidecars have them.
    private func record(_ number: Int64, _ detector: Int) throws -> HeaderRecord {
        let header = FITSHeader(RawNight.cards(number, detector))
        let reader = ObservationReader(try RawNight.catalog.translators())
        return .translated(try reader.translate(.header(header), of: "x").info)
    }

    @Test("a sidecar stands for the header of a file that is no FITS file")
    func sidecar() async throws {
        let night = try await RawNight()
        for (name, record) in [
            ("a.fits", try record(1, 0)), ("b.fits.fz", .header(FITSHeader(RawNight.cards(1, 1)))),
        ] {
            try Data([0]).write(to: URL(fileURLWithPath: night.raws + "/" + name))
            try Sidecar.write(record, besides: night.raws + "/" + name)
        }
        let butler = try await night.open()
        let report = try await night.ingest(butler)
        #expect(report.failures.map(\.error.description) == [])
        #expect(try await butler.raws() == ["2026031000001 0", "2026031000001 1"])
    }

    @Test("a sidecar that cannot be read is none")
    func corruptSidecar() async throws {
        let night = try await RawNight()
        try night.write(1, 0, name: "a.fits")
        try Data("{\"observation_id\": ".utf8).write(to: URL(fileURLWithPath: night.raws + "/a.json"))
        let report = try await night.ingest(try await night.open())
        #expect(report.failures.isEmpty && report.ingested.count == 1)
    }

    /// An index of two one-byte files, and of one that is not there.
    private func indexed(_ night: RawNight) throws {
        var records: [(file: String, record: HeaderRecord)] = []
        for detector in 0..<3 {
            let name = "d\(detector).fits"
            if detector < 2 { try Data([0]).write(to: URL(fileURLWithPath: "\(night.raws)/\(name)")) }
            records.append((name, try record(1, detector)))
        }
        try HeaderIndex.write(records, to: "\(night.raws)/\(HeaderIndex.fileName)")
    }

    @Test("an index beside the files serves those that were found")
    func impliedIndex() async throws {
        let night = try await RawNight()
        try indexed(night)
        let butler = try await night.open()
        let without = try await night.ingest(butler) { $0.searchesIndexes = false }
        #expect(without.failures.count == 2)
        let report = try await night.ingest(butler)
        #expect(report.failures.isEmpty)
        #expect(try await butler.raws() == ["2026031000001 0", "2026031000001 1"])
    }

    @Test("an index that is named stands for all its files; one that is gone leaves the exposure's record")
    func explicitIndex() async throws {
        let night = try await RawNight()
        try indexed(night)
        let butler = try await night.open()
        let report = try await night.ingest(butler, ["\(night.raws)/\(HeaderIndex.fileName)"])
        #expect(report.failures.map(\.stage) == [.ingest])
        #expect(report.failures.map(\.error.code) == [.fileNotFound])
        #expect(try await butler.raws().isEmpty)
        #expect(try await butler.column("id", of: "exposure").count == 1)
        try Data([0]).write(to: URL(fileURLWithPath: "\(night.raws)/d2.fits"))
        let again = try await night.ingest(butler, ["\(night.raws)/\(HeaderIndex.fileName)"])
        #expect(again.failures.isEmpty && again.ingested.count == 3)
    }

    @Test("a corrupt index is a failure; the headers are read instead")
    func corruptIndex() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        try Data("[]".utf8).write(to: URL(fileURLWithPath: "\(night.raws)/\(HeaderIndex.fileName)"))
        let report = try await night.ingest(try await night.open())
        #expect(report.failures.map(\.stage) == [.index])
        #expect(report.ingested.count == 1)
    }
}

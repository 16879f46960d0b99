import FITS
import Formatters
import Foundation
import Instruments
import ObservationMetadata
import Resources
import Steward
import StewardCore
import StewardTesting
import Testing

@testable import Datastores

/// Raw files in zip files.
@Suite struct ZipRawTests {
    private let id: [String: DimensionValue] = [
        "instrument": .string("SimCam"), "exposure": .int(2_026_031_000_001), "detector": .int(0),
    ]

    /// A zip file with raws of two detectors of two exposures, and text that is no raw file.
    private func zip(_ night: RawNight, deflating: Bool, index: Bool) throws -> String {
        let path = night.folder + "/night 1.zip"
        let writer = try ZipWriter(creating: path, for: path)
        var entries: [(file: String, record: HeaderRecord)] = []
        for number in 1...2 {
            for detector in 0...1 {
                let bytes = try RemoteNight.raw(Int64(number), detector)
                let name = "raws/SC \(number)_\(detector).fits"
                if index {
                    let header = try FITSHeaderReader.read(bytes: bytes, name: name)[0].header
                    entries.append((name, .header(header)))
                }
                // Members whose headers an index has need not be valid.
                try writer.add(name, index && number == 2 ? [1] : bytes, deflating: deflating)
            }
        }
        try writer.add("README.txt", Array("raws of a night".utf8))
        if index {
            let file = night.folder + "/_metadata_index.json"
            try HeaderIndex.write(entries, to: file)
            try writer.add(
                "_metadata_index.json",
                [UInt8](try Data(contentsOf: URL(fileURLWithPath: file))),
                deflating: true
            )
        }
        try writer.finish()
        return path
    }

    @Test("members are recorded where they are and read from there", arguments: [true, false], [true, false])
    func direct(_ deflating: Bool, _ index: Bool) async throws {
        let night = try await RawNight()
        let path = try zip(night, deflating: deflating, index: index)
        let butler = try await night.open()
        let report = try await night.ingest(butler, [path]) { $0.mode = .direct }
        #expect(report.failures.isEmpty && report.ingested.count == 4)
        let uris = try await butler.uris(of: report.ingested).map { $0[""] ?? "" }
        let start = try ResourcePath(path).url
        #expect(uris[0] == "\(start)#zip-path=raws/SC%201_0.fits" && Set(uris).count == 4)
        let metadata = try await butler.get("raw.metadata", id, collections: ["SimCam/raw/all"]) as? FITSHeader
        #expect(metadata?["OBSID"]?.stringValue == "SC_O_20260310_000001")
        #expect(try await butler.get(report.ingested[0]) is DecoratedImage)
        let findings = Findings()
        #expect(try await butler.check { findings.add($0) }.isClean)
        let folder = night.folder + "/out"
        let copies = try await butler.retrieveArtifacts([report.ingested[1]], to: folder, preservingPaths: false)
        #expect(try copies.map { try FileStore().read(ResourcePath(localPath: $0)) } == [RemoteNight.raw(1, 1)])
        // Another zip file in its place is noticed.
        let writer = try ZipWriter(creating: path + "2", for: path)
        try writer.add("raws/SC 1_0.fits", [1, 2])
        try writer.finish()
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: path + "2", toPath: path)
        _ = try await butler.check { findings.add($0) }
        #expect(findings.take().sorted { "\($0)" < "\($1)" } == [.missingFile, .missingFile, .missingFile, .size])
    }

    @Test("members are copied out of the zip file", arguments: [TransferMode.copy, .auto])
    func copies(_ mode: TransferMode) async throws {
        let night = try await RawNight()
        let path = try zip(night, deflating: true, index: false)
        let butler = try await night.open()
        let report = try await night.ingest(butler, [path]) { $0.mode = mode }
        #expect(report.failures.isEmpty && report.ingested.count == 4)
        try FileManager.default.removeItem(atPath: path)
        let uri = try await butler.uris(of: report.ingested)[0][""] ?? ""
        #expect(uri.hasSuffix("raw_SimCam_SimCam-r_SC_O_20260310_000001_R00_S00_SimCam_raw_all.fits"))
        #expect(try FileStore().read(ResourcePath(uri)) == RemoteNight.raw(1, 0))
        let findings = Findings()
        #expect(try await butler.check(RepositoryCheck(comparesChecksums: true)) { findings.add($0) }.isClean)
        let moved = try await night.ingest(butler, [zip(night, deflating: true, index: false)]) {
            $0.mode = .move
            $0.run = "other"
        }
        #expect(moved.ingested.isEmpty && Set(moved.failures.map(\.error.code)) == [.invalidArgument])
    }

    @Test("a zip file on a server is read by parts")
    func remote() async throws {
        let night = try await RawNight()
        let server = try LoopbackServer()
        let path = try zip(night, deflating: false, index: false)
        server.put("/n.zip", [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        let butler = try await night.open()
        let report = try await night.ingest(butler, [server.url("/n.zip")]) { $0.mode = .direct }
        #expect(report.failures.isEmpty && report.ingested.count == 4)
        #expect(server.takeLog().reduce(0) { $0 + $1.sent } < 4 * RangedFile.firstRequest + 5 * 66_000)
        let metadata = try await butler.get("raw.metadata", id, collections: ["SimCam/raw/all"]) as? FITSHeader
        #expect(metadata?["SEQNUM"]?.integerValue == 1)
        #expect(try await butler.get(report.ingested[3]) is DecoratedImage)
        #expect(server.takeLog().allSatisfy { $0.sent < 2_100_000 })
    }

    @Test("what is no zip file, or lacks what its index has, is a failure")
    func failures() async throws {
        let night = try await RawNight()
        let butler = try await night.open()
        try Data("no zip".utf8).write(to: URL(fileURLWithPath: night.folder + "/bad.zip"))
        let path = night.folder + "/poor.zip"
        let writer = try ZipWriter(creating: path, for: path)
        let index = #"{"__CONTENT__": "metadata", "__COMMON__": {"INSTRUME": "SimCam"}, "a.fits": {}, "b.fits": {}}"#
        try writer.add("_metadata_index.json", Array(index.utf8))
        try writer.add("a.fits", [1])
        try writer.finish()
        let report = try await night.ingest(butler, [night.folder + "/bad.zip", path]) { $0.mode = .direct }
        #expect(report.ingested.isEmpty)
        #expect(report.failures.map(\.error.code).prefix(2) == [.corruptFile, .fileNotFound])
        #expect(report.failures.count == 3)
    }
}

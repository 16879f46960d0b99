import FITS
import Formatters
import Foundation
import Instruments
import Resources
import Steward
import StewardCore
import StewardTesting
import Testing

/// Raw files on HTTP servers.
@Suite struct RemoteRawTests {
    @Test("with direct only headers are read, the URL is recorded, and parts are read by ranges")
    func direct() async throws {
        var remote = try await RemoteNight()
        for number in 1...3 { for detector in 0...1 { try remote.add(Int64(number), detector) } }
        let butler = try await remote.night.open()
        let report = try await remote.night.ingest(butler, remote.urls) { $0.mode = .direct }
        #expect(report.failures.isEmpty && report.ingested.count == 6)
        let log = remote.server.takeLog()
        // One look for an index of the folder; for each file one for a sidecar, one range and the size.
        #expect(log.count == 1 + 3 * 6)
        #expect(log.filter { $0.status == 206 }.map(\.sent) == Array(repeating: RangedFile.firstRequest, count: 6))
        #expect(log.reduce(0) { $0 + $1.sent } == 6 * RangedFile.firstRequest)
        #expect(log.filter { $0.status == 404 }.allSatisfy { $0.target.hasSuffix(".json") })
        let uris = try await butler.uris(of: report.ingested).map { $0[""] ?? "" }
        #expect(try uris.map { try ResourcePath($0) } == remote.urls.map { try ResourcePath($0) })

        let ref = report.ingested[0]
        let id: [String: DimensionValue] = [
            "instrument": .string("SimCam"), "exposure": .int(2_026_031_000_001), "detector": .int(0),
        ]
        let metadata = try await butler.get("raw.metadata", id, collections: ["SimCam/raw/all"]) as? FITSHeader
        #expect(metadata?["OBSID"]?.stringValue == "SC_O_20260310_000001")
        #expect(remote.server.takeLog().map(\.sent) == [RangedFile.firstRequest])
        let image = try await butler.get(ref) as? DecoratedImage
        #expect(image?.metadata["SEQNUM"]?.integerValue == 1)
        #expect(remote.server.takeLog().map(\.status) == [200])
        #expect(try await butler.stored(report.ingested, checkingFiles: true) == Array(repeating: true, count: 6))

        let folder = remote.night.folder + "/out"
        let paths = try await butler.retrieveArtifacts(report.ingested, to: folder, preservingPaths: false)
        let copies = try paths.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
        #expect(copies == remote.files.sorted { $0.key < $1.key }.map(\.value))
        #expect(try await butler.copyFile(of: ref, to: remote.night.folder + "/one.fits"))
        #expect(FileManager.default.contentsEqual(atPath: paths[0], andPath: remote.night.folder + "/one.fits"))
    }

    @Test(
        "files on servers are copied, with their checksums, unless direct is asked for",
        arguments: [TransferMode.copy, .auto]
    )
    func copies(_ mode: TransferMode) async throws {
        var remote = try await RemoteNight()
        let first = try remote.add(1, 0)
        try remote.add(1, 1, fault: .noRanges)
        // A local file in the same ingest is linked by auto.
        let local = try remote.night.write(2, 0)
        let butler = try await remote.night.open()
        let report = try await remote.night.ingest(butler, remote.urls + [local]) { $0.mode = mode }
        #expect(report.failures.isEmpty && report.ingested.count == 3)
        let paths = try await butler.uris(of: report.ingested).map { try ResourcePath($0[""] ?? "") }
        #expect(paths.allSatisfy { $0.path.hasPrefix(remote.night.root + "/SimCam/raw/all/") })
        #expect(try FileStore().read(paths[0]) == first)
        // What was downloaded before the transaction has its name now.
        let names = try FileManager.default.contentsOfDirectory(atPath: remote.night.root)
        #expect(!names.contains { $0.hasSuffix(".fits") })
        for url in remote.files.keys { remote.server.set(.status(410, times: 99), at: url) }
        #expect(try await butler.get(report.ingested[1]) is DecoratedImage)
        let findings = Findings()
        #expect(try await butler.check(RepositoryCheck(comparesChecksums: true)) { findings.add($0) }.isClean)
        try Data(first.reversed()).write(to: URL(fileURLWithPath: paths[0].path))
        _ = try await butler.check(RepositoryCheck(comparesChecksums: true)) { findings.add($0) }
        #expect(findings.take() == [.checksum])
    }

    @Test("a check asks servers for sizes")
    func check() async throws {
        var remote = try await RemoteNight()
        for detector in 0...2 { try remote.add(1, detector) }
        let butler = try await remote.night.open()
        let report = try await remote.night.ingest(butler, remote.urls) { $0.mode = .direct }
        remote.server.takeLog()
        let findings = Findings()
        #expect(try await butler.check { findings.add($0) }.isClean)
        #expect(remote.server.takeLog().map(\.method) == ["HEAD", "HEAD", "HEAD"])
        let paths = remote.files.keys.sorted()
        remote.server.put(paths[0], [1, 2, 3])
        remote.server.set(.status(404, times: 99), at: paths[1])
        _ = try await butler.check { findings.add($0) }
        #expect(Set(findings.take()) == [.size, .missingFile])
        #expect(try await butler.stored(report.ingested, checkingFiles: true) == [true, false, true])
        let error = await failure { _ = try await butler.get(report.ingested[0]) }
        #expect(error?.code == .corruptFile)
    }

    @Test("what fails is told with its URL, and the others go on")
    func failures() async throws {
        var remote = try await RemoteNight()
        try remote.add(1, 0)
        try remote.add(2, 0, fault: .status(403, times: 99))
        remote.server.put("/text.fits", Array("no FITS".utf8))
        let butler = try await remote.night.open()
        let others = [remote.server.url("/absent.fits"), remote.server.url("/text.fits")]
        let report = try await remote.night.ingest(butler, remote.urls + others) { $0.mode = .copy }
        #expect(report.ingested.count == 1)
        #expect(report.failures.map(\.stage) == [.open, .open, .open])
        #expect(report.failures.map(\.error.code) == [.fileAccess, .fileNotFound, .corruptFile])
        #expect(report.failures.map(\.subject).dropFirst() == others[...])
    }

    @Test("what is on a server can be neither linked nor moved", arguments: [TransferMode.link, .symlink, .move])
    func links(_ mode: TransferMode) async throws {
        var remote = try await RemoteNight()
        try remote.add(1, 0)
        let butler = try await remote.night.open()
        let report = try await remote.night.ingest(butler, remote.urls) { $0.mode = mode }
        #expect(report.ingested.isEmpty && report.failures.map(\.error.code) == [.invalidArgument])
        #expect(report.failures.first?.error.remedy?.contains("copy") == true)
    }

    @Test("a download that fails leaves neither file nor dataset")
    func failedDownload() async throws {
        var remote = try await RemoteNight()
        try remote.add(1, 0)
        try remote.add(1, 1, fault: .partsOnly)
        let butler = try await remote.night.open()
        let report = try await remote.night.ingest(butler, remote.urls) { $0.mode = .copy }
        #expect(report.ingested.isEmpty && report.failures.map(\.error.code) == [.fileNotFound])
        #expect(try await butler.raws().isEmpty)
        let left = FileManager.default.enumerator(atPath: remote.night.root)?.compactMap { $0 as? String } ?? []
        #expect(!left.contains { $0.contains(".fits") })
    }

    @Test("an index beside the files stands for their headers")
    func index() async throws {
        var remote = try await RemoteNight()
        try remote.add(1, 0)
        let header = try FITSHeaderReader.read(bytes: try RemoteNight.raw(1, 0), name: "raw")[0].header
        let cards = header.cards.compactMap { card -> String? in
            switch card.value {
            case .string(let text): "\"\(card.keyword)\": \"\(text)\""
            case .integer(let value): "\"\(card.keyword)\": \(value)"
            case .real(let value): "\"\(card.keyword)\": \(value)"
            case .logical(let value): "\"\(card.keyword)\": \(value)"
            default: nil
            }
        }
        let text = """
            {"__CONTENT__": "metadata", "__COMMON__": {}, "SC_1_0.fits": {\(cards.joined(separator: ", "))}}
            """
        remote.server.put("/night 1/_index.json", Array(text.utf8))
        let butler = try await remote.night.open()
        let report = try await remote.night.ingest(butler, remote.urls) { $0.mode = .direct }
        #expect(report.failures.isEmpty && report.ingested.count == 1)
        #expect(remote.server.takeLog().map(\.method) == ["GET", "HEAD"])
    }
}

/// The reference on datasets whose files are on a server.
@Suite(
    .enabled(if: Reference.speaksHTTP, "STEWARD_REFERENCE names no virtualenv with the reference and its HTTP client")
)
struct RemoteInteropTests {
    @Test("the reference retrieves the files of our records")
    func retrieval() async throws {
        var remote = try await RemoteNight()
        let bytes = try remote.add(1, 0)
        let butler = try await remote.night.open()
        let report = try await remote.night.ingest(butler, remote.urls) { $0.mode = .direct }
        #expect(report.ingested.count == 1)
        let folder = remote.night.folder + "/theirs"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Reference.run(
            "butler",
            ["retrieve-artifacts", remote.night.root, folder, "-d", "raw", "--collections", "SimCam/raw/all"]
        )
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".fits") }
        #expect(names.count == 1)
        #expect(FileManager.default.contents(atPath: "\(folder)/\(names.first ?? "")").map { Array($0) } == bytes)
    }
}

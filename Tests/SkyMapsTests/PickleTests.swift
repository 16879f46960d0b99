import Foundation
import SkyMaps
import StewardCore
import StewardTesting
import Testing

@Suite struct PickleTests {
    private static let folder = Golden.package.appendingPathComponent("Tests/Fixtures/skymap-pickles")

    private static func pickle(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(name + ".pickle")))
    }

    @Test(
        "pickles of the reference's classes give the golden hashes",
        arguments: [
            ("hsc_rings_v1", "e29fe9f1008e359f36a3677e7d69cc439376d1e6"),
            ("lsst_cells_v1", "e2736e41244df00bbdb93aecac0ae4b2d19dda91"),
            ("ci_hsc", "2adeecc10f5ee735227fb7e8d4e9e3ddecc7f93b"),
            ("dodeca", "4a5a3a92403893be46af6e7011c18b9cffa151bf"),
            ("equat", "fe3a549cb00b95d24265857c156706e46915f324"),
        ]
    )
    func hashes(name: String, hash: String) throws {
        #expect(Hexadecimal.encode(try SkyMap(pickle: Self.pickle(name)).hash) == hash)
    }

    @Test("the version of rings is in the pickle, not in the hash")
    func versions() throws {
        let (old, new) = (
            try SkyMap(pickle: Self.pickle("rings_version0")), try SkyMap(pickle: Self.pickle("hsc_rings_v1"))
        )
        #expect((old.version, new.version) == (0, 1))
        #expect(old == new)
        #expect(try SkyMap(pickle: old.pickle).version == 0)
        // Number 11 is the last of the first ring in the one and the first of the second ring in the other.
        #expect(try old.tract(11).center != new.tract(11).center)
        #expect(try old.tract(9615).id == new.tract(9615).id)
        let (a, b) = (try old.find(ra: 0.01, dec: 0.2).tract, try new.find(ra: 0.01, dec: 0.2).tract)
        #expect(a == b + 243)
    }

    @Test("what is written is read again as the same configuration")
    func roundTrip() throws {
        for entry in try GoldenSkymaps.all() {
            let map = try SkyMap(entry.config.configuration())
            let again = try SkyMap(pickle: map.pickle)
            #expect(again.configuration == map.configuration, "\(entry.name)")
            #expect(again.version == map.version || map.configuration.layout.kind != .rings)
        }
    }

    @Test("damaged pickles are errors, never crashes")
    func damage() throws {
        let whole = try Self.pickle("hsc_rings_v1")
        for length in 0..<whole.count {
            #expect(throws: ButlerError.self) { try SkyMap(pickle: Array(whole.prefix(length))) }
        }
        var generator = SeededGenerator(seed: 66)
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? SkyMap(pickle: bytes)
        }
    }

    @Test("a pickle that would run something is refused")
    func foreign() throws {
        // cos, system, ('id',), reduce: the classic.
        let classic = Array("cos\nsystem\n(X\u{2}\u{0}\u{0}\u{0}idtR.".utf8)
        let error = try #require(throws: ButlerError.self) { try SkyMap(pickle: classic) }
        #expect(error.code == .corruptFile)
        let nested = [0x80, 4] + [UInt8](repeating: 0x85, count: 50_000)
        #expect(throws: ButlerError.self) { try SkyMap(pickle: [0x80, 4, 0x29] + nested) }
    }

    @Test(
        "the reference's configuration classes read what is written, and the other way round",
        .enabled(if: Reference.isPresent)
    )
    func peer() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "steward-pickle-" + UUID().uuidString
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (ours, theirs) = (folder.appendingPathComponent("a"), folder.appendingPathComponent("b"))
        for entry in try GoldenSkymaps.all() {
            let map = try SkyMap(entry.config.configuration())
            try Data(map.pickle).write(to: ours)
            let text = try Reference.peer("reference_skymap.py", ["pickle", ours.path, theirs.path])
            let told = try JSONValue(parsing: text)
            #expect(told["class"]?.string == map.configuration.layout.kind.className)
            #expect(told["config"]?["projection"]?.string == map.configuration.projection)
            let again = try SkyMap(pickle: Array(Data(contentsOf: theirs)))
            #expect(Hexadecimal.encode(again.hash) == entry.sha1, "\(entry.name)")
        }
    }
}

import Foundation
import Resources
import StewardCore
import Testing

@testable import Instruments

/// When files in folders are complete.
@Suite struct FileWatchTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "steward-watch-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder + "/below", withIntermediateDirectories: true)
    }

    private func write(_ name: String, _ text: String, at seconds: Double = 1000) throws {
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: seconds)],
            ofItemAtPath: path
        )
    }

    private func names(_ paths: [String]) -> [String] { paths.map { String($0.dropFirst(folder.count + 1)) }.sorted() }

    @Test("files are given out once, when two looks find them the same")
    func completeness() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var watch = try FileWatch([folder], .fits)
        try write("a.fits", "1")
        try write("below/b.fits.fz", "1")
        try write("c.txt", "1")
        try write(".d.fits.x7Tq", "1")
        try write("empty.fits", "")
        #expect(try watch.look() == [] && watch.growing == 3)
        try write("a.fits", "12")
        #expect(names(try watch.look()) == ["below/b.fits.fz"])
        try write("a.fits", "12", at: 1001)
        #expect(try watch.look() == [])
        #expect(names(try watch.look()) == ["a.fits"])
        #expect(try watch.look() == [] && watch.growing == 1)
        // A changed file that was given out stays given out; one of the same name after it has gone is new.
        try write("a.fits", "123", at: 1002)
        #expect(try watch.look() == [] && watch.look() == [])
        try FileManager.default.removeItem(atPath: folder + "/a.fits")
        #expect(try watch.look() == [])
        try FileManager.default.moveItem(atPath: folder + "/.d.fits.x7Tq", toPath: folder + "/a.fits")
        #expect(try watch.look() == [])
        #expect(names(try watch.look()) == ["a.fits"])
    }

    @Test("failed files are given out again when they have changed, postponed ones when asked for")
    func failures() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var watch = try FileWatch([folder], .fits)
        try write("a.fits", "1")
        try write("b.fits", "1")
        _ = try watch.look()
        let found = try watch.look()
        #expect(names(found) == ["a.fits", "b.fits"])
        watch.fail([folder + "/a.fits"], isLasting: true)
        watch.fail([folder + "/b.fits", "/elsewhere"], isLasting: false)
        #expect(try watch.look() == [])
        #expect(names(try watch.look(retriesPostponed: true)) == ["b.fits"])
        #expect(try watch.look(retriesPostponed: true) == [])
        try write("a.fits", "12")
        #expect(try watch.look() == [])
        #expect(names(try watch.look()) == ["a.fits"])
    }

    @Test("only folders can be followed, and one that cannot be read at the moment changes nothing")
    func folders() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try write("a.fits", "1")
        for path in [folder + "/a.fits", folder + "/none"] {
            #expect(throws: ButlerError(.invalidArgument, "")) { try FileWatch([path], .fits) }
        }
    }
}

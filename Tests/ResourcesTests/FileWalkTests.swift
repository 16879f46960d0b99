import Foundation
import Testing

@testable import Resources

@Suite struct FileWalkTests {
    @Test(
        "names of files that are being written are recognised",
        arguments: ["a.yaml", "a.fits.gz", "a.gz", "noextension", ".hidden", String(repeating: "é", count: 127)]
    )
    func temporary(_ name: String) {
        for _ in 0..<100 { #expect(FileName.isTemporary(FileName.temporary(for: name))) }
        #expect(!FileName.isTemporary(name))
    }

    @Test(
        "names of other files are not taken for those",
        arguments: ["calexp_r.tmp.fits", "a.tmp", "butler.yaml", "abcdefghijkl.fits", "abcdefghijkl.tmpl.fits"]
    )
    func other(_ name: String) {
        #expect(!FileName.isTemporary(name))
    }

    @Test("a walk finds files below a folder, follows no links to folders, and misses none of many")
    func walk() throws {
        let folder = NSTemporaryDirectory() + "steward-walk-" + UUID().uuidString
        let files = FileManager.default
        defer { try? files.removeItem(atPath: folder) }
        var expected: Set<String> = []
        for number in 0..<30 {
            let place = "d\(number % 3)/e\(number % 5)"
            try files.createDirectory(atPath: folder + "/" + place, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(place)/f\(number)"))
            expected.insert("\(place)/f\(number)")
        }
        try files.createSymbolicLink(atPath: folder + "/loop", withDestinationPath: folder)
        try files.createSymbolicLink(atPath: folder + "/broken", withDestinationPath: folder + "/nowhere")
        expected.insert("broken")
        var walk = FileWalk(folder)
        var found: [String] = []
        while let some = walk.next(4) { found += some.map(\.path) }
        #expect(found.count == expected.count && Set(found) == expected && walk.failures.isEmpty)
        #expect(try !walk.remove("d0/e0/f0", unlessChangedSince: 0))
        #expect(try walk.remove("d0/e0/f0", unlessChangedSince: .max))
        #expect(!files.fileExists(atPath: folder + "/d0/e0/f0"))
        var none = FileWalk(folder + "/nowhere")
        #expect(none.next(1) == nil && none.failures.isEmpty)
    }
}

internal import Foundation
public import Resources
internal import StewardCore

/// What every store of files must do, as checks that run below an empty folder.
public enum ResourceStoreConformance: Conformance {
    /// Tries all behaviours; afterwards one file `z` of one byte is left.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - root: An empty folder of it, or one that does not exist.
    /// - Throws: ``ConformanceFailure`` where the store differs; its errors.
    public static func check(_ store: any ResourceStore, below root: ResourcePath) throws {
        let path = root.appending("a b/ü#%20?+&=.fits")
        try checkAbsence(store, path)
        try expectError(.fileNotFound) { _ = try store.list(root.appending("none")) }
        try checkReading(store, path)
        try checkReplacement(store, path)
        try store.write([1], to: root.appending("z"), overwrite: false)
        let entries = [ResourceEntry(name: "a b", isDirectory: true), ResourceEntry(name: "z", isDirectory: false)]
        try expectEqual(try store.list(root), entries, "list")
        try checkDownload(store, root.appending("z"))
        try store.remove(path)
        try expect(try !store.exists(path), "a removed file exists")
    }

    private static func checkAbsence(_ store: any ResourceStore, _ path: ResourcePath) throws {
        try expectEqual(try store.info(path), nil, "info of a file that is not there")
        try expectError(.fileNotFound) { _ = try store.size(path) }
        try expectError(.fileNotFound) { _ = try store.read(path) }
        try expectError(.fileNotFound) { try store.remove(path) }
    }

    private static func checkReading(_ store: any ResourceStore, _ path: ResourcePath) throws {
        try store.write(Array("0123456789".utf8), to: path, overwrite: false)
        try expect(try store.exists(path), "a written file does not exist")
        try expectEqual(try store.size(path), 10, "size")
        try expectEqual(try store.info(path)?.isDirectory, false, "a file is a directory")
        try expectEqual(try store.info(path.parent)?.isDirectory, true, "a directory is a directory")
        let parts: [(ByteRange, String)] = [
            (.all, "0123456789"), (.bounded(2..<4), "23"), (.from(8), "89"), (.last(3), "789"), (.bounded(20..<30), ""),
        ]
        for (range, text) in parts {
            try expectEqual(try store.read(path, range: range), Array(text.utf8), "bytes of \(range)")
        }
        let part = ResourcePart(bytes: Array("89".utf8), size: 10)
        try expectEqual(try store.part(path, at: 8..<20), part, "part")
    }

    private static func checkReplacement(_ store: any ResourceStore, _ path: ResourcePath) throws {
        try expectError(.fileAccess) { try store.write([], to: path, overwrite: false) }
        try expectEqual(try store.size(path), 10, "size after a refused replacement")
        try store.write([], to: path, overwrite: true)
        try expectEqual(try store.read(path), [], "bytes of an empty file")
    }

    private static func checkDownload(_ store: any ResourceStore, _ path: ResourcePath) throws {
        let copy = NSTemporaryDirectory() + "steward-download-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try expectEqual(try store.download(path, to: copy, checksum: nil).size, 1, "size of a download")
        try expectEqual(Array(try Data(contentsOf: URL(fileURLWithPath: copy))), [1], "bytes of a download")
    }
}

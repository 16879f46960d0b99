import Foundation
import Resources

/// A directory that is removed when the value goes away.
final class Scratch: Sendable {
    let root: ResourcePath

    init(in directory: String? = nil) throws {
        let base = directory ?? FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        root = ResourcePath(localPath: base + "/steward-resources-\(UUID().uuidString)", isDirectory: true)
        try FileStore.makeDirectories(root.path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root.path)
    }

    /// Makes a file and gives its path.
    @discardableResult
    func file(_ name: String, _ text: String = "content") throws -> ResourcePath {
        let path = root.appending(name)
        try FileStore().write(Array(text.utf8), to: path, overwrite: true)
        return path
    }

    func text(_ path: ResourcePath) throws -> String {
        String(decoding: try FileStore().read(path), as: UTF8.self)
    }

    /// Names of everything below the directory, sorted.
    var names: [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: root.path).sorted()) ?? []
    }

    /// Where a symbolic link leads, as written in it.
    func linkTarget(_ path: ResourcePath) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: path.path)
    }

    func attribute(_ path: ResourcePath, _ key: FileAttributeKey) throws -> Int? {
        try (FileManager.default.attributesOfItem(atPath: path.path)[key] as? NSNumber)?.intValue
    }
}

/// A file system of 64 kB in memory; only where this process may mount one.
final class SmallDisk: Sendable {
    let root: ResourcePath

    /// Whether this process may mount file systems.
    static let isAvailable: Bool = (try? SmallDisk()) != nil

    init() throws {
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        root = ResourcePath(localPath: base + "/steward-disk-\(UUID().uuidString)", isDirectory: true)
        try FileStore.makeDirectories(root.path)
        do {
            try SmallDisk.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", root.path])
        } catch {
            try? FileManager.default.removeItem(atPath: root.path)
            throw error
        }
    }

    deinit {
        try? SmallDisk.run(["umount", root.path])
        try? FileManager.default.removeItem(atPath: root.path)
    }

    func makeReadOnly() throws {
        try SmallDisk.run(["mount", "-o", "remount,ro", root.path])
    }

    private static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    }
}

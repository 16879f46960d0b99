import ButlerConfig
import Foundation

/// Files in `Tests/Fixtures/config`, made with the reference's libraries.
enum ConfigFixture {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/config")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    static func json(_ name: String) throws -> ConfigTree {
        try ConfigTree(json: text(name), source: name)
    }
}

/// A directory that is removed when the value goes away.
final class Scratch {
    let path: String

    init() throws {
        // Symbolic links on the way are resolved, as the working directory of a process is.
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        path = base.appendingPathComponent("steward-config-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, making directories on the way.
    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// A loader whose working directory is this one.
    func loader(_ environment: [String: String] = [:]) -> ConfigLoader {
        ConfigLoader(environment: environment, workingDirectory: path)
    }
}

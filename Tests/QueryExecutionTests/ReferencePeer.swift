import Foundation
import Testing

/// The reference, as a program that makes repositories and answers queries.
///
/// Found through `STEWARD_REFERENCE`, the path of its virtual environment.
enum ReferencePeer {
    static var isThere: Bool { python != nil }

    private static var python: String? {
        guard let path = ProcessInfo.processInfo.environment["STEWARD_REFERENCE"], !path.isEmpty else { return nil }
        let python = path + "/bin/python"
        return FileManager.default.isExecutableFile(atPath: python) ? python : nil
    }

    private static var scripts: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Peers")
    }

    /// The repositories of the golden cases, made once for each run of the tests.
    static let repositories = Task { () throws -> String in
        if let made = ProcessInfo.processInfo.environment["STEWARD_QUERY_REPOSITORIES"] { return made }
        let golden = try #require(GoldenFolder.url)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "steward-queries-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try run("query_repositories.py", [golden.path, folder.path])
        return folder.path
    }

    /// Runs a script with some input.
    ///
    /// - Parameters:
    ///   - script: Name of the script.
    ///   - arguments: Its arguments.
    ///   - input: Its standard input.
    /// - Returns: Its standard output.
    /// - Throws: An error with its messages if it fails.
    static func run(_ script: String, _ arguments: [String], input: Data = Data()) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("steward-peer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
        try input.write(to: files[0])
        for file in files.dropFirst() { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = [scripts.appendingPathComponent(script).path] + arguments
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw PeerFailure(message: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
        }
        return try Data(contentsOf: files[1])
    }

    /// A script that failed.
    struct PeerFailure: Error {
        let message: String
    }
}

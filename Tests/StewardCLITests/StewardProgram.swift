import Foundation
import StewardTesting
import Testing

/// The built `steward` program, run as a process of its own.
struct StewardProgram {
    /// What a run left behind.
    struct Outcome {
        let status: Int32
        let wasKilled: Bool
        let output: String
        let errors: String
    }

    /// What stands in front of the program, for instance a shell that sets a limit; the program's path follows.
    var prefix: [String] = []
    var environment: [String: String] = [:]
    var directory: String?

    /// The program lies beside the test bundle; `STEWARD_BINARY` names another one.
    static let path: String = {
        if let path = ProcessInfo.processInfo.environment["STEWARD_BINARY"] { return path }
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let files = FileManager.default
        var folder = bundle
        for _ in 0..<4 {
            let candidate = folder.appendingPathComponent("steward").path
            var isFolder: ObjCBool = false
            if files.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue { return candidate }
            folder.deleteLastPathComponent()
        }
        return TestFiles.packageRoot + "/.build/debug/steward"
    }()

    /// Starts the program without waiting for it.
    func start(_ arguments: [String], input: String?, output: String, errors: String) throws -> Process {
        let words = prefix + [Self.path] + arguments
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("STEWARD_REPO") }
        variables.merge(environment) { $1 }
        process.environment = variables
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        for file in [output, errors] { try Data().write(to: URL(fileURLWithPath: file)) }
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: URL(fileURLWithPath: $0)) }
            ?? FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errors))
        try process.run()
        return process
    }

    /// Runs the program to its end; its streams go through files, so that no pipe can fill up.
    func run(_ arguments: [String], input: String? = nil) throws -> Outcome {
        let folder = try TemporaryFolder()
        let (out, err) = (folder.path + "/out", folder.path + "/err")
        var inputFile: String?
        if let input {
            inputFile = folder.path + "/in"
            try Data(input.utf8).write(to: URL(fileURLWithPath: folder.path + "/in"))
        }
        let process = try start(arguments, input: inputFile, output: out, errors: err)
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus,
            wasKilled: process.terminationReason == .uncaughtSignal,
            output: try String(contentsOfFile: out, encoding: .utf8),
            errors: try String(contentsOfFile: err, encoding: .utf8)
        )
    }

    /// Creates a repository on the kind of database that the pass is for.
    func create(_ root: String) throws {
        let seed = try TestBackend.current.seedConfig(for: root)
        try expect(["create", root] + (seed.map { ["--seed-config", $0, "--override"] } ?? []))
    }

    /// Runs the program, which must succeed, and returns its standard output.
    @discardableResult
    func expect(_ arguments: [String], input: String? = nil) throws -> String {
        let outcome = try run(arguments, input: input)
        try #require(outcome.status == 0, "\(arguments.joined(separator: " ")): \(outcome.errors)")
        return outcome.output
    }
}

/// A folder of its own, gone with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "steward-cli-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        let files = FileManager.default
        if (try? files.removeItem(atPath: path)) == nil {
            try? files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            try? files.removeItem(atPath: path)
        }
    }
}

/// Files of the package that tests use.
enum TestFiles {
    static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

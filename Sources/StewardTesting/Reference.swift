import Foundation
import StewardCore

/// The reference in processes of its own, in the virtualenv that `STEWARD_REFERENCE` names.
public enum Reference {
    /// Folder of the virtualenv; empty if none is named.
    public static let environment = ProcessInfo.processInfo.environment["STEWARD_REFERENCE"] ?? ""

    /// Whether the virtualenv is there.
    public static var isPresent: Bool { FileManager.default.isExecutableFile(atPath: environment + "/bin/butler") }

    /// Whether the virtualenv has the driver of PostgreSQL that its SQLAlchemy asks for.
    public static let speaksPostgreSQL =
        isPresent
        && (try? run("python", ["-c", "import sqlalchemy; sqlalchemy.create_engine('postgresql://a@/b')"])) != nil

    /// Whether the virtualenv has what the reference needs for files on HTTP servers.
    public static let speaksHTTP = isPresent && (try? run("python", ["-c", "import lsst.resources.http"])) != nil

    /// The kinds of database that both sides have on this machine.
    public static var backends: [TestBackend] {
        TestBackend.available.filter { isPresent && ($0 != .postgresql || speaksPostgreSQL) }
    }

    /// A program of the virtualenv that ended with another code than 0.
    public struct Failure: Error, CustomStringConvertible {
        /// The command line, the code and what the program complained of.
        public let description: String
    }

    /// Runs a program of the virtualenv.
    ///
    /// - Parameters:
    ///   - program: Its name in the virtualenv's `bin`.
    ///   - arguments: What it is called with.
    /// - Returns: What it printed.
    /// - Throws: ``Failure`` if it ended with another code than 0; file errors.
    @discardableResult
    public static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(environment)/bin/\(program)")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONWARNINGS": "ignore"]) { $1 }
        let complaints = NSTemporaryDirectory() + "steward-reference-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: complaints) }
        try Data().write(to: URL(fileURLWithPath: complaints))
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle(forWritingAtPath: complaints)
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let said = try String(contentsOfFile: complaints, encoding: .utf8).suffix(2000)
            let words = ([program] + arguments).joined(separator: " ")
            throw Failure(description: "\(words) ended with \(process.terminationStatus): \(said)")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// Runs a script of `Tests/Peers` in the virtualenv's Python.
    ///
    /// - Parameters:
    ///   - name: The script's file name.
    ///   - arguments: What it is called with.
    /// - Returns: What it printed.
    /// - Throws: As ``run(_:_:)``.
    @discardableResult
    public static func peer(_ name: String, _ arguments: [String]) throws -> String {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try run("python", [package.appendingPathComponent("Tests/Peers/\(name)").path] + arguments)
    }
}

import Foundation
import Testing

/// The reference's Python, where `STEWARD_REFERENCE` names its virtual environment.
enum Reference {
    static let python = ProcessInfo.processInfo.environment["STEWARD_REFERENCE"].map { $0 + "/bin/python" }

    /// Runs a program with a file as argument; gives what it prints.
    static func run(_ program: String, on input: [UInt8], suffix: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/steward-reference-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/input" + suffix
        try Data(input).write(to: URL(fileURLWithPath: file))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = ["-W", "ignore", "-c", program, file]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}

import Foundation
import StewardTesting

extension Reference {
    /// Runs a Python program with a file as argument; gives what it prints.
    static func run(_ program: String, on input: [UInt8], suffix: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/steward-reference-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/input" + suffix
        try Data(input).write(to: URL(fileURLWithPath: file))
        return try run("python", ["-c", program, file])
    }
}

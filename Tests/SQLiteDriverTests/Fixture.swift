import Foundation

/// A file of `Tests/Fixtures/databases`.
enum Fixture {
    static func text(_ name: String) throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try String(contentsOf: tests.appending(path: "Fixtures/databases/\(name)"), encoding: .utf8)
    }
}

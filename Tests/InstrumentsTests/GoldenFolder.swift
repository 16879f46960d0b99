import Foundation
import StewardCore
import Testing

/// Golden values of the reference: from `STEWARD_GOLDEN`, from `../shared/golden`, or from the fixtures.
enum GoldenFolder {
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The JSON files of one area, by name; none when the area is not there.
    static func files(_ area: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url(area).path)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }

    /// The content of one file.
    static func read(_ area: String, _ name: String) throws -> JSONValue {
        try JSONValue(parsing: Data(contentsOf: url(area).appendingPathComponent(name)), source: name)
    }

    private static func url(_ area: String) -> URL {
        if let root = ProcessInfo.processInfo.environment["STEWARD_GOLDEN"] {
            return URL(fileURLWithPath: root).appendingPathComponent(area)
        }
        let shared = package.deletingLastPathComponent().appendingPathComponent("shared/golden").appendingPathComponent(
            area
        )
        if FileManager.default.fileExists(atPath: shared.path) { return shared }
        return package.appendingPathComponent("Tests/Fixtures").appendingPathComponent(area)
    }
}

extension JSONValue {
    /// The value of a key that must be there.
    func at(_ key: String) throws -> JSONValue {
        try #require(self[key], "no key \(key)")
    }
}

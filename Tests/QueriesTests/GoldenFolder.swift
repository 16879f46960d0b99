import Foundation
import StewardCore
import Testing

/// The golden values of the query system.
enum GoldenFolder {
    /// The folder `queries`: of `STEWARD_GOLDEN`, of the shared golden values, or the copy among the fixtures.
    static var url: URL? { folder("queries") }

    /// A folder of golden values.
    static func folder(_ name: String) -> URL? {
        let root = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        var candidates = [
            root.appendingPathComponent("../shared/golden"), root.appendingPathComponent("Tests/Fixtures"),
        ]
        if let path = ProcessInfo.processInfo.environment["STEWARD_GOLDEN"] {
            candidates = [URL(fileURLWithPath: path)]
        }
        return candidates.map { $0.appendingPathComponent(name) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// All case files whose group passes a test.
    static func groups(where isWanted: (String) -> Bool) throws -> [JSONValue] {
        let folder = try #require(url, "no golden values of queries")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.compactMap { file in
            let text = try String(contentsOf: file, encoding: .utf8)
            let group = try JSONValue(parsing: text, source: file.lastPathComponent)
            return group["group"]?.string.map(isWanted) == true ? group : nil
        }
    }
}

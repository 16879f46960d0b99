import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

@testable import ReferenceCatalogues

/// Golden values of reference catalogues: from `STEWARD_GOLDEN`, from `../shared/golden`, or from the fixtures.
enum GoldenCatalogue {
    static let folder: URL = {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        if let root = ProcessInfo.processInfo.environment["STEWARD_GOLDEN"] {
            return URL(fileURLWithPath: root).appendingPathComponent("refcats")
        }
        let shared = package.deletingLastPathComponent().appendingPathComponent("shared/golden/refcats")
        if FileManager.default.fileExists(atPath: shared.path) { return shared }
        return package.appendingPathComponent("Tests/Fixtures/refcats")
    }()

    static var input: String { folder.appendingPathComponent("input.csv").path }
    static var config: String { folder.appendingPathComponent("config.yaml").path }

    static func json(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Data(contentsOf: folder.appendingPathComponent(name)), source: name)
    }

    /// The shards of the reference's form, by trixel; the empty one with the schema is left out.
    static func shards() throws -> [(trixel: UInt64, path: String)] {
        let inner = folder.appendingPathComponent("shards")
        return try FileManager.default.contentsOfDirectory(atPath: inner.path).sorted().compactMap { name in
            UInt64(name.replacing(".fits", with: "")).map { ($0, inner.appendingPathComponent(name).path) }
        }
    }

    /// The rows of a CSV file without quotes, as dictionaries.
    static func csv(_ name: String) throws -> [[String: String]] {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        let names = try #require(lines.first).map(String.init)
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(names, $0.map(String.init))) }
    }
}

/// A folder of its own, gone with the value.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "steward-refcats-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }

    /// A new repository in the folder.
    func repository() async throws -> Butler {
        let root = path + "/repo"
        try await Butler.create(root, RepositoryCreation(seedConfig: TestBackend.current.seedConfig(for: root)))
        return try await Butler.open(path + "/repo", writeable: true)
    }

    /// What lies in the repository beside its configuration, its database, and what an open butler notes.
    var leftovers: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/repo")) ?? []
        return names.filter { $0 != "butler.yaml" && !$0.hasPrefix("gen3.sqlite3") && !$0.hasSuffix(".tmp.list") }
    }
}

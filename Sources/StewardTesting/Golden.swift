public import Foundation
public import StewardCore

/// Golden values: what the reference answered, as files in one folder for each area.
///
/// The root is the environment variable `STEWARD_GOLDEN` where it has the area, else `../shared/golden` beside the
/// package, else the copies in `Tests/Fixtures`.
public enum Golden {
    /// The package's folder.
    public static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The folder of an area, for instance `queries` or `calibs/collections`; nil if there is none.
    public static func folder(_ area: String) -> URL? {
        let given = ProcessInfo.processInfo.environment["STEWARD_GOLDEN"].map { URL(fileURLWithPath: $0) }
        let shared = package.deletingLastPathComponent().appendingPathComponent("shared/golden")
        return [given, shared, package.appendingPathComponent("Tests/Fixtures")]
            .compactMap { $0?.appendingPathComponent(area) }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// Names of an area's JSON files, sorted; none where the area is not there.
    public static func names(_ area: String) -> [String] {
        let all = folder(area).flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) }
        return (all ?? []).filter { $0.hasSuffix(".json") }.sorted()
    }

    /// The content of a JSON file.
    ///
    /// - Parameters:
    ///   - area: The area.
    ///   - name: One of ``names(_:)``.
    /// - Returns: Its value.
    /// - Throws: File errors; ``ButlerError`` if it is not JSON.
    public static func json(_ area: String, _ name: String) throws -> JSONValue {
        try JSONValue(parsing: data(area, name), source: name)
    }

    /// The values of an area's files that have a form, by file name; files that do not decode as it are others.
    public static func values<Form: Decodable>(_ form: Form.Type, _ area: String, prefix: String = "") -> [Form] {
        names(area).filter { $0.hasPrefix(prefix) }
            .compactMap { try? JSONDecoder().decode(form, from: data(area, $0)) }
    }

    private static func data(_ area: String, _ name: String) throws -> Data {
        guard let folder = folder(area) else { throw CocoaError(.fileNoSuchFile) }
        return try Data(contentsOf: folder.appendingPathComponent(name))
    }
}

import Foundation
import Testing

/// Golden values of the reference: from `STEWARD_GOLDEN`, from `../shared/golden`, or from the fixtures.
enum GoldenFile {
    static let folder: URL = {
        let package = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        if let root = ProcessInfo.processInfo.environment["STEWARD_GOLDEN"] {
            return URL(fileURLWithPath: root).appendingPathComponent("sky")
        }
        let shared = package.deletingLastPathComponent().appendingPathComponent("shared/golden/sky")
        let isThere = FileManager.default.fileExists(atPath: shared.path)
        return isThere ? shared : package.appendingPathComponent("Tests/Fixtures/sky")
    }()

    /// Decodes the file of a form: the one of the usual name, else the first that has the form.
    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        let usual = folder.appendingPathComponent(name)
        if FileManager.default.fileExists(atPath: usual.path) {
            return try JSONDecoder().decode(type, from: Data(contentsOf: usual))
        }
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        let values = files.compactMap { try? JSONDecoder().decode(type, from: Data(contentsOf: $0)) }
        return try #require(values.first, "no golden file of the form of \(name) in \(folder.path)")
    }
}

/// One cell of a table with mixed types.
enum Cell: Decodable, Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([Cell])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else {
            self = .list(try container.decode([Cell].self))
        }
    }

    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var list: [Cell]? { if case .list(let value) = self { value } else { nil } }
    var flag: Bool? { if case .flag(let value) = self { value } else { nil } }
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

import Foundation

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

    /// Decodes one file.
    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: folder.appendingPathComponent(name)))
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

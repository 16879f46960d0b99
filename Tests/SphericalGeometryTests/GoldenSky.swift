import Foundation
import SphericalGeometry
import StewardCore
import StewardTesting
import Testing

/// Golden values of the reference's geometry.
enum GoldenSky {
    /// Decodes every file of the folder that has a form; a test fails where there is none.
    static func files<Form: Decodable>(_ form: Form.Type, prefix: String = "") throws -> [Form] {
        let found = Golden.values(form, "sky", prefix: prefix)
        try #require(!found.isEmpty, "no golden file of the form \(form)")
        return found
    }

    /// Decodes a region from hexadecimal text.
    static func region(_ hex: String) throws -> Region {
        try Region(hexadecimal: hex)
    }
}

/// Three numbers and what follows them in a JSON array.
struct PointAnswer: Decodable {
    let point: UnitVector3D
    let isInside: Bool

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        point = UnitVector3D(
            normalized: try row.decode(Double.self),
            try row.decode(Double.self),
            try row.decode(Double.self)
        )
        isInside = try row.decode(Bool.self)
    }
}

/// Relation bits and overlap of a pair.
struct RelationAnswer: Decodable {
    let bits: UInt8
    let overlap: Bool?

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        bits = try row.decode(UInt8.self)
        overlap = try row.decodeNil() ? nil : row.decode(Bool.self)
    }
}

/// The form of `regions.json`.
struct RegionsFile: Decodable {
    struct Case: Decodable {
        let name: String
        let type: String
        let hex: String
        let base64: String
        let pos: String?
        let isEmpty: Bool
        let isFull: Bool?
        let area: Double?
        let centroid: [Double]?
        let boundingBox: String
        let boundingCircle: String
        let contains: [PointAnswer]
    }
    let regions: [Case]
}

/// The form of `relations.json`.
struct RelationTableFile: Decodable {
    struct Entry: Decodable {
        let name: String
        let hex: String
    }
    let regions: [Entry]
    let table: [[RelationAnswer]]
}

/// The form of `relations_edge.json`.
struct RelationPairsFile: Decodable {
    struct Case: Decodable {
        let a: String
        let b: String
        let r: RelationAnswer
    }
    let cases: [Case]
}

/// The form of `orientation.json`.
struct OrientationFile: Decodable {
    let cases: [[Double]]
}

/// The form of `hull.json`.
struct HullFile: Decodable {
    struct Case: Decodable {
        let points: [[Double]]
        let hex: String?
        let error: String?
    }
    let cases: [Case]
}

/// The form of `pos.json`.
struct PosFile: Decodable {
    struct Case: Decodable {
        let pos: String
        let hex: String?
        let back: String?
        let error: String?
    }
    let cases: [Case]
}

/// The form of `base64.json`.
struct Base64File: Decodable {
    struct Text: Decodable {
        let text: String
        /// Hexadecimal bytes, or the name of an error.
        let answer: String

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            text = try row.decode(String.self)
            answer = try row.decode(String.self)
        }
    }
    struct Expression: Decodable {
        let text: String
        let overlap: Bool?

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            text = try row.decode(String.self)
            overlap = try row.decodeNil() ? nil : row.decode(Bool.self)
        }
    }
    let decode: [Text]
    let overlaps: [Expression]
}

/// The form of `index.json`.
struct IndexFile: Decodable {
    struct Name: Decodable {
        let system: String
        let level: Int
        let index: UInt64
        let name: String

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            system = try row.decode(String.self)
            level = try row.decode(Int.self)
            index = try row.decode(UInt64.self)
            name = try row.decode(String.self)
        }
    }
    struct Point: Decodable {
        let v: [Double]
        let htm: [UInt64]
        let mq3c: [UInt64]
        let q3c: [UInt64]
        let healpix: [UInt64]

        subscript(system: String) -> [UInt64] {
            ["htm": htm, "mq3c": mq3c, "q3c": q3c, "healpix": healpix][system] ?? []
        }
    }
    let levels: [String: [Int]]
    let points: [Point]
    let strings: [Name]
}

/// The form of `pixels.json`.
struct PixelsFile: Decodable {
    struct Pixel: Decodable {
        let system: String
        let level: Int
        let index: UInt64
        let hex: String

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            system = try row.decode(String.self)
            level = try row.decode(Int.self)
            index = try row.decode(UInt64.self)
            hex = try row.decode(String.self)
        }
    }
    struct Universe: Decodable {
        let system: String
        let level: Int
        let bounds: [UInt64]

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            system = try row.decode(String.self)
            level = try row.decode(Int.self)
            bounds = try row.decode([UInt64].self)
        }
    }
    let pixels: [Pixel]
    let universe: [Universe]
}

/// The form of `envelope_*.json`.
struct EnvelopeFile: Decodable {
    struct Case: Decodable {
        let name: String
        let level: Int
        let envelope: [UInt64]?
        let interior: [UInt64]?
        let envelopeError: String?
        let interiorError: String?
        let envelopeMax: [Int: [UInt64]]
        let interiorMax: [Int: [UInt64]]

        init(from decoder: any Decoder) throws {
            let row = try decoder.singleValueContainer().decode([String: Value].self)
            func text(_ key: String) -> String? { if case .text(let text)? = row[key] { text } else { nil } }
            func bounds(_ key: String) -> [UInt64]? { if case .bounds(let all)? = row[key] { all } else { nil } }
            func limited(_ prefix: String) -> [Int: [UInt64]] {
                var found: [Int: [UInt64]] = [:]
                for key in row.keys where key.hasPrefix(prefix) {
                    if let limit = Int(key.dropFirst(prefix.count)) { found[limit] = bounds(key) }
                }
                return found
            }
            guard let name = text("name"), case .number(let level)? = row["level"] else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no name"))
            }
            self.name = name
            self.level = level
            envelope = bounds("envelope")
            interior = bounds("interior")
            envelopeError = text("envelopeError")
            interiorError = text("interiorError")
            envelopeMax = limited("envelope_max")
            interiorMax = limited("interior_max")
        }
    }

    enum Value: Decodable {
        case text(String)
        case number(Int)
        case bounds([UInt64])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let number = try? value.decode(Int.self) {
                self = .number(number)
            } else {
                self = .bounds(try value.decode([UInt64].self))
            }
        }
    }
    let regions: [String: String]
    let cases: [Case]
}

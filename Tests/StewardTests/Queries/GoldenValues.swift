import AstroTime
import Datasets
import Dimensions
import Foundation
import Queries
import SphericalGeometry
import StewardCore
import Testing

/// Special values of the golden query cases, and results in the form in which the golden files hold them.
enum GoldenValues {
    static func binds(_ json: JSONValue?) throws -> [String: BindValue] {
        var binds: [String: BindValue] = [:]
        for member in json?.members ?? [] {
            if let list = member.value.array ?? member.value["$set"]?.array {
                binds[member.key] = .list(try list.map(literal))
            } else {
                binds[member.key] = .value(try literal(member.value))
            }
        }
        return binds
    }

    static func dataID(_ json: JSONValue?) throws -> [String: LiteralValue] {
        var values: [String: LiteralValue] = [:]
        for member in json?.members ?? [] { values[member.key] = try literal(member.value) }
        return values
    }

    static func literal(_ json: JSONValue) throws -> LiteralValue {
        switch json {
        case .int(let value): return .int(value)
        case .double(let value): return .real(value)
        case .string(let value): return .string(value)
        case .bool(let value): return .int(value ? 1 : 0)
        case .null, .array: throw ButlerError(.invalidArgument, "\(json) is no value.")
        case .object: return try special(json)
        }
    }

    private static func special(_ json: JSONValue) throws -> LiteralValue {
        if let time = json["$time"]?.string {
            let scale = try json["scale"]?.string.map { try TimeScale(name: $0) } ?? .tai
            return .time(try TAI(time, format: time.contains("T") ? .isot : .iso, scale: scale))
        }
        if let pair = json["$timespan"] { return .timespan(try timespan(pair)) }
        if let text = json["$uuid"]?.string { return try .uuid(#require(UUID(uuidString: text))) }
        if let position = json["$region"]?.string { return .region(try Region(ivoaPos: position)) }
        if let point = json["$point"]?.array?.compactMap(\.double), point.count == 2 {
            return .region(.circle(Circle(point: UnitVector3D(try LonLat(degrees: point[0], point[1])))))
        }
        if let pixel = json["$pixel"]?.array, let name = pixel.first?.string, let index = pixel.last?.int {
            let level = try #require(Int(name.drop { !$0.isNumber }))
            if name.hasPrefix("htm") {
                return .region(.polygon(try HTMPixelization(level: level).pixel(UInt64(index))))
            }
            return .region(.polygon(try HEALPixPixelization(level: level).pixel(UInt64(index))))
        }
        throw ButlerError(.invalidArgument, "\(json) is no value.")
    }

    static func timespan(_ json: JSONValue) throws -> Timespan {
        let bounds = try (json.array ?? []).map { bound in
            try bound.string.map { try TAI($0, format: $0.contains("T") ? .isot : .iso, scale: .tai) }
        }
        return try Timespan(begin: bounds[0], end: bounds[1])
    }

    // MARK: Results

    static func json(_ dataID: DataCoordinate) -> JSONValue {
        .object(dataID.items.map { .init($0.dimension.name, $0.value.json) })
    }

    static func json(_ ref: DatasetRef) -> JSONValue {
        .object([
            "type": .string(ref.datasetType.name), "storage_class": .string(ref.datasetType.storageClass),
            "run": .string(ref.run), "id": .string(ref.id.dashed), "data_id": json(ref.dataID),
        ])
    }

    static func json(_ value: DimensionRecord.FieldValue) -> JSONValue {
        switch value {
        case .null: .null
        case .int(let value): .int(value)
        case .real(let value): .double(value)
        case .string(let value): .string(value)
        case .bool(let value): .bool(value)
        case .bytes(let value): .string(Hexadecimal.encode(value))
        case .region(let value): json(value)
        case .timespan(let value): json(value)
        }
    }

    static func json(_ value: ResultValue) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .value(.int(let value)): .int(value)
        case .value(.real(let value)): .double(value)
        case .value(.string(let value)): .string(value)
        case .value(.uuid(let value)): .string(value.dashed)
        case .value(.time(let value)): .object(["time_nsec": .int(value.nanoseconds)])
        case .value(.timespan(let value)): json(value)
        case .value(.region(let value)): json(value)
        case .value(.hash(let value)): .string(Hexadecimal.encode(value))
        }
    }

    private static func json(_ region: Region) -> JSONValue {
        let digest = Digest.of(region.encoded, .sha256)
        return .object(["region_sha256_16": .string(String(Hexadecimal.encode(digest).prefix(16)))])
    }

    private static func json(_ span: Timespan) -> JSONValue {
        .object(["timespan_nsec": .array([.int(span.beginNanoseconds), .int(span.endNanoseconds)])])
    }

    /// The value with the keys of all objects sorted, so that rows can be compared.
    static func sorted(_ json: JSONValue) -> JSONValue {
        switch json {
        case .array(let items): .array(items.map(sorted))
        case .object(let members): .object(members.map { .init($0.key, sorted($0.value)) }.sorted { $0.key < $1.key })
        case .double(let value): Int64(exactly: value).map { .int($0) } ?? json
        default: json
        }
    }
}

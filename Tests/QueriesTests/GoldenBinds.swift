import AstroTime
import Foundation
@testable import Queries
import SphericalGeometry
import StewardCore
import Testing

/// Special values of the golden query cases.
enum GoldenBinds {
    static func binds(_ json: JSONValue?) throws -> [String: BindValue] {
        var binds: [String: BindValue] = [:]
        for member in json?.members ?? [] { binds[member.key] = try bind(member.value) }
        return binds
    }

    private static func bind(_ json: JSONValue) throws -> BindValue? {
        if let list = json.array ?? json["$set"]?.array { return .list(try list.compactMap(literal)) }
        return try literal(json).map(BindValue.value)
    }

    static func literal(_ json: JSONValue) throws -> LiteralValue? {
        switch json {
        case .int(let value): return .int(value)
        case .double(let value): return .real(value)
        case .string(let value): return .string(value)
        case .bool(let value): return .int(value ? 1 : 0)
        case .null, .array: return nil
        case .object: return try special(json)
        }
    }

    private static func special(_ json: JSONValue) throws -> LiteralValue? {
        if let time = json["$time"]?.string { return .time(try Self.time(time, scale: json["scale"]?.string)) }
        if let pair = json["$timespan"]?.array {
            let bounds = try pair.map { try $0.string.map { try time($0, scale: nil) } }
            return .timespan(try Timespan(begin: bounds[0], end: bounds[1]))
        }
        if let text = json["$uuid"]?.string { return try .uuid(#require(UUID(uuidString: text))) }
        if let position = json["$region"]?.string { return .region(try RegionLiteral.region(position: position)) }
        if let point = json["$point"]?.array {
            return .region(try RegionLiteral.region(.point, point.compactMap(\.double)))
        }
        return nil
    }

    static func time(_ text: String, scale: String?) throws -> TAI {
        try TAI(text, format: text.contains("T") ? .isot : .iso, scale: scale.map { try TimeScale(name: $0) } ?? .tai)
    }

    /// The form in which the golden files list literal values; nil for plain ones, which they do not list.
    static func json(_ literal: LiteralValue) -> JSONValue? {
        switch literal {
        case .time(let time): .object([.init("nsec", .int(time.nanoseconds))])
        case .timespan(let span):
            .object([.init("begin_nsec", .int(span.beginNanoseconds)), .init("end_nsec", .int(span.endNanoseconds))])
        case .region(let region): .object([.init("region_base64", .string(region.base64))])
        default: nil
        }
    }
}

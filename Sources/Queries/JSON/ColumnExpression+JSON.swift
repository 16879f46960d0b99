internal import AstroTime
internal import Dimensions
internal import Foundation
internal import SphericalGeometry
public import StewardCore

/// Reads the reference's JSON form of queries, in which names refer to a universe.
struct QueryJSONReader {
    let universe: DimensionUniverse

    /// The value of a key that must be there.
    func member(_ key: String, of json: JSONValue) throws -> JSONValue {
        guard let value = json[key] else { throw Self.malformed(json, "has no \"\(key)\"") }
        return value
    }

    /// The text of a key that must be there.
    func text(_ key: String, of json: JSONValue) throws -> String {
        guard let text = try member(key, of: json).string else { throw Self.malformed(json, "has no text \"\(key)\"") }
        return text
    }

    /// The whole number of a key that must be there.
    func integer(_ key: String, of json: JSONValue) throws -> Int64 {
        guard let number = try member(key, of: json).int else {
            throw Self.malformed(json, "has no integer \"\(key)\"")
        }
        return number
    }

    /// The group of a list of names.
    func group(_ json: JSONValue) throws -> DimensionGroup {
        try universe.group((json.array ?? []).compactMap(\.string))
    }

    static func malformed(_ json: JSONValue, _ reason: String) -> ButlerError {
        ButlerError(.invalidQuery, "The JSON form of a query is malformed: \(json.text().prefix(200)) \(reason).")
    }

    // MARK: Expressions

    func expression(_ json: JSONValue) throws -> ColumnExpression {
        let type = try text("expression_type", of: json)
        switch type {
        case "dimension_key": return .column(.key(try universe.dimension(text("dimension", of: json))))
        case "dimension_field":
            let element = try universe.element(text("element", of: json))
            let field = try text("field", of: json)
            guard element.fields.contains(where: { $0.name == field && $0.dimension == nil }) else {
                throw ButlerError(
                    .invalidQuery,
                    "Dimension element \"\(element.name)\" has no field \"\(field)\".",
                    candidates: Candidates.nearest(to: field, in: element.fields.map(\.name))
                )
            }
            return .column(.field(element, field))
        case "dataset_field":
            guard let field = DatasetField(rawValue: try text("field", of: json)) else {
                throw Self.malformed(json, "names no field of datasets")
            }
            return .column(.dataset(try text("dataset_type", of: json), field))
        case "unary": return try unary(json)
        case "binary":
            guard let operation = ArithmeticOperator(rawValue: try text("operator", of: json)) else {
                throw Self.malformed(json, "has an unknown operator")
            }
            return try expression(member("a", of: json)).combined(operation, expression(member("b", of: json)))
        default: return .literal(try literal(json, type))
        }
    }

    private func unary(_ json: JSONValue) throws -> ColumnExpression {
        let operand = try expression(member("operand", of: json))
        switch try text("operator", of: json) {
        case "-": return try operand.negative()
        case "begin_of": return try operand.bound("begin") ?? operand
        case "end_of": return try operand.bound("end") ?? operand
        default: throw Self.malformed(json, "has an unknown operator")
        }
    }

    private func literal(_ json: JSONValue, _ type: String) throws -> LiteralValue {
        switch type {
        case "int": return .int(try integer("value", of: json))
        case "float":
            guard let value = try member("value", of: json).double else { throw Self.malformed(json, "is no number") }
            return .real(value)
        case "string": return .string(try text("value", of: json))
        case "uuid":
            guard let value = UUID(uuidString: try text("value", of: json)) else {
                throw Self.malformed(json, "is no identifier")
            }
            return .uuid(value)
        case "hash":
            guard let bytes = Data(base64Encoded: try text("encoded", of: json)) else {
                throw Self.malformed(json, "is not base64")
            }
            return .hash(Array(bytes))
        case "datetime": return .time(TAI(nanoseconds: try integer("nsec", of: json)))
        case "timespan":
            let (begin, end) = (try integer("begin_nsec", of: json), try integer("end_nsec", of: json))
            return .timespan(Timespan(beginNanoseconds: begin, endNanoseconds: end))
        case "region": return .region(try Region(base64: text("encoded", of: json)))
        default: throw Self.malformed(json, "has an unknown type")
        }
    }
}

extension ColumnExpression {
    /// The reference's JSON form.
    public var json: JSONValue {
        switch self {
        case .literal(let value): value.json
        case .column(.key(let dimension)):
            .object(["expression_type": "dimension_key", "dimension": .string(dimension.name)])
        case .column(.field(let element, let field)):
            .object(["expression_type": "dimension_field", "element": .string(element.name), "field": .string(field)])
        case .column(.dataset(let type, let field)):
            .object([
                "expression_type": "dataset_field", "dataset_type": .string(type), "field": .string(field.rawValue),
            ])
        case .negated(let operand): Self.unary(operand, "-")
        case .begin(let operand): Self.unary(operand, "begin_of")
        case .end(let operand): Self.unary(operand, "end_of")
        case .arithmetic(let left, let operation, let right):
            .object([
                "expression_type": "binary", "a": left.json, "b": right.json, "operator": .string(operation.rawValue),
            ])
        }
    }

    private static func unary(_ operand: ColumnExpression, _ operation: String) -> JSONValue {
        .object(["expression_type": "unary", "operand": operand.json, "operator": .string(operation)])
    }
}

extension LiteralValue {
    /// The reference's JSON form.
    public var json: JSONValue {
        switch self {
        case .int(let value): .object(["expression_type": "int", "value": .int(value)])
        case .real(let value): .object(["expression_type": "float", "value": .double(value)])
        case .string(let value): .object(["expression_type": "string", "value": .string(value)])
        case .uuid(let value): .object(["expression_type": "uuid", "value": .string(value.uuidString.lowercased())])
        case .hash(let value):
            .object(["expression_type": "hash", "encoded": .string(Data(value).base64EncodedString())])
        case .time(let value): .object(["expression_type": "datetime", "nsec": .int(value.nanoseconds)])
        case .timespan(let value):
            .object([
                "expression_type": "timespan", "begin_nsec": .int(value.beginNanoseconds),
                "end_nsec": .int(value.endNanoseconds),
            ])
        case .region(let value): .object(["expression_type": "region", "encoded": .string(value.base64)])
        }
    }
}

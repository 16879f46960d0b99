import Datasets
import Dimensions
import Queries
import StewardCore

/// A column that a condition can name.
struct SampleColumn {
    let text: String
    let type: ExpressionType
    let values: [SampleValue]
}

extension RandomQuery {
    /// A condition of so many levels.
    mutating func expression(_ depth: Int) -> String {
        guard depth > 0 else { return leaf() }
        switch number(0..<7) {
        case 0, 1: return "\(expression(depth - 1)) AND \(expression(depth - 1))"
        case 2: return "(\(expression(depth - 1)) OR \(expression(depth - 1)))"
        case 3: return "NOT (\(expression(depth - 1)))"
        case 4: return "(NOT \(leaf()) OR \(expression(depth - 1)))"
        case 5: return "\(expression(depth - 1)) or \(expression(depth - 1))"
        default: return leaf()
        }
    }

    private mutating func column() -> SampleColumn? {
        if let source = pick(sources), chance(20) { return datasetColumn(source) }
        let isLocal = chance(88) && !context.isEmpty
        guard let element = pick(isLocal ? context : material.elements) else { return nil }
        if element.isSkyPixel { return SampleColumn(text: element.name, type: .int, values: []) }
        guard let field = pick(element.fields) else { return nil }
        let name = field.dimension ?? "\(element.name).\(field.name)"
        let values = material.samples(name)
        if let dimension = field.dimension {
            let text = chance(20) ? "\(element.name).\(field.name)" : dimension
            return SampleColumn(text: text, type: ExpressionType(field.type), values: values)
        }
        return SampleColumn(text: chance(85) ? name : field.name, type: ExpressionType(field.type), values: values)
    }

    private mutating func datasetColumn(_ source: QueryMaterial.Source) -> SampleColumn {
        let names = (source.holding + material.collections).map { SampleValue($0) }
        let moments = ["T'2020-01-01'", "T'2060-01-01'", "T'2026-01-01 00:00:00/utc'"].map { SampleValue($0, .null) }
        let identifiers = source.identifiers.map { SampleValue("UUID('\($0)')", .object(["$uuid": .string($0)])) }
        let fields: [(String, ExpressionType, [SampleValue])] = [
            ("run", .string, names), ("collection", .string, names), ("ingest_date", .ingestDate, moments),
            ("timespan", .timespan, []), ("dataset_id", .uuid, identifiers),
        ]
        let (name, type, values) = fields[number(0..<fields.count)]
        return SampleColumn(text: chance(70) ? "\(source.type.name).\(name)" : name, type: type, values: values)
    }

    private mutating func leaf() -> String {
        guard let column = column() else { return "1 = 1" }
        switch column.type {
        case .bool: return chance(80) ? column.text : "\(column.text) \(chance(50) ? "=" : "!=") NULL"
        case .timespan: return time(column)
        case .region: return "\(column.text) \(chance(50) ? "=" : "!=") NULL"
        case .hash: return "\(column.text) != NULL"
        case .uuid: return identifier(column)
        case .int: return number(column)
        case .string: return text(column)
        case .real, .datetime, .ingestDate: return comparison(column)
        }
    }

    /// A constant for a column: mostly one that occurs, and now and then a bound name.
    private mutating func value(_ column: SampleColumn) -> String {
        let sample = sample(column)
        return sample.json != .null && chance(15) ? bound(sample.json) : sample.text
    }

    private mutating func sample(_ column: SampleColumn) -> SampleValue {
        if let value = pick(column.values), chance(90) { return value }
        switch column.type {
        case .int: return SampleValue(Int64(number(-3..<30)))
        case .real:
            let value = Double(number(-3..<60)) + 0.5
            return SampleValue(String(value), .double(value))
        case .datetime, .ingestDate, .timespan: return moment()
        case .uuid:
            let text = "00000000-0000-4000-8000-000000000000"
            return SampleValue("UUID('\(text)')", .object(["$uuid": .string(text)]))
        default: return SampleValue("nothing")
        }
    }

    private mutating func comparison(_ column: SampleColumn) -> String {
        let comparison = pick(["=", "!=", "<", "<=", ">", ">="]) ?? "="
        if chance(8) { return "\(column.text) \(chance(50) ? "=" : "!=") NULL" }
        let value = value(column)
        return chance(80) ? "\(column.text) \(comparison) \(value)" : "\(value) \(comparison) \(column.text)"
    }

    private mutating func identifier(_ column: SampleColumn) -> String {
        switch number(0..<3) {
        case 0: return "\(column.text)\(chance(30) ? " NOT" : "") IN (\(value(column)), \(value(column)))"
        case 1: return "\(column.text) IN (\(boundList(column)))"
        default: return "\(column.text) \(chance(60) ? "=" : "!=") \(value(column))"
        }
    }

    // MARK: Numbers and texts

    private mutating func number(_ column: SampleColumn) -> String {
        switch number(0..<9) {
        case 0, 1, 2: return comparison(column)
        case 3:
            let items = (0..<number(1..<5)).map { _ in chance(80) ? value(column) : range() }
            return "\(column.text)\(chance(30) ? " NOT" : "") IN (\(items.joined(separator: ", ")))"
        case 4:
            let operation = pick(["+", "-", "*", "/", "%"]) ?? "+"
            let operand = chance(80) ? String(number(1..<5)) : (self.column()?.text ?? "2")
            return "\(column.text) \(operation) \(operand) \(pick(["=", "<", ">="]) ?? "=") \(value(column))"
        case 5: return "-\(column.text) < \(value(column))"
        case 6:
            guard let other = self.column(), other.type == .int || other.type == .real else {
                return comparison(column)
            }
            return "\(column.text) \(pick(["=", "!=", "<", ">"]) ?? "=") \(other.text)"
        case 7: return "\(column.text)\(chance(30) ? " NOT" : "") IN (\(boundList(column)))"
        default:
            return "\(column.text) \(pick(["=", ">", "!="]) ?? "=") \(number(0..<40)).\(pick(["0", "5", "5e1"]) ?? "")"
        }
    }

    private mutating func range() -> String {
        let first = number(0..<11)
        let last = first + number(-1..<41)
        let separator = chance(80) ? ".." : " .. "
        return "\(first)\(separator)\(last)\(chance(30) ? ":\(number(1..<5))" : "")"
    }

    private mutating func text(_ column: SampleColumn) -> String {
        switch number(0..<6) {
        case 0:
            var items = (0..<number(1..<4)).map { _ in value(column) }
            if chance(10) { items.append("NULL") }
            return "\(column.text)\(chance(30) ? " NOT" : "") IN (\(items.joined(separator: ", ")))"
        case 1: return "\(column.text)\(chance(30) ? " NOT" : "") IN (\(boundList(column)))"
        case 2:
            let sample = sample(column).text.replacing("'", with: "")
            let forms = ["\(sample.prefix(3))*", "*\(sample.suffix(2))", "?\(sample.dropFirst())", "*", "[\(sample)]"]
            let pattern = pick(forms) ?? "*"
            let argument = chance(80) ? "'\(pattern)'" : bound(.string(pattern), colon: true)
            return "\(chance(50) ? "GLOB" : "glob")(\(column.text), \(argument))"
        default: return comparison(column)
        }
    }
}

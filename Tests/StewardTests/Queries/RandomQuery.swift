import AstroTime
import Databases
import Datasets
import Dimensions
import Foundation
import Queries
import Registry
import SphericalGeometry
import StewardCore
import StewardTesting

@testable import QueryExecution

/// What random queries of one repository can be about.
struct QueryMaterial: Sendable {
    let repository: String
    let universe: DimensionUniverse
    /// Dimensions that have values here.
    let dimensions: [DimensionElement]
    /// Elements with records.
    let elements: [DimensionElement]
    /// Dataset types with the collections that may hold them.
    let datasetTypes: [(type: DatasetType, collections: [String])]
    /// Texts of values, by column name as written with its element.
    let values: [String: [String]]
    /// Points in the regions of records, in degrees.
    let points: [(Double, Double)]
    let instruments: [String]

    init(_ repository: String, _ registry: RegistryTables, on connection: any Connection) throws {
        self.repository = repository
        universe = registry.universe
        var values: [String: [String]] = [:]
        var elements: [DimensionElement] = []
        var points: [(Double, Double)] = []
        for element in registry.universe.elements where element.hasTable {
            let records = try registry.dimensions.all(of: element, on: connection).records
            guard !records.isEmpty else { continue }
            elements.append(element)
            for record in records.prefix(60) {
                for (field, value) in zip(element.fields, record.values) {
                    if case .region(let region) = value {
                        let center = LonLat(region.boundingCircle.center)
                        points.append((center.longitude.degrees, center.latitude.degrees))
                    } else if let text = Self.text(value) {
                        let name = field.dimension ?? "\(element.name).\(field.name)"
                        if values[name]?.contains(text) != true { values[name, default: []].append(text) }
                    }
                }
            }
        }
        self.elements = elements
        self.points = points
        self.values = values
        instruments = values["instrument"] ?? []
        dimensions = registry.universe.dimensions.filter { values[$0.name] != nil }
        let collections = try registry.collections.resolve(.everything, flattening: false, on: connection)
        datasetTypes = try registry.datasetTypes.all(on: connection).map { ($0.type, collections.map(\.name)) }
    }

    private static func text(_ value: DimensionRecord.FieldValue) -> String? {
        switch value {
        case .int(let value): String(value)
        case .real(let value): String(value)
        case .string(let value): value.contains("'") ? nil : "'\(value)'"
        case .timespan(let value): value.begin.map { "T'\($0.isot())/tai'" }
        default: nil
        }
    }
}

/// Draws queries.
struct RandomQuery {
    let material: QueryMaterial
    var generator: SeededGenerator
    private var context: [DimensionElement] = []
    private var datasetType: DatasetType?

    init(_ material: QueryMaterial, seed: UInt64) {
        self.material = material
        generator = SeededGenerator(seed: seed)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    private mutating func pick<Element>(_ list: [Element]) -> Element? { list.randomElement(using: &generator) }

    /// A query in the form that the reference's side reads.
    mutating func query() -> JSONValue {
        var members: [JSONValue.Member] = [.init("repository", .string(material.repository))]
        var order: [String] = []
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<4:
            let chosen = dimensions()
            members += [.init("call", "data_ids"), .init("dimensions", .array(chosen.map { .string($0) }))]
            let group = (try? material.universe.group(chosen)) ?? material.universe.emptyGroup
            context = group.elements
            order = group.required.map(\.name)
        case 4..<6:
            guard let element = pick(material.elements) else { break }
            members += [.init("call", "records"), .init("element", .string(element.name))]
            let group = element.minimalGroup(in: material.universe)
            context = group.elements
            order = group.required.map(\.name)
        default:
            guard let (type, names) = pick(material.datasetTypes) else { break }
            datasetType = type
            context = type.dimensions.elements
            order = type.dimensions.required.map(\.name)
            let count = Int.random(in: 1...3, using: &generator)
            let collections = names.shuffled(using: &generator).prefix(count).map { JSONValue.string($0) }
            members += [
                .init("call", "datasets"), .init("dataset_type", .string(type.name)),
                .init("collections", .array(Array(collections))), .init("find_first", .bool(chance(70))),
            ]
        }
        members += conditions()
        if chance(30), !order.isEmpty {
            let terms = order.shuffled(using: &generator).map { JSONValue.string(chance(50) ? "-\($0)" : $0) }
            members.append(.init("order_by", .array(terms)))
        }
        members.append(.init("limit", .null))
        if chance(40), let instrument = pick(material.instruments) {
            let name = JSONValue.string(instrument.replacing("'", with: ""))
            members.append(.init("defaults", .object(["instrument": name])))
        }
        return .object(members)
    }

    private mutating func dimensions() -> [String] {
        let count = Int.random(in: 1...3, using: &generator)
        return material.dimensions.shuffled(using: &generator).prefix(count).map(\.name)
    }

    private mutating func conditions() -> [JSONValue.Member] {
        var parts: [String] = []
        if chance(75), let instrument = pick(material.instruments) { parts.append("instrument = \(instrument)") }
        if chance(30), let skymap = pick(material.values["skymap"] ?? []) { parts.append("skymap = \(skymap)") }
        if chance(85) { parts.append(condition(pick([0, 1, 1, 2, 2, 2, 3]) ?? 1)) }
        if chance(12) { parts.append(space()) }
        return [.init("where", .string(parts.shuffled(using: &generator).joined(separator: " AND ")))]
    }

    // MARK: Conditions

    private mutating func condition(_ depth: Int) -> String {
        guard depth > 0 else { return leaf() }
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1: return "\(condition(depth - 1)) AND \(condition(depth - 1))"
        case 2: return "(\(condition(depth - 1)) OR \(condition(depth - 1)))"
        case 3: return "NOT (\(condition(depth - 1)))"
        case 4: return "NOT \(leaf()) OR \(condition(depth - 1))"
        default: return leaf()
        }
    }

    private typealias Column = (text: String, type: ExpressionType, values: [String])

    private mutating func column() -> Column? {
        if let datasetType, chance(20) {
            let fields: [(String, ExpressionType, [String])] = [
                ("run", .string, material.datasetTypes.flatMap(\.collections).map { "'\($0)'" }),
                ("collection", .string, material.datasetTypes.flatMap(\.collections).map { "'\($0)'" }),
                ("ingest_date", .ingestDate, ["T'2020-01-01'", "T'2060-01-01'"]),
                ("timespan", .timespan, []),
            ]
            let (name, type, values) = fields[Int.random(in: 0..<fields.count, using: &generator)]
            return (chance(70) ? "\(datasetType.name).\(name)" : name, type, values)
        }
        let isLocal = chance(85) && !context.isEmpty
        guard let element = pick(isLocal ? context : material.elements), let field = pick(element.fields) else {
            return nil
        }
        let name = field.dimension ?? "\(element.name).\(field.name)"
        let values = material.values[name] ?? []
        if let dimension = field.dimension {
            let isQualified = element.name == dimension && chance(20)
            return (isQualified ? "\(element.name).\(field.name)" : dimension, ExpressionType(field.type), values)
        }
        return (chance(85) ? name : field.name, ExpressionType(field.type), values)
    }

    private mutating func leaf() -> String {
        guard let column = column() else { return "1 = 1" }
        switch column.type {
        case .bool: return chance(80) ? column.text : "\(column.text) \(chance(50) ? "=" : "!=") NULL"
        case .timespan: return time(column)
        case .region: return "\(column.text) \(chance(50) ? "=" : "!=") NULL"
        case .hash, .uuid: return "\(column.text) != NULL"
        case .int: return number(column)
        case .string: return text(column)
        case .real, .datetime, .ingestDate: return comparison(column)
        }
    }

    private mutating func value(_ column: Column) -> String {
        if let value = pick(column.values), chance(90) { return value }
        switch column.type {
        case .int: return String(Int.random(in: -3...30, using: &generator))
        case .real: return "\(Int.random(in: -3...60, using: &generator)).5"
        case .datetime, .ingestDate, .timespan: return "T'2020-01-01T02:30:00/tai'"
        default: return "'nothing'"
        }
    }

    private mutating func comparison(_ column: Column) -> String {
        let comparison = pick(["=", "!=", "<", "<=", ">", ">="]) ?? "="
        let value = value(column)
        if chance(8) { return "\(column.text) \(chance(50) ? "=" : "!=") NULL" }
        return chance(80) ? "\(column.text) \(comparison) \(value)" : "\(value) \(comparison) \(column.text)"
    }

    private mutating func number(_ column: Column) -> String {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1, 2: return comparison(column)
        case 3:
            let items = (0..<Int.random(in: 1...4, using: &generator)).map { _ in chance(80) ? value(column) : range() }
            return "\(column.text)\(chance(30) ? " NOT" : "") IN (\(items.joined(separator: ", ")))"
        case 4:
            let operation = pick(["+", "-", "*", "/", "%"]) ?? "+"
            let operand = Int.random(in: 1...4, using: &generator)
            return "\(column.text) \(operation) \(operand) \(pick(["=", "<", ">="]) ?? "=") \(value(column))"
        case 5: return "-\(column.text) < \(value(column))"
        case 6:
            guard let other = self.column(), other.type == .int || other.type == .real else {
                return comparison(column)
            }
            return "\(column.text) \(pick(["=", "!=", "<", ">"]) ?? "=") \(other.text)"
        default: return "\(column.text) \(pick(["=", ">", "!="]) ?? "=") \(value(column)).0"
        }
    }

    private mutating func range() -> String {
        let first = Int.random(in: 0...10, using: &generator)
        let last = first + Int.random(in: 0...40, using: &generator)
        return chance(30) ? "\(first)..\(last):\(Int.random(in: 1...4, using: &generator))" : "\(first)..\(last)"
    }

    private mutating func text(_ column: Column) -> String {
        switch Int.random(in: 0..<5, using: &generator) {
        case 0:
            let items = (0..<Int.random(in: 1...3, using: &generator)).map { _ in value(column) }
            return "\(column.text)\(chance(30) ? " NOT" : "") IN (\(items.joined(separator: ", ")))"
        case 1:
            let sample = value(column).replacing("'", with: "")
            let pattern = chance(50) ? "\(sample.prefix(3))*" : "*\(sample.suffix(2))"
            return "GLOB(\(column.text), '\(pattern)')"
        default: return comparison(column)
        }
    }

    private mutating func time(_ column: Column) -> String {
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return "\(column.text) OVERLAPS \(value(column))"
        case 1: return "\(column.text) OVERLAPS (\(value(column)), \(chance(30) ? "NULL" : "T'2030-01-01'"))"
        case 2: return "\(column.text) = NULL"
        case 3:
            guard let other = self.column(), other.type == .timespan else { return "\(column.text) != NULL" }
            return "\(column.text) OVERLAPS \(other.text)"
        default: return "\(column.text).\(chance(50) ? "begin" : "end") \(pick(["<", ">="]) ?? "<") \(value(column))"
        }
    }

    private mutating func space() -> String {
        let spatial = (chance(80) ? context : material.elements).filter(\.isSpatial)
        guard let element = pick(spatial), let point = pick(material.points) else { return "1 = 1" }
        let (ra, dec) = (point.0, point.1)
        let region = "\(element.name).region"
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return "\(region) OVERLAPS POINT(\(ra), \(dec))"
        case 1: return "\(region) OVERLAPS BOX(\(ra), \(dec), 0.5, 0.3)"
        case 2: return "REGION('CIRCLE \(ra) \(dec) 0.2') OVERLAPS \(region)"
        default:
            guard let other = pick(material.elements.filter(\.isSpatial)) else { return "1 = 1" }
            return "\(region) OVERLAPS \(other.name).region"
        }
    }
}

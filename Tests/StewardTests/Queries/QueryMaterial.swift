import AstroTime
import Databases
import Datasets
import Dimensions
import Queries
import Registry
import SphericalGeometry
import StewardCore

@testable import QueryExecution

/// A constant as a condition writes it, and as a bind gives it.
struct SampleValue: Sendable {
    let text: String
    let json: JSONValue

    init(_ text: String, _ json: JSONValue) {
        self.text = text
        self.json = json
    }

    init(_ value: Int64) { self.init(String(value), .int(value)) }
    init(_ value: String) { self.init("'\(value)'", .string(value)) }
    init(_ value: TAI) {
        self.init("T'\(value.isot())/tai'", .object(["$time": .string(value.isot()), "scale": "tai"]))
    }
}

/// What random queries of one repository can be about.
struct QueryMaterial: Sendable {
    /// A dataset type and where to look for it.
    struct Source: Sendable {
        let type: DatasetType
        /// Collections whose summaries say that they can hold it.
        let holding: [String]
        /// Texts of identifiers of some datasets.
        let identifiers: [String]
    }

    let repository: String
    let universe: DimensionUniverse
    /// Dimensions that have values here.
    let dimensions: [DimensionElement]
    /// Elements with records.
    let elements: [DimensionElement]
    let sources: [Source]
    let collections: [String]
    /// Values by column name as written with its element; those of keys by dimension.
    let values: [String: [SampleValue]]
    /// Some data IDs of each element's records, by element.
    let dataIDs: [String: [JSONValue]]
    /// Points in the regions of records, in degrees.
    let points: [(Double, Double)]
    /// Instants at which timespans of records begin or end.
    let times: [TAI]

    init(_ repository: String, _ registry: RegistryTables, on connection: any Connection) throws {
        self.repository = repository
        universe = registry.universe
        var found = RecordSamples()
        for element in registry.universe.elements where element.hasTable {
            let records = try registry.dimensions.all(of: element, on: connection).records
            if !records.isEmpty { found.add(element, records) }
        }
        elements = found.elements
        points = found.points
        values = found.values
        times = found.times
        dataIDs = found.dataIDs
        dimensions = registry.universe.dimensions.filter { found.values[$0.name] != nil }
        let all = try registry.collections.resolve(.everything, flattening: false, on: connection)
        collections = all.map(\.name)
        let summaries = try registry.datasets.summaries(of: all, on: connection)
        let universe = universe
        sources = try registry.datasetTypes.all(on: connection).map { record in
            let holding = all.map(\.name).filter { summaries[$0]?.datasetTypes.contains(record.type.name) ?? false }
            let query = try QueryTree(in: universe).datasets(record.type, in: holding, findFirst: false)
            let pages = try QueryEngine(registry).pages(query.limited(to: 5), on: connection)
            let identifiers = pages.flatMap { page -> [String] in
                guard case .datasets(let refs) = page else { return [] }
                return refs.map(\.id.dashed)
            }
            return Source(type: record.type, holding: holding, identifiers: identifiers)
        }
    }

    func samples(_ name: String) -> [SampleValue] { values[name] ?? [] }
}

/// Values collected from records.
private struct RecordSamples {
    var elements: [DimensionElement] = []
    var values: [String: [SampleValue]] = [:]
    var dataIDs: [String: [JSONValue]] = [:]
    var points: [(Double, Double)] = []
    var times: [TAI] = []
    private var known: Set<String> = []

    mutating func add(_ element: DimensionElement, _ records: [DimensionRecord]) {
        elements.append(element)
        for record in records.prefix(60) {
            var key: [JSONValue.Member] = []
            for (field, value) in zip(element.fields, record.values) {
                add(value, field.dimension ?? "\(element.name).\(field.name)")
                if field.role == .required, let name = field.dimension, let sample = Self.sample(value) {
                    key.append(.init(name, sample.json))
                }
            }
            dataIDs[element.name, default: []].append(.object(key))
        }
    }

    private mutating func add(_ value: DimensionRecord.FieldValue, _ name: String) {
        switch value {
        case .region(let region):
            let center = LonLat(region.boundingCircle.center)
            points.append((center.longitude.degrees, center.latitude.degrees))
        case .timespan(let span): times += [span.begin, span.end].compactMap { $0 }
        default:
            guard let sample = Self.sample(value), known.insert("\(name) \(sample.text)").inserted else { return }
            values[name, default: []].append(sample)
        }
    }

    private static func sample(_ value: DimensionRecord.FieldValue) -> SampleValue? {
        switch value {
        case .int(let value): SampleValue(value)
        case .real(let value): SampleValue(String(value), .double(value))
        case .string(let value): value.contains("'") ? nil : SampleValue(value)
        default: nil
        }
    }
}

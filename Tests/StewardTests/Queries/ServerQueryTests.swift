import Foundation
import StewardCore
import StewardTesting
import Testing

@testable import Steward

/// Queries that the reference's client sent to a server, asked of a repository with the same content.
@Suite struct ServerQueryTests {
    /// The body of the request and the rows of the response of a recorded conversation.
    private static func exchange(_ name: String) throws -> (request: JSONValue, rows: [JSONValue]) {
        let folder = try #require(Golden.folder("server"))
        let text = try String(contentsOf: folder.appendingPathComponent("\(name).json"), encoding: .utf8)
        let json = try JSONValue(parsing: text, source: name)
        let exchange = try #require(json["exchanges"]?.array?.first { $0["request"]?["body"]?["query"] != nil })
        let lines = exchange["response"]?["body"]?["jsonlines"]?.array ?? []
        return (try #require(exchange["request"]?["body"]), lines.flatMap { $0["rows"]?.array ?? [] })
    }

    private static func text(_ json: JSONValue?) throws -> String { try #require(json?.string) }
    private static func number(_ json: JSONValue?) throws -> Int64 { try #require(json?.int) }

    /// A repository with the visit and the datasets that the rows of the general query show.
    private static func repository(_ rows: [JSONValue]) async throws -> (TemporaryRepository, Butler) {
        let repository = try await TemporaryRepository()
        let butler = try await repository.open()
        let row = try #require(rows.first?.array)
        let camera = DimensionRecord.FieldValue.string(try text(row[0]))
        func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
            try DimensionRecord(butler.universe.element(element), fields.merging(["instrument": camera]) { $1 })
        }
        let bounds = try (row[8].array ?? []).map(number)
        let filter = DimensionRecord.FieldValue.string(try text(row[5]))
        let region = try Region(encoded: try #require(Hexadecimal.decode(try text(row[7]))))
        var records = [
            try record("instrument", ["name": camera, "class_name": .string("x.Y"), "detector_max": .int(4)]),
            try record("physical_filter", ["name": filter, "band": .string(try text(row[3]))]),
            try record("day_obs", ["id": .int(try number(row[4]))]),
            try record(
                "visit",
                [
                    "id": .int(try number(row[2])), "day_obs": .int(try number(row[4])), "physical_filter": filter,
                    "name": .string("v"), "exposure_time": .real(try #require(row[6].double)),
                    "region": .region(region),
                    "timespan": .timespan(Timespan(beginNanoseconds: bounds[0], endNanoseconds: bounds[1])),
                ]
            ),
        ]
        for row in rows {
            let number = try number(row.array?[1])
            records.append(try record("detector", ["id": .int(number), "full_name": .string("D\(number)")]))
        }
        try await butler.insert(records)
        let group = try butler.universe.group(["visit", "detector"])
        let type = try DatasetType(name: "stat", dimensions: group, storageClass: "StructuredDataDict")
        try await butler.register(type)
        try await butler.collections.register("u/a/run1", .run)
        let refs = try rows.compactMap(\.array).map { row in
            let values: [String: DimensionValue] = [
                "instrument": .string(try text(row[0])), "detector": .int(try number(row[1])),
                "visit": .int(try number(row[2])),
            ]
            let id = try #require(UUID(uuidString: try text(row[10])))
            return DatasetRef(type, try DataCoordinate(values, for: group), run: try text(row[12]), id: id)
        }
        _ = try await butler.write { try butler.registry.datasets.importing(refs, on: $0) }
        return (repository, butler)
    }

    private static func json(_ value: ResultValue) -> JSONValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .value(.int(let value)): .int(value)
        case .value(.real(let value)): .double(value)
        case .value(.string(let value)): .string(value)
        case .value(.uuid(let value)): .string(value.dashed)
        case .value(.region(let value)): .string(Hexadecimal.encode(value.encoded))
        case .value(.timespan(let value)): .array([.int(value.beginNanoseconds), .int(value.endNanoseconds)])
        case .value(.time(let value)): .int(value.nanoseconds)
        case .value(let other): .string("\(other)")
        }
    }

    @Test("a general query with record and dataset columns gives the rows that the server gave")
    func general() async throws {
        let (request, expected) = try Self.exchange("query_general")
        #expect(expected.count == 4)
        let (repository, butler) = try await Self.repository(expected)
        let results = try await QueryResults<GeneralRow>(json: request, in: butler)
        let rows = try await results.all()
        let ingestDate = try #require(rows.first?.columns.firstIndex(of: "stat.ingest_date"))
        // The instant of ingestion is the only value that cannot be the same.
        func comparable(_ values: [JSONValue]) -> String {
            JSONValue.array(values.enumerated().filter { $0.offset != ingestDate }.map(\.element)).text()
        }
        let found = rows.map { comparable($0.values.map(Self.json)) }.sorted()
        #expect(found == expected.map { comparable($0.array ?? []) }.sorted())
        let built = try await butler.query().joining(datasets: "stat", collections: ["u/a/run1"])
            .filtered(where: "instrument = 'StewCam' AND visit = 101")
            .columns(
                [
                    "visit.region", "visit.exposure_time", "visit.timespan", "stat.run", "stat.collection",
                    "stat.dataset_id", "stat.ingest_date",
                ],
                findFirst: false
            )
        #expect(Set(try await built.all()) == Set(rows))
        withExtendedLifetime(repository) {}
    }

    @Test(
        "queries with given and with fetched data IDs give the rows that the server gave",
        arguments: ["query_join_data_coordinates_upload", "query_materialize"]
    )
    func tables(_ name: String) async throws {
        let (repository, butler) = try await Self.repository(try Self.exchange("query_general").rows)
        let (request, expected) = try Self.exchange(name)
        let rows = try await QueryResults<DataCoordinate>(json: request, in: butler).all()
        func dictionary(_ json: JSONValue?) -> [String: String] {
            Dictionary((json?.members ?? []).map { ($0.key, $0.value.text()) }, uniquingKeysWith: { $1 })
        }
        let found = rows.map { row in row.dictionary.mapValues { $0.json.text() } }
        #expect(Set(found) == Set(expected.map { dictionary($0["dataId"]) }))
        #expect(found.count == expected.count)
        withExtendedLifetime(repository) {}
    }
}

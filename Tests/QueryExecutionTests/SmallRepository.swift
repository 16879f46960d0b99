import AstroTime
import Databases
import Datasets
import Dimensions
import Foundation
import PostgreSQLDriver
import Queries
import Registry
import SQLiteDriver
import SphericalGeometry
import StewardCore
import StewardTesting

@testable import QueryExecution

/// A repository in memory: one camera with 4 detectors and 6 visits, one sky map with 2 tracts, images in two runs and
/// a tag, biases with validity ranges.
struct SmallRepository {
    let database: any Database
    let tables: RegistryTables
    let recorder: StatementRecorder

    var engine: QueryEngine { QueryEngine(tables) }
    var universe: DimensionUniverse { tables.universe }

    init() async throws {
        recorder = StatementRecorder()
        database = try await Self.newDatabase(recorder)
        let universe = try DimensionUniverse(definition: DimensionUniverse.defaultDefinition)
        let tables = RegistryTables(RegistrySchema(universe: universe))
        self.tables = tables
        try await database.write { connection in
            try tables.schema.create(on: connection)
            try Self.insertRecords(tables, on: connection)
            try Self.insertDatasets(tables, on: connection)
        }
        recorder.reset()
    }

    private static func newDatabase(_ recorder: StatementRecorder) async throws -> any Database {
        guard TestBackend.current == .postgresql, let server = PostgreSQLServer.shared else {
            return try await SQLiteDatabase.inMemory(options: .init(observer: recorder))
        }
        return try await PostgreSQLDatabase.open(
            [.init("host", server.folder), .init("user", server.user), .init("dbname", server.database)],
            name: "test",
            namespace: TestBackend.namespace(of: UUID().uuidString),
            mode: .create,
            options: .init(observer: recorder)
        )
    }

    /// Runs the body with a connection.
    func read<Result: Sendable>(_ body: @Sendable (any Connection) throws -> Result) async throws -> Result {
        try await database.read(.latest, body)
    }

    /// Instant of hour `hour` on 2025-01-01 TAI.
    static func hour(_ hour: Int) -> TAI {
        TAI(nanoseconds: 1_735_689_600_000_000_000 + Int64(hour) * 3_600_000_000_000)
    }

    private static func span(_ begin: Int, _ end: Int) -> DimensionRecord.FieldValue {
        .timespan(
            Timespan(beginNanoseconds: hour(begin).nanoseconds, endNanoseconds: hour(end).nanoseconds)
        )
    }

    static func square(_ ra: Double, _ dec: Double, _ size: Double) throws -> Region {
        let corners = [(-1.0, -1.0), (1, -1), (1, 1), (-1, 1)].map { x, y in (ra + x * size / 2, dec + y * size / 2) }
        return .polygon(
            try ConvexPolygon(hullOf: corners.map { UnitVector3D(try LonLat(degrees: $0.0, $0.1)) })
        )
    }

    private static func insertRecords(_ tables: RegistryTables, on connection: any Connection) throws {
        var records: [DimensionRecord] = []
        func add(_ element: String, _ values: [String: DimensionRecord.FieldValue]) throws {
            records.append(try DimensionRecord(tables.universe.element(element), values))
        }
        let camera: [String: DimensionRecord.FieldValue] = ["instrument": .string("Cam")]
        func with(_ values: [String: DimensionRecord.FieldValue]) -> [String: DimensionRecord.FieldValue] {
            camera.merging(values) { $1 }
        }
        try add("instrument", ["name": .string("Cam"), "detector_max": .int(4), "class_name": .string("x.Cam")])
        try add("skymap", ["name": .string("tiles"), "hash": .bytes([1, 2, 3])])
        for band in ["g", "r"] {
            try add("physical_filter", with(["name": .string("Cam-\(band)"), "band": .string(band)]))
        }
        for detector in 1...4 {
            let name = DimensionRecord.FieldValue.string("S\(detector)")
            try add("detector", with(["id": .int(Int64(detector)), "full_name": name, "purpose": .string("SCIENCE")]))
        }
        try add("day_obs", with(["id": .int(20_250_101), "timespan": span(0, 24)]))
        for visit in 1...6 {
            let ra = 10 + Double(visit)
            let filter = DimensionRecord.FieldValue.string(visit % 2 == 0 ? "Cam-r" : "Cam-g")
            try add(
                "visit",
                with([
                    "id": .int(Int64(visit)), "day_obs": .int(20_250_101), "physical_filter": filter,
                    "name": .string("v\(visit)"), "exposure_time": .real(Double(10 * visit)),
                    "region": .region(try square(ra, 0, 1)), "timespan": span(visit, visit + 1),
                ])
            )
            for detector in 1...4 {
                let region = try square(ra + Double(detector) * 0.2 - 0.5, 0, 0.18)
                let key: [String: DimensionRecord.FieldValue] = [
                    "visit": .int(Int64(visit)), "detector": .int(Int64(detector)), "region": .region(region),
                ]
                try add("visit_detector_region", with(key))
            }
        }
        for tract in 0...1 {
            let region = try square(12 + Double(tract) * 2, 0, 2)
            try add("tract", ["skymap": .string("tiles"), "id": .int(Int64(tract)), "region": .region(region)])
        }
        try tables.dimensions.insert(records, onExisting: .fail, on: connection)
    }

    private static func insertDatasets(_ tables: RegistryTables, on connection: any Connection) throws {
        let universe = tables.universe
        let image = try DatasetType(
            name: "image",
            dimensions: universe.group(["visit", "detector"]),
            storageClass: "ExposureF"
        )
        let bias = try DatasetType(
            name: "bias",
            dimensions: universe.group(["detector"]),
            storageClass: "ExposureF",
            isCalibration: true
        )
        for type in [image, bias] { _ = try tables.datasetTypes.register(type, on: connection) }
        for run in ["run1", "run2", "biases"] { _ = try tables.collections.register(run, kind: .run, on: connection) }
        _ = try tables.collections.register("tag", kind: .tagged, on: connection)
        _ = try tables.collections.register("calib", kind: .calibration, on: connection)
        _ = try tables.collections.register("chain", kind: .chained, on: connection)
        try tables.collections.change(.redefine, "chain", ["run2", "run1"], on: connection)
        func images(_ run: String, _ visits: ClosedRange<Int64>) throws -> [DatasetRef] {
            try visits.flatMap { visit in
                try (1...4).map { detector in
                    let values: [String: DimensionValue] = [
                        "instrument": "Cam", "visit": .int(visit), "detector": .int(Int64(detector)),
                    ]
                    return DatasetRef(image, try DataCoordinate(values, for: image.dimensions), run: run)
                }
            }
        }
        let first = try images("run1", 1...4)
        try tables.datasets.insert(first + images("run2", 3...6), on: connection)
        try tables.datasets.associate(Array(first.prefix(3)), with: "tag", on: connection)
        let biases = try (1...4).map { detector in
            let values: [String: DimensionValue] = ["instrument": "Cam", "detector": .int(Int64(detector))]
            return DatasetRef(bias, try DataCoordinate(values, for: bias.dimensions), run: "biases")
        }
        try tables.datasets.insert(biases, on: connection)
        let early = try Timespan(begin: hour(0), end: hour(4))
        try tables.datasets.certify(Array(biases.prefix(2)), in: "calib", validity: early, on: connection)
        let late = try Timespan(begin: hour(4), end: nil)
        try tables.datasets.certify(Array(biases.prefix(3)), in: "calib", validity: late, on: connection)
    }
}

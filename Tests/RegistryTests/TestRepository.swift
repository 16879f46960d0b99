import Databases
import Datasets
public import Dimensions
import Foundation
import PostgreSQLDriver
import Registry
import SQLiteDriver
import StewardCore
import StewardTesting
import Testing

/// An empty or filled repository in a SQLite file of its own, which is removed with the folder, or in a schema of the
/// private PostgreSQL server.
struct TestRepository: Sendable {
    let folder: String
    let database: any Database
    let tables: RegistryTables
    let recorder: StatementRecorder

    var universe: DimensionUniverse { tables.universe }

    /// Path of the database file.
    static func file(_ folder: String) -> String { folder + "/gen3.sqlite3" }

    /// Creates a repository, runs a body with it, and removes it.
    @discardableResult
    static func with<Result>(
        universe definition: String = DimensionUniverse.defaultDefinition,
        format: RegistryFormat = .current,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (TestRepository) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "steward-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let schema = RegistrySchema(universe: try DimensionUniverse(definition: definition), format: format)
        let repository = try await open(folder, mode: .create, RegistryTables(schema))
        try await repository.write { tables, connection in
            try schema.create(on: connection)
            try tables.datastoreRecords().create(on: connection)
        }
        let result = try await body(repository)
        try await repository.database.close()
        return result
    }

    /// Opens a database file with a new memory.
    static func open(
        _ folder: String,
        mode: SQLiteDatabase.Mode = .readWrite,
        _ tables: RegistryTables? = nil
    ) async throws -> TestRepository {
        let recorder = StatementRecorder()
        let database = try await database(folder, mode, recorder)
        let opened: RegistryTables
        if let tables {
            opened = tables
        } else {
            let isWriting = mode != .readOnly
            opened = try await database.read(.latest) { try RegistryTables.open(writing: isWriting, on: $0).tables }
        }
        return TestRepository(folder: folder, database: database, tables: opened, recorder: recorder)
    }

    private static func database(
        _ folder: String,
        _ mode: SQLiteDatabase.Mode,
        _ recorder: StatementRecorder
    ) async throws -> any Database {
        guard TestBackend.current == .postgresql else {
            return try await SQLiteDatabase.open(file(folder), mode: mode, options: .init(observer: recorder))
        }
        let server = try #require(PostgreSQLServer.shared)
        let schema = TestBackend.namespace(of: folder)
        let modes: [SQLiteDatabase.Mode: PostgreSQLDatabase.Mode] = [
            .readOnly: .readOnly, .readWrite: .readWrite, .create: .create,
        ]
        return try await PostgreSQLDatabase.open(
            [
                .init("host", server.folder), .init("user", server.user), .init("dbname", server.database),
                .init("options", "-csearch_path=" + schema),
            ],
            name: "test",
            namespace: schema,
            mode: modes[mode] ?? .readOnly,
            options: .init(observer: recorder)
        )
    }

    /// The same repository with another database object and memory.
    func reopened(readOnly: Bool = false) async throws -> TestRepository {
        try await Self.open(folder, mode: readOnly ? .readOnly : .readWrite)
    }

    @discardableResult
    func write<Result: Sendable>(
        _ body: @Sendable (RegistryTables, any Connection) throws -> Result
    ) async throws -> Result {
        try await tables.write(to: database) { try body(tables, $0) }
    }

    func read<Result: Sendable>(
        _ body: @Sendable (RegistryTables, any Connection) throws -> Result
    ) async throws -> Result {
        try await database.read(.latest) { try body(tables, $0) }
    }

    /// How many statements a body takes, `BEGIN` and `COMMIT` included.
    func count<Result>(_ body: () async throws -> Result) async throws -> Int {
        recorder.reset()
        _ = try await body()
        return recorder.count
    }

    /// The integer that a query of one value gives.
    func integer(_ sql: SQL) async throws -> Int64? {
        try await database.read(.latest) { try $0.integer(sql) }
    }

    /// The rows of a query as one text each, in the query's order.
    func rows(_ sql: SQL, _ kinds: [ColumnKind]) async throws -> [String] {
        try await database.read(.latest) { connection in
            let page = try connection.query(sql, kinds: kinds)
            return (0..<page.rowCount).map { row in
                kinds.indices.map { page.value(row, $0).description }.joined(separator: " ")
            }
        }
    }
}

/// The error that an operation throws; a test issue if it throws none.
func butlerError(
    isolation: isolated (any Actor)? = #isolation,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async throws -> ButlerError {
    do {
        try await body()
    } catch let error as ButlerError {
        return error
    }
    return try #require(nil, "no error was thrown", sourceLocation: sourceLocation)
}

extension TestRepository {
    func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
        try DimensionRecord(try universe.element(element), fields)
    }

    func dataID(_ values: [String: DimensionValue]) throws -> DataCoordinate {
        try DataCoordinate(values, for: try universe.group(values.keys))
    }

    func type(
        _ name: String,
        _ dimensions: [String],
        _ storageClass: String = "StructuredDataDict",
        isCalibration: Bool = false
    ) throws -> DatasetType {
        try DatasetType(
            name: name,
            dimensions: try universe.group(dimensions),
            storageClass: storageClass,
            isCalibration: isCalibration
        )
    }

    /// Instrument Cam1 with four detectors and two filters, and the sky map `sky1` with one tract.
    func addCamera() async throws {
        var records = [
            try record("instrument", ["name": "Cam1", "detector_max": 4, "class_name": "a.b.Cam1"]),
            try record("skymap", ["name": "sky1", "hash": .bytes(Array(0..<40)), "tract_max": 1]),
            try record("tract", ["skymap": "sky1", "id": 0]),
        ]
        for detector in 1...4 {
            records.append(
                try record(
                    "detector",
                    [
                        "instrument": "Cam1", "id": .int(Int64(detector)), "full_name": .string("A\(detector)"),
                        "raft": "A", "purpose": "SCIENCE",
                    ]
                )
            )
        }
        for (filter, band) in [("Cam1-G", "g"), ("Cam1-R1", "r")] {
            records.append(
                try record(
                    "physical_filter",
                    ["instrument": "Cam1", "name": .string(filter), "band": .string(band)]
                )
            )
        }
        try await write { [records] in try $0.dimensions.insert(records, on: $1) }
    }

    /// Dataset references of one type for detectors of Cam1.
    func refs(_ type: DatasetType, run: String, detectors: ClosedRange<Int64>) throws -> [DatasetRef] {
        try detectors.map { detector in
            let dataID = try DataCoordinate(
                ["instrument": "Cam1", "detector": .int(detector)],
                for: type.dimensions
            )
            return DatasetRef(type, dataID, run: run)
        }
    }
}

extension DimensionRecord.FieldValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension DimensionRecord {
    /// Values of the required dimensions.
    var key: [DimensionValue] { values.prefix(element.required.count).compactMap(\.dimensionValue) }
}

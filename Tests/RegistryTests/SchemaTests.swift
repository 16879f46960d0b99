import AstroTime
import Databases
import Datasets
import Dimensions
import Foundation
import Registry
import StewardCore
import StewardTesting
import Testing

/// Statements and attributes of a repository that the reference has made, with eleven dataset types registered.
///
/// Made with `Butler.makeRepo` and `registerDatasetType`; statements are those of `sqlite_master` with white space
/// normalised, the universe is without documentation.
struct ReferenceSchema: Decodable {
    let attributes: [String: String]
    let universe: String
    let sql: [String]

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/registry")

    init(named name: String) throws {
        let file = Self.folder.appendingPathComponent("schema-\(name).json")
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }

    /// Name, dimensions and calibration flag of the dataset types, in the order of their registration.
    static let datasetTypes: [(String, [String], Bool)] = [
        ("none", [], false), ("raw", ["instrument", "detector", "exposure"], false),
        ("calexp", ["visit", "detector"], false), ("bias", ["instrument", "detector"], true),
        ("flat", ["detector", "physical_filter"], true), ("coadd", ["patch", "band"], false),
        ("gaia", ["htm7"], false), ("warp", ["patch", "visit"], false), ("cam", ["instrument"], true),
        ("sub", ["subfilter", "patch"], false), ("defects", ["instrument", "detector"], true),
    ]
}

@Suite struct SchemaTests {
    private static let names = RegistryFormat(collectionKeys: .names, ingestDates: .nanoseconds)
    private static let timestamps = RegistryFormat(collectionKeys: .numbers, ingestDates: .timestamps)

    @Test(
        "tables and indexes of a new repository equal the reference's",
        .enabled(if: TestBackend.current == .sqlite, "InteropTests compare PostgreSQL's"),
        arguments: [
            ("default", RegistryFormat.current, 11), ("universe0", .current, 11), ("universe2", .current, 11),
            ("universe6", .current, 11), ("nameKey", names, 11), ("datasets1", timestamps, 4),
        ]
    )
    func equalsReference(name: String, format: RegistryFormat, typeCount: Int) async throws {
        let reference = try ReferenceSchema(named: name)
        try await TestRepository.with(universe: reference.universe, format: format) { repository in
            for (name, dimensions, isCalibration) in ReferenceSchema.datasetTypes.prefix(typeCount) {
                let type = try repository.type(name, dimensions, isCalibration: isCalibration)
                let isNew = try await repository.write { try $0.datasetTypes.register(type, on: $1).isNew }
                #expect(isNew)
            }
            let made = try await repository.database.read { connection in
                try connection.texts("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            }
            let normal = Set(made.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") })
            // Two columns are declared otherwise in old variants, which this program does not create.
            let wanted = Set(
                reference.sql.map {
                    $0.replacing("TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL", with: "TEXT NOT NULL")
                        .replacing(/VARCHAR NOT/, with: "TEXT NOT")
                }
            )
            #expect(normal.subtracting(wanted).sorted() == [])
            #expect(wanted.subtracting(normal).sorted() == [])
            let attributes = try await repository.database.read(.latest) { try RepositoryAttributes.read(on: $0) }
            var values = attributes.values
            #expect(values.removeValue(forKey: RepositoryAttributes.universeKey) == reference.universe)
            #expect(values == reference.attributes)
            #expect(attributes.datastoreTables == ["file_datastore_records"])
        }
    }

    @Test("every static table comes after those it refers to")
    func order() throws {
        let schema = RegistrySchema(universe: try .standard())
        var seen: Set<String> = []
        for table in schema.staticTables {
            for key in table.foreignKeys { #expect(seen.contains(key.table) || key.table == table.name) }
            seen.insert(table.name)
        }
        #expect(seen.count == 48)
    }

    @Test("a second creation in the same database is refused")
    func twice() async throws {
        try await TestRepository.with { repository in
            let error = try await butlerError { try await repository.write { try $0.schema.create(on: $1) } }
            #expect(error.code == .repositoryExists)
        }
    }
}

extension DimensionUniverse {
    static func standard() throws -> DimensionUniverse {
        try DimensionUniverse(definition: defaultDefinition)
    }
}

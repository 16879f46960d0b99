import Databases
import Datasets
import Dimensions
import Registry
import StewardCore
import StewardTesting
import Testing

/// What writes in a row need not ask again, and when they must.
@Suite struct UndisturbedWriteTests {
    private func insert(_ ref: DatasetRef, _ repository: TestRepository) async throws {
        try await repository.write { try $0.datasets.insert([ref], on: $1) }
    }

    /// Types by collection, as summaries have them.
    private func summaries(_ repository: TestRepository) async throws -> [String] {
        try await repository.database.read(.latest) { connection in
            try connection.texts(
                """
                SELECT c.name || ' ' || t.name FROM \(table: "collection_summary_dataset_type") AS s \
                JOIN \(table: "collection") AS c ON c.collection_id = s.collection_id \
                JOIN \(table: "dataset_type") AS t ON t.id = s.dataset_type_id ORDER BY c.name, t.name
                """
            )
        }
    }

    @Test(
        "the second dataset of a kind takes a statement less; one more after somebody else has written",
        .enabled(if: TestBackend.current == .sqlite, "the counts are SQLite's")
    )
    func counts() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...4)
            try await insert(refs[0], repository)
            #expect(try await repository.count { try await insert(refs[1], repository) } == 4)
            let other = try await repository.reopened()
            try await other.write { try $0.collections.register("by another", kind: .run, on: $1) }
            try await other.database.close()
            #expect(try await repository.count { try await insert(refs[2], repository) } == 5)
            #expect(try await repository.count { try await insert(refs[3], repository) } == 4)
        }
    }

    @Test("a dataset type that gets the key of a removed one is noted in the summaries")
    func reusedKey() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...1)
            try await insert(refs[0], repository)
            let dark = try repository.type("dark", ["detector"], isCalibration: true)
            try await repository.write { tables, connection in
                try tables.datasets.delete([refs[0].id], on: connection)
                try tables.removeDatasetType("packages", on: connection)
                try tables.removeDatasetType("bias", on: connection)
                try tables.datasetTypes.register(dark, on: connection)
            }
            #expect(try await summaries(repository).isEmpty)
            try await insert(try repository.refs(dark, run: "r1", detectors: 1...1)[0], repository)
            #expect(try await summaries(repository) == ["r1 dark"])
        }
    }

    @Test("what a write did that failed is done again", arguments: [false, true])
    func failure(inSavepoint: Bool) async throws {
        struct Stop: Error {}
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...2)
            let insertion: @Sendable (RegistryTables, any Connection) throws -> Void = { tables, connection in
                try tables.datasets.insert([refs[0]], on: connection)
                throw Stop()
            }
            if inSavepoint {
                try await repository.write { tables, connection in
                    try? connection.savepoint { try insertion(tables, connection) }
                    try tables.datasets.insert([refs[1]], on: connection)
                }
            } else {
                await #expect(throws: Stop.self) { try await repository.write(insertion) }
                try await insert(refs[1], repository)
            }
            #expect(try await summaries(repository) == ["r1 bias"])
        }
    }

    @Test("a record that was changed is read again, whoever changed it")
    func records() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let all = try DimensionTests.observation(repository)
            let exposures = all.filter { ["day_obs", "group", "exposure"].contains($0.element.name) }
            let exposure = try #require(exposures.first { $0.element.name == "exposure" })
            try await repository.write { try $0.dimensions.sync(exposures, on: $1) }
            let dataID = try repository.dataID(["instrument": "Cam1", "exposure": 10])

            func sequence(_ repository: TestRepository) async throws -> DimensionRecord.FieldValue? {
                try await repository.write { tables, connection in
                    let expanded = try tables.dimensions.expand([dataID], on: connection)[0]
                    return expanded.records?[exposure.element]?["seq_num"]
                }
            }
            func update(_ number: Int64, _ repository: TestRepository) async throws {
                var values = exposure.values
                values[try #require(exposure.element.fieldIndex("seq_num"))] = .int(number)
                let changed = DimensionRecord(exposure.element, values: values)
                try await repository.write { try $0.dimensions.sync([changed], updating: true, on: $1) }
            }
            for _ in 0..<2 { #expect(try await sequence(repository) == 5) }
            try await update(6, repository)
            #expect(try await sequence(repository) == 6)
            let other = try await repository.reopened()
            try await update(7, other)
            try await other.database.close()
            #expect(try await sequence(repository) == 7)
        }
    }
}

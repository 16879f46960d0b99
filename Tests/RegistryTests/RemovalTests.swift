import AstroTime
import Databases
import Datasets
import Registry
import StewardCore
import Testing

@Suite struct RemovalTests {
    private let store = "FileDatastore@<butlerRoot>"

    /// Three datasets in `r1`, one of them tagged in `t`, two certified in `c`; chain `x` holds `r1` and `r2`.
    private func prepare(_ repository: TestRepository) async throws -> [DatasetRef] {
        let bias = try await DatasetTests.prepare(repository)
        let refs = try repository.refs(bias, run: "r1", detectors: 1...3)
        try await repository.write { tables, connection in
            try tables.datasets.insert(refs, on: connection)
            try tables.locations.insert(refs.map(\.id), in: store, on: connection)
            try tables.datasets.associate([refs[0]], with: "t", on: connection)
            try tables.datasets.certify(Array(refs.prefix(2)), in: "c", validity: .all, on: connection)
            try tables.collections.register("x", kind: .chained, on: connection)
            try tables.collections.change(.redefine, "x", ["r1", "r2"], on: connection)
        }
        return refs
    }

    @Test("removing a run says what it would unlink, and does it when asked", arguments: CollectionTests.formats)
    func runs(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            let refs = try await prepare(repository)
            let chained = try await butlerError {
                try await repository.write { _ = try $0.removeRuns(["r1"], on: $1) }
            }
            #expect(chained.code == .integrity)
            #expect(chained.context == [.init("r1", "held by \"x\"")])
            let certified = try await butlerError {
                try await repository.write { _ = try $0.removeRuns(["r1"], unlinkingChains: true, on: $1) }
            }
            #expect(certified.code == .integrity)
            #expect(certified.context == [.init("c", "2 validity ranges of \"bias\"")])
            #expect(try await repository.integer("SELECT COUNT(*) FROM dataset") == 3)
            let consequences = try await repository.write {
                try $0.removeRuns(["r1"], unlinkingChains: true, unlinkingCertified: true, on: $1)
            }
            #expect(consequences.chains == ["r1": ["x"]])
            #expect(consequences.tagged.map(\.count) == [1])
            #expect(consequences.certified.map(\.count) == [2])
            for table in ["dataset", "dataset_location", "dataset_tags_00000001", "dataset_calibs_00000001"] {
                #expect(try await repository.integer("SELECT COUNT(*) FROM \(id: table)") == 0)
            }
            #expect(
                Set(try await repository.read { try $0.locations.trashed(in: store, on: $1) }) == Set(refs.map(\.id))
            )
            let rest = try await repository.read { try $0.collections.flatten(["x"], on: $1).map(\.name) }
            #expect(rest == ["r2"])
            await #expect(throws: ButlerError(.missingCollection, "")) {
                try await repository.read { _ = try $0.collections.record("r1", on: $1) }
            }
        }
    }

    @Test("the consequences for single datasets are counted")
    func datasets() async throws {
        try await TestRepository.with { repository in
            let refs = try await prepare(repository)
            let all = try await repository.read { try $0.consequences(ofRemoving: refs, on: $1) }
            #expect(all.memberships.map(\.collection) == ["c", "t"])
            #expect(all.memberships.map(\.count) == [2, 1])
            let none = try await repository.read { try $0.consequences(ofRemoving: [refs[2]], on: $1) }
            #expect(none.isEmpty)
        }
    }

    @Test("collections go with their memberships, chains keep their children")
    func collections() async throws {
        try await TestRepository.with { repository in
            _ = try await prepare(repository)
            let held = try await butlerError {
                try await repository.write { try $0.removeCollections(["r2"], on: $1) }
            }
            #expect(held.code == .integrity)
            #expect(held.context == [.init("r2", "held by \"x\"")])
            let stored = try await butlerError {
                try await repository.write { try $0.removeCollections(["r1"], unlinkingChains: true, on: $1) }
            }
            #expect(stored.code == .integrity)
            #expect(stored.remedy?.contains("remove-runs") == true)
            try await repository.write { try $0.removeCollections(["x", "r2", "c", "t"], on: $1) }
            #expect(try await repository.rows("SELECT name FROM collection", [.text]) == ["\"r1\""])
            #expect(try await repository.integer("SELECT COUNT(*) FROM dataset_calibs_00000001") == 0)
            #expect(try await repository.integer("SELECT COUNT(*) FROM dataset_tags_00000001") == 3)
            await #expect(throws: ButlerError(.missingCollection, "")) {
                try await repository.write { try $0.removeCollections(["nothing"], on: $1) }
            }
        }
    }

    @Test("a dataset type goes when its datasets are gone, and its tables stay")
    func datasetTypes() async throws {
        try await TestRepository.with { repository in
            let refs = try await prepare(repository)
            let error = try await butlerError {
                try await repository.write { try $0.removeDatasetType("bias", on: $1) }
            }
            #expect(error.code == .integrity)
            #expect(error.context == [.init("run", "\"r1\" with 3 datasets")])
            try await repository.write { tables, connection in
                try tables.locations.remove(refs.map(\.id), from: store, on: connection)
                try tables.datasets.delete(refs.map(\.id), on: connection)
                try tables.removeDatasetType("bias", on: connection)
            }
            await #expect(throws: ButlerError(.missingDatasetType, "")) {
                try await repository.read { _ = try $0.datasetTypes.record("bias", on: $1) }
            }
            #expect(try await repository.database.read { try $0.tableExists("dataset_calibs_00000001") })
            let bias = try repository.type("bias", ["detector"], isCalibration: true)
            #expect(try await repository.write { try $0.datasetTypes.register(bias, on: $1).isNew })
        }
    }

    @Test("tables of our own are made on first need, once, with a version")
    func extensions() async throws {
        try await TestRepository.with { repository in
            let table = TableSpec(
                "steward_notes",
                columns: [.key("dataset_id", .uuid), .required("note", .text)],
                foreignKeys: [.init(["dataset_id"], references: "dataset", ["id"], cascades: true)]
            )
            let notes = ExtensionTables.Definition(name: "steward_notes", version: 1, tables: [table])
            #expect(try await !repository.read { try $0.extensions.exist(notes, on: $1) })
            #expect(try await repository.write { try $0.extensions.ensure(notes, on: $1) })
            let other = try await repository.reopened()
            #expect(try await !other.write { try $0.extensions.ensure(notes, on: $1) })
            let newer = ExtensionTables.Definition(name: "steward_notes", version: 2, tables: [table])
            await #expect(throws: ButlerError(.incompatibleRepository, "")) {
                try await other.write { _ = try $0.extensions.ensure(newer, on: $1) }
            }
            let foreign = ExtensionTables.Definition(name: "notes", version: 1, tables: [])
            await #expect(throws: ButlerError(.invalidArgument, "")) {
                try await other.write { _ = try $0.extensions.ensure(foreign, on: $1) }
            }
            try await other.database.close()
        }
    }
}

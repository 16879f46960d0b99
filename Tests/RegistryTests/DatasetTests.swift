import AstroTime
import Databases
import Datasets
import Dimensions
import Foundation
import Registry
import StewardCore
import StewardTesting
import Testing

@Suite struct DatasetTests {
    /// A camera, runs `r1` and `r2`, tags `t`, calibrations `c`, and dataset types `bias` and `packages`.
    static func prepare(_ repository: TestRepository) async throws -> DatasetType {
        try await repository.addCamera()
        let bias = try repository.type("bias", ["detector"], isCalibration: true)
        let packages = try repository.type("packages", [])
        try await repository.write { tables, connection in
            for run in ["r1", "r2"] { try tables.collections.register(run, kind: .run, on: connection) }
            try tables.collections.register("t", kind: .tagged, on: connection)
            try tables.collections.register("c", kind: .calibration, on: connection)
            for type in [bias, packages] { try tables.datasetTypes.register(type, on: connection) }
        }
        return bias
    }

    private func find(
        _ repository: TestRepository,
        _ type: String,
        _ detector: Int64,
        _ collections: [String],
        _ timespan: Timespan? = nil
    ) async throws -> DatasetID? {
        let dataID = try repository.dataID(["instrument": "Cam1", "detector": .int(detector)])
        return try await repository.read { tables, connection in
            let record = try tables.datasetTypes.record(type, on: connection)
            let search = try tables.collections.flatten(collections, on: connection)
            return try tables.datasets.find(record, dataID, in: search, timespan: timespan, on: connection)?.ref.id
        }
    }

    @Test("datasets are found in the first run that has them, and by identifier", arguments: CollectionTests.formats)
    func insertAndFind(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            let bias = try await Self.prepare(repository)
            let packages = try repository.type("packages", [])
            let first = try repository.refs(bias, run: "r1", detectors: 1...3)
            let second = try repository.refs(bias, run: "r2", detectors: 2...4)
            let whole = DatasetRef(packages, .empty(in: repository.universe), run: "r1")
            try await repository.write { try $0.datasets.insert(first + second + [whole], on: $1) }
            #expect(try await find(repository, "bias", 2, ["r1", "r2"]) == first[1].id)
            #expect(try await find(repository, "bias", 2, ["r2", "r1"]) == second[0].id)
            #expect(try await find(repository, "bias", 4, ["r1", "r2"]) == second[2].id)
            #expect(try await find(repository, "bias", 4, ["r1"]) == nil)
            #expect(try await find(repository, "packages", 4, ["r1"]) == whole.id)
            let ids = (first + second + [whole]).map(\.id)
            let found = try await repository.read { try $0.datasets.find(ids: ids + [UUID()], on: $1) }
            #expect(found.count == 7)
            for ref in first + second + [whole] {
                #expect(found[ref.id] == ref)
                #expect(found[ref.id]?.run == ref.run)
            }
            let stored = try await repository.read { tables, connection in
                try tables.datasets.ids(in: try tables.collections.record("r2", on: connection), on: connection)
            }
            #expect(Set(stored) == Set(second.map(\.id)))
        }
    }

    @Test("the time of ingest is stored in the form of the repository's version")
    func ingestDates() async throws {
        for format in CollectionTests.formats {
            try await TestRepository.with(format: format) { repository in
                let bias = try await Self.prepare(repository)
                let refs = try repository.refs(bias, run: "r1", detectors: 1...1)
                let before = TAI.now()
                try await repository.write { try $0.datasets.insert(refs, on: $1) }
                let text = try await repository.rows("SELECT CAST(ingest_date AS TEXT) FROM dataset", [.text])[0]
                    .replacing("\"", with: "")
                switch format.ingestDates {
                case .nanoseconds:
                    let date = try #require(Int64(text))
                    #expect(date % 1000 == 0)
                    #expect(date >= before.nanoseconds - 1000 && date <= TAI.now().nanoseconds)
                case .timestamps:
                    #expect(text.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/) != nil)
                    #expect(text >= before.iso(decimals: 6, scale: .utc))
                }
            }
        }
    }

    @Test("what a run has already, or a dimension lacks, is told")
    func refused() async throws {
        try await TestRepository.with { repository in
            let bias = try await Self.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...2)
            try await repository.write { try $0.datasets.insert(refs, on: $1) }
            let rival = try repository.refs(bias, run: "r1", detectors: 2...3)
            let absent = try repository.refs(bias, run: "r1", detectors: 9...9)
            let foreign = try DatasetRef(
                bias,
                DataCoordinate(["instrument": "Cam2", "detector": 1], for: bias.dimensions),
                run: "r1"
            )
            let twice = try repository.refs(bias, run: "r2", detectors: 1...1)
            let unknown = try repository.type("nothing", ["detector"])
            let raw = try repository.type("bias", ["exposure"])
            let exposure = try DataCoordinate(["instrument": "Cam1", "exposure": 1], for: raw.dimensions)
            let cases: [([DatasetRef], ButlerError.Code, String)] = [
                (rival, .conflictingDefinition, "detector: 2"),
                (refs, .conflictingDefinition, refs[0].id.dashed),
                (twice + twice, .conflictingDefinition, twice[0].id.dashed),
                (absent, .dataIDValue, "detector: 9"),
                ([foreign], .dataIDValue, "instrument"),
                (try repository.refs(unknown, run: "r1", detectors: 1...1), .missingDatasetType, "nothing"),
                (try repository.refs(bias, run: "r3", detectors: 1...1), .missingCollection, "r3"),
                (try repository.refs(bias, run: "t", detectors: 1...1), .collectionType, "TAGGED"),
                ([DatasetRef(raw, exposure, run: "r1")], .conflictingDefinition, "dimensions"),
            ]
            for (refs, code, text) in cases {
                let error = try await butlerError {
                    try await repository.write { try $0.datasets.insert(refs, on: $1) }
                }
                #expect(error.code == code, "\(error)")
                #expect(error.message.contains(text), "\(error)")
            }
            #expect(try await repository.integer("SELECT COUNT(*) FROM dataset") == 2)
        }
    }

    @Test("an import keeps what agrees and refuses what does not")
    func importing() async throws {
        try await TestRepository.with { repository in
            let bias = try await Self.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...2)
            let more = try repository.refs(bias, run: "r1", detectors: 3...3)
            #expect(try await repository.write { try $0.datasets.importing(refs, on: $1) } == refs)
            #expect(try await repository.write { try $0.datasets.importing(refs + more, on: $1) } == more)
            #expect(try await repository.write { try $0.datasets.importing(refs + more, on: $1) } == [])
            let other = try repository.type("other", ["detector"])
            try await repository.write { try $0.datasetTypes.register(other, on: $1) }
            let moved = DatasetRef(bias, more[0].dataID, run: "r2", id: refs[0].id)
            let changed = try DatasetRef(
                bias,
                DataCoordinate(["instrument": "Cam1", "detector": 4], for: bias.dimensions),
                run: "r1",
                id: refs[0].id
            )
            let retyped = DatasetRef(other, refs[0].dataID, run: "r1", id: refs[0].id)
            let rival = try repository.refs(bias, run: "r1", detectors: 1...1)
            for bad in [[moved], [changed], [retyped], rival] {
                let error = try await butlerError {
                    try await repository.write { _ = try $0.datasets.importing(bad, on: $1) }
                }
                #expect(error.code == .conflictingDefinition, "\(error)")
            }
            let twins = try repository.refs(bias, run: "r2", detectors: 1...1)
            #expect(try await repository.write { try $0.datasets.importing(twins + twins, on: $1) } == twins)
        }
    }

    @Test("a TAGGED collection holds one dataset for each data ID", arguments: CollectionTests.formats)
    func associate(format: RegistryFormat) async throws {
        try await TestRepository.with(format: format) { repository in
            let bias = try await Self.prepare(repository)
            let first = try repository.refs(bias, run: "r1", detectors: 1...2)
            let second = try repository.refs(bias, run: "r2", detectors: 1...2)
            try await repository.write { try $0.datasets.insert(first + second, on: $1) }
            for _ in 0..<2 { try await repository.write { try $0.datasets.associate(first, with: "t", on: $1) } }
            #expect(try await find(repository, "bias", 1, ["t"]) == first[0].id)
            let error = try await butlerError {
                try await repository.write { try $0.datasets.associate(second, with: "t", on: $1) }
            }
            #expect(error.code == .conflictingDefinition)
            #expect(error.message.contains("\"t\""))
            try await repository.write { try $0.datasets.disassociate([first[0], second[1]], from: "t", on: $1) }
            try await repository.write { try $0.datasets.associate([second[0]], with: "t", on: $1) }
            #expect(try await find(repository, "bias", 1, ["t"]) == second[0].id)
            #expect(try await find(repository, "bias", 2, ["t"]) == first[1].id)
            let ghost = try repository.refs(bias, run: "r1", detectors: 3...3)
            await #expect(throws: ButlerError(.datasetNotFound, "")) {
                try await repository.write { try $0.datasets.associate(ghost, with: "t", on: $1) }
            }
            await #expect(throws: ButlerError(.collectionType, "")) {
                try await repository.write { try $0.datasets.associate(first, with: "c", on: $1) }
            }
            let type = try await repository.read { tables, connection in
                let record = try tables.datasetTypes.record("bias", on: connection)
                let search = try tables.collections.flatten(["t", "r2"], on: connection)
                return try tables.datasets.associations(of: record, in: search, on: connection)
            }
            #expect(type.map(\.ref.id) == [second[0].id, first[1].id, second[0].id, second[1].id])
            #expect(type.map(\.collection) == ["t", "t", "r2", "r2"])
        }
    }

    @Test("thousands of data IDs are looked up in a few statements")
    func bulk() async throws {
        try await TestRepository.with { repository in
            _ = try await Self.prepare(repository)
            let gaia = try repository.type("gaia", ["htm7"])
            try await repository.write { try $0.datasetTypes.register(gaia, on: $1) }
            let refs = (0..<20_000).map { index in
                DatasetRef(gaia, DataCoordinate(gaia.dimensions, values: [.int(131_072 + index)]), run: "r1")
            }
            let written = try await repository.count {
                try await repository.write { try $0.datasets.insert(refs, on: $1) }
            }
            // On a server the foreign keys of so many rows are asked for and checked, one statement for each.
            #expect(written <= (TestBackend.current == .sqlite ? 6 : 17))
            let requests =
                refs.map { DatasetRequest($0.dataID) }
                + [DatasetRequest(DataCoordinate(gaia.dimensions, values: [200_000]))]
            let count = try await repository.count {
                let found = try await repository.read { tables, connection in
                    let record = try tables.datasetTypes.record("gaia", on: connection)
                    let search = try tables.collections.flatten(["r2", "r1"], on: connection)
                    return try tables.datasets.find(record, requests, in: search, on: connection)
                }
                #expect(found.dropLast().map { $0?.ref.id } == refs.map(\.id))
                #expect(found.last == .some(nil))
            }
            #expect(count <= 4)
        }
    }

    @Test("summaries cover what was ever a member, and are cut back only on request")
    func summaries() async throws {
        try await TestRepository.with { repository in
            let bias = try await Self.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...1)
            try await repository.write { tables, connection in
                try tables.datasets.insert(refs, on: connection)
                try tables.datasets.associate(refs, with: "t", on: connection)
                try tables.datasets.disassociate(refs, from: "t", on: connection)
            }
            func summaries() async throws -> [String: CollectionSummary] {
                try await repository.read { tables, connection in
                    let search = try tables.collections.flatten(["r1", "t", "c"], on: connection)
                    return try tables.datasets.summaries(of: search, on: connection)
                }
            }
            var expected = CollectionSummary()
            expected.datasetTypes = ["bias"]
            expected.governors = ["instrument": ["Cam1"]]
            #expect(try await summaries() == ["r1": expected, "t": expected, "c": CollectionSummary()])
            let pruned = try await repository.write { tables, connection in
                let record = try tables.datasetTypes.record("bias", on: connection)
                return try tables.datasets.pruneSummaries(of: record, on: connection)
            }
            #expect(pruned == ["t"])
            #expect(try await summaries()["t"]?.datasetTypes == [])
            // What was cut back comes again with the next member.
            try await repository.write { try $0.datasets.associate(refs, with: "t", on: $1) }
            #expect(try await summaries()["t"]?.datasetTypes == ["bias"])
        }
    }

    @Test("texts that no other table checks are checked here", arguments: ["", String(repeating: "x", count: 33)])
    func bands(band: String) async throws {
        try await TestRepository.with { repository in
            _ = try await Self.prepare(repository)
            let coadd = try repository.type("coadd", ["tract", "band"])
            try await repository.write { try $0.datasetTypes.register(coadd, on: $1) }
            let dataID = DataCoordinate(coadd.dimensions, values: [.string(band), "sky1", 0])
            let ref = DatasetRef(coadd, dataID, run: "r1")
            await #expect(throws: ButlerError(.dimensionValue, "")) {
                try await repository.write { try $0.datasets.insert([ref], on: $1) }
            }
        }
    }

    @Test("a key that another process has given to something else is noticed")
    func reusedKeys() async throws {
        try await TestRepository.with { repository in
            let bias = try await Self.prepare(repository)
            try await repository.write { try $0.collections.register("last", kind: .run, on: $1) }
            let other = try await repository.reopened()
            let refs = try repository.refs(bias, run: "last", detectors: 1...1)
            _ = try await other.read { try $0.collections.record("last", on: $1) }
            try await repository.write { tables, connection in
                try tables.removeCollections(["last"], on: connection)
                try tables.collections.register("new", kind: .run, on: connection)
            }
            for _ in 0..<2 {
                await #expect(throws: ButlerError(.missingCollection, "")) {
                    try await other.write { try $0.datasets.insert(refs, on: $1) }
                }
            }
            #expect(try await repository.integer("SELECT COUNT(*) FROM dataset_tags_00000001") == 0)
            try await other.database.close()
        }
    }

    @Test("a summary that another process has cut back is written again")
    func staleSummaries() async throws {
        try await TestRepository.with { repository in
            let bias = try await Self.prepare(repository)
            let first = try repository.refs(bias, run: "r1", detectors: 1...1)
            let second = try repository.refs(bias, run: "r1", detectors: 2...2)
            try await repository.write { try $0.datasets.insert(first, on: $1) }
            let other = try await repository.reopened()
            try await other.write { tables, connection in
                try tables.datasets.delete(first.map(\.id), on: connection)
                let record = try tables.datasetTypes.record("bias", on: connection)
                #expect(try tables.datasets.pruneSummaries(of: record, on: connection) == ["r1"])
            }
            try await repository.write { try $0.datasets.insert(second, on: $1) }
            #expect(try await find(repository, "bias", 2, ["r1"]) == second[0].id)
            try await other.database.close()
        }
    }

    @Test("identifiers made of the data ID are the reference's")
    func identifiers() async throws {
        try await TestRepository.with { repository in
            let raw = try repository.type("raw", ["exposure", "detector"])
            let dataID = try repository.dataID(["instrument": "Cam1", "detector": 1, "exposure": 10])
            let id = DatasetRef(raw, dataID, run: "Cam1/raw/all", mode: .dataIDTypeRun).id
            #expect(id.hexadecimal == "c1ab34ef8eac5704b7be4d3decd362f6")
            try await repository.addCamera()
            let records = try DimensionTests.observation(repository)
            try await repository.write { tables, connection in
                try tables.dimensions.insert(records, on: connection)
                try tables.datasetTypes.register(raw, on: connection)
                try tables.collections.register("Cam1/raw/all", kind: .run, on: connection)
                try tables.datasets.insert([DatasetRef(raw, dataID, run: "Cam1/raw/all", id: id)], on: connection)
            }
            #expect(
                try await repository.rows("SELECT id FROM dataset", [.text]) == [
                    "\"\(TestBackend.current == .sqlite ? id.hexadecimal : id.dashed)\""
                ]
            )
        }
    }
}

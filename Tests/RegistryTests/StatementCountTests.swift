import AstroTime
import Databases
import Datasets
import Dimensions
import Registry
import StewardCore
import StewardTesting
import Testing

/// Ceilings of the layout document, part 6: every statement counts, `BEGIN` and `COMMIT` too.
@Suite(.enabled(if: TestBackend.current == .sqlite, "the counts are SQLite's"))
struct StatementCountTests {
    private func records(_ refs: [DatasetRef]) -> [StoredFile] {
        refs.map { ref in
            StoredFile(
                dataset: ref.id,
                path: "r1/\(ref.id.dashed).yaml",
                formatter: "lsst.daf.butler.formatters.yaml.YamlFormatter",
                storageClass: ref.datasetType.storageClass,
                byteCount: 12
            )
        }
    }

    /// Everything that a put writes, the datastore's rows included.
    private func put(_ refs: [DatasetRef], _ repository: TestRepository) async throws {
        let rows = records(refs)
        try await repository.write { tables, connection in
            try tables.datasets.insert(refs, on: connection)
            try tables.locations.insert(refs.map(\.id), in: "FileDatastore@<butlerRoot>", on: connection)
            try tables.datastoreRecords().insert(rows, on: connection)
        }
    }

    @Test("creating a repository takes at most 145")
    func create() async throws {
        try await TestRepository.with { repository in
            // The recorder has seen the creation, and of the datastore's table the first four statements.
            #expect(repository.recorder.count <= 145)
        }
    }

    @Test("registering a camera takes at most 9")
    func camera() async throws {
        try await TestRepository.with { repository in
            var records = [try repository.record("instrument", ["name": "Cam1"])]
            for detector in 1...4 {
                records.append(
                    try repository.record(
                        "detector",
                        [
                            "instrument": "Cam1", "id": .int(Int64(detector)), "full_name": .string("A\(detector)"),
                        ]
                    )
                )
            }
            for filter in ["g", "r"] {
                records.append(
                    try repository.record(
                        "physical_filter",
                        ["instrument": "Cam1", "name": .string(filter), "band": .string(filter)]
                    )
                )
            }
            let count = try await repository.count {
                try await repository.write { [records] in try $0.dimensions.sync(records, on: $1) }
            }
            #expect(count <= 9)
        }
    }

    @Test("registering a dataset type takes at most 14, a run at most 4")
    func register() async throws {
        try await TestRepository.with { repository in
            let raw = try repository.type("raw", ["exposure", "detector"], "Exposure")
            _ = try await repository.read { try $0.datasetTypes.all(on: $1).count }
            let type = try await repository.count {
                try await repository.write { try $0.datasetTypes.register(raw, on: $1) }
            }
            #expect(type <= 14)
            for _ in 0..<2 {
                let run = try await repository.count {
                    try await repository.write { try $0.collections.register("r", kind: .run, on: $1) }
                }
                #expect(run <= 4)
            }
        }
    }

    @Test("four puts in one batch take at most 8, one put takes at most 7")
    func puts() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let batch = try repository.refs(bias, run: "r1", detectors: 1...4)
            #expect(try await repository.count { try await put(batch, repository) } <= 8)
            let first = try repository.refs(bias, run: "r2", detectors: 1...1)
            #expect(try await repository.count { try await put(first, repository) } <= 8)
            let next = try repository.refs(bias, run: "r2", detectors: 2...2)
            #expect(try await repository.count { try await put(next, repository) } <= 7)
        }
    }

    @Test("ingesting an exposure takes at most 14, whatever the number of its files")
    func ingest() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let raw = try repository.type("raw", ["exposure", "detector"], "Exposure")
            try await repository.write { tables, connection in
                try tables.datasetTypes.register(raw, on: connection)
                try tables.collections.register("r1", kind: .run, on: connection)
            }
            let records = try DimensionTests.observation(repository).filter {
                ["day_obs", "group", "exposure"].contains($0.element.name)
            }
            let refs = try (1...4).map { detector in
                let dataID = try DataCoordinate(
                    ["instrument": "Cam1", "exposure": 10, "detector": .int(Int64(detector))],
                    for: raw.dimensions
                )
                return DatasetRef(raw, dataID, run: "r1", mode: .dataIDTypeRun)
            }
            let rows = self.records(refs)
            for _ in 0..<2 {
                let count = try await repository.count {
                    try await repository.write { tables, connection in
                        _ = try tables.dimensions.sync(records, on: connection)
                        let expanded = try tables.dimensions.expand(
                            refs.map(\.dataID),
                            known: records,
                            on: connection
                        )
                        #expect(expanded.allSatisfy { $0.isFull })
                        let new = try tables.datasets.importing(refs, on: connection)
                        try tables.locations.insert(
                            new.map(\.id),
                            in: "FileDatastore@<butlerRoot>",
                            on: connection
                        )
                        try tables.datastoreRecords().insert(rows, replacing: true, on: connection)
                    }
                }
                #expect(count <= 14, "\(repository.recorder.texts)")
            }
        }
    }

    @Test("certifying four datasets takes at most 6")
    func certify() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...4)
            try await repository.write { try $0.datasets.insert(refs, on: $1) }
            for (begin, end) in [(0, 10), (10, 20)] as [(Int64, Int64)] {
                let validity = Timespan(beginNanoseconds: begin, endNanoseconds: end)
                let count = try await repository.count {
                    try await repository.write { try $0.datasets.certify(refs, in: "c", validity: validity, on: $1) }
                }
                #expect(count <= 6)
            }
        }
    }

    @Test("finding a dataset with its datastore's rows takes two, opening takes one")
    func find() async throws {
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let refs = try repository.refs(bias, run: "r1", detectors: 1...4)
            try await put(refs, repository)
            let other = try await repository.reopened(readOnly: true)
            #expect(other.recorder.count <= 1)
            for ceiling in [4, 3] {
                let count = try await other.count {
                    let found = try await other.read { tables, connection in
                        let type = try tables.datasetTypes.record("bias", on: connection)
                        let search = try tables.collections.flatten(["r2", "r1"], on: connection)
                        return try tables.datasets.find(
                            type,
                            refs[2].dataID,
                            in: search,
                            records: tables.datastoreRecords(),
                            on: connection
                        )
                    }
                    #expect(found?.ref == refs[2])
                    #expect(found?.collection == "r1")
                    #expect(found?.records == [records(refs)[2]])
                }
                #expect(count <= ceiling)
            }
            try await other.database.close()
        }
    }
}

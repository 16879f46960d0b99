import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

/// A butler that was opened for reading: no statement that writes, no lock, and every method that would write refuses.
@Suite struct ReadOnlyTests {
    /// What a statement of a reader must not begin with.
    private static let forbidden = [
        "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "LOCK", "REPLACE", "BEGIN IMMEDIATE",
        "BEGIN EXCLUSIVE",
        "PRAGMA JOURNAL",
    ]

    private static func writes(_ recorder: StatementRecorder) -> [String] {
        recorder.texts.filter { text in
            forbidden.contains { text.uppercased().hasPrefix($0) } || text.uppercased().contains("FOR UPDATE")
        }
    }

    /// A repository with a dataset in a run and a tag, and a reader of it.
    private static func open(
        _ backend: TestBackend
    ) async throws -> (
        repository: TemporaryRepository, reader: Butler, recorder: StatementRecorder, ref: DatasetRef
    ) {
        let repository = try await TemporaryRepository(backend)
        let writer = try await repository.filled()
        let type = try await writer.datasetType("bias")
        let ref = try await writer.put(JSONValue.int(1), as: type, writer.dataID(type, detector: 1), run: "u/r")
        try await writer.collections.register("u/tag", .tagged)
        try await writer.associate([ref], with: "u/tag")
        try await writer.collections.register("u/chain", .chained)
        try await writer.collections.register("u/calib", .calibration)
        let recorder = StatementRecorder()
        let reader = try await Butler.open(repository.root, refreshInterval: .zero, observer: recorder)
        return (repository, reader, recorder, ref)
    }

    @Test("reading sends no statement that writes or locks", arguments: TestBackend.available)
    func reading(_ backend: TestBackend) async throws {
        let (repository, reader, recorder, ref) = try await Self.open(backend)
        #expect(try await reader.find("bias", ["instrument": "Cam1", "detector": 1], collections: ["u/r"]) == ref)
        _ = try await reader.get(ref)
        #expect(try await reader.queryDatasets("bias", collections: ["u/r"]).count == 1)
        #expect(try await reader.queryDataIDs(["exposure"], where: "instrument='Cam1'").count == 2)
        #expect(try await reader.queryDimensionRecords("detector").count == 4)
        _ = try await reader.collections.query(["*"])
        _ = try await reader.datasetTypes()
        _ = try await reader.uris(of: [ref])
        _ = try await reader.check { Issue.record("\($0.message)") }
        try await reader.export([ref], to: repository.folder + "/exported")
        #expect(recorder.count > 10)
        #expect(Self.writes(recorder).isEmpty)
    }

    @Test("reading does not wait for a writer that has the lock", arguments: TestBackend.available)
    func locked(_ backend: TestBackend) async throws {
        let (repository, reader, _, ref) = try await Self.open(backend)
        let writer = try await repository.open()
        let exposures = try (10..<400).map { number in
            try DimensionRecord(
                writer.universe.element("exposure"),
                [
                    "instrument": .string("Cam1"), "id": .int(number), "obs_id": .string("obs\(number)"),
                    "day_obs": .int(20_250_101), "group": .string("g"), "physical_filter": .string("Cam1-G"),
                ]
            )
        }
        async let inserted: Void = writer.insert(exposures)
        for _ in 0..<20 { _ = try await reader.get(ref) }
        try await inserted
        #expect(try await reader.queryDimensionRecords("exposure").count == 392)
    }

    /// A method that writes.
    struct Writing: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let run: @Sendable (Butler, DatasetRef) async throws -> Void

        init(_ name: String, _ run: @escaping @Sendable (Butler, DatasetRef) async throws -> Void) {
            testDescription = name
            self.run = run
        }
    }

    private static let records: @Sendable (Butler) throws -> [DimensionRecord] = { butler in
        [try DimensionRecord(butler.universe.element("instrument"), ["name": .string("Other")])]
    }

    private static let writings = [
        Writing("put") { try await $0.put(JSONValue.int(1), as: $1.datasetType, $1.dataID, run: "u/new") },
        Writing("ingest") { try await $0.ingest([FileDataset(path: "/x.json", refs: [$1])]) },
        Writing("insert records") { butler, _ in try await butler.insert(records(butler)) },
        Writing("sync records") { butler, _ in _ = try await butler.sync(records(butler)) },
        Writing("register a dataset type") { try await $0.register($1.datasetType) },
        Writing("remove a dataset type") { butler, _ in try await butler.removeDatasetType("shot") },
        Writing("insert datasets") { butler, ref in
            try await butler.insertDatasets([DatasetRef(ref.datasetType, ref.dataID, run: "u/r")])
        },
        Writing("associate") { try await $0.associate([$1], with: "u/tag") },
        Writing("disassociate") { try await $0.disassociate([$1], from: "u/tag") },
        Writing("certify") { try await $0.certify([$1], in: "u/calib", validity: .all) },
        Writing("decertify") { try await $0.decertify($1.datasetType, in: "u/calib", validity: .all) },
        Writing("register a collection") { butler, _ in try await butler.collections.register("u/new") },
        Writing("redefine a chain") { butler, _ in try await butler.collections.redefineChain("u/chain", ["u/r"]) },
        Writing("prepend to a chain") { butler, _ in try await butler.collections.prependChain("u/chain", ["u/r"]) },
        Writing("extend a chain") { butler, _ in try await butler.collections.extendChain("u/chain", ["u/r"]) },
        Writing("shorten a chain") { butler, _ in try await butler.collections.removeFromChain("u/chain", ["u/r"]) },
        Writing("remove a collection") { butler, _ in try await butler.collections.remove("u/tag") },
        Writing("remove a run") { butler, _ in try await butler.remove(butler.runs(matching: ["u/r"])) },
        Writing("prune") { try await $0.prune([$1], Pruning(purging: true)) },
        Writing("repair") { butler, _ in _ = try await butler.check(RepositoryCheck(repairing: true)) { _ in } },
    ]

    @Test("every method that writes refuses, and sends no statement that writes", arguments: TestBackend.available)
    func refusals(_ backend: TestBackend) async throws {
        let (_, reader, recorder, ref) = try await Self.open(backend)
        for writing in Self.writings {
            recorder.reset()
            let error = await #expect(throws: ButlerError.self, "\(writing.testDescription)") {
                try await writing.run(reader, ref)
            }
            #expect(error?.code == .readOnly, "\(writing.testDescription): \(error.map { "\($0)" } ?? "")")
            #expect(Self.writes(recorder).isEmpty, "\(writing.testDescription)")
        }
        #expect(try await reader.find(id: ref.id) == ref)
    }
}

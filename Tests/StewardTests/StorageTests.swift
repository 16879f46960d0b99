import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

@Suite struct StorageTests {
    @Test("what is put is got, by reference and by what it is, with alternate keys too")
    func putAndGet() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("shot")
        let value = try JSONValue(parsing: #"{"a": [1, 2.5, "é"], "b": {"c": null}}"#)
        let ref = try await butler.put(value, as: type, butler.dataID(type, detector: 1), run: "u/r")
        #expect(try await butler.get(ref) as? JSONValue == value)
        let again = try await butler.get(
            "shot",
            ["instrument": "Cam1", "detector": "R0_S1", "seq_num": 0, "day_obs": 20_250_101],
            collections: ["u/*"]
        )
        #expect(again as? JSONValue == value)
        #expect(
            try await butler.find("shot", ["instrument": "Cam1", "detector": 2, "exposure": 0], collections: ["u/r"])
                == nil
        )
        #expect(try await butler.stored([ref], checkingFiles: true) == [true])
    }

    @Test("a put that fails leaves neither row nor file, and the dataset that stands in its way stays")
    func failedPut() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let dataID = try await butler.dataID(type, detector: 0)
        let first = try await butler.put(JSONValue.int(1), as: type, dataID, run: "u/r")
        await #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try await butler.put(JSONValue.int(2), as: type, dataID, run: "u/r")
        }
        #expect(try await butler.get(first) as? JSONValue == .int(1))
        let other = try await butler.dataID(type, detector: 1)
        await #expect(throws: ButlerError(.formatter, "")) {
            try await butler.put([
                (JSONValue.int(3), DatasetRef(type, other, run: "u/new")),
                (NotAValue(), DatasetRef(type, try await butler.dataID(type, detector: 2), run: "u/new")),
            ])
        }
        #expect(try await butler.collections.query(["u/new"], missingIsEmpty: true).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: repository.root + "/u/new/metric/metric_Cam1_R0_S1_u_new.json"))
    }

    @Test("runs that give one file name do not take each other's files; a pruned dataset's path is free")
    func occupiedPath() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let dataID = try await butler.dataID(type, detector: 0)
        let first = try await butler.put(JSONValue.int(1), as: type, dataID, run: "u/x y")
        await #expect(throws: ButlerError(.conflictingDefinition, "")) {
            try await butler.put(JSONValue.int(2), as: type, dataID, run: "u/x_y")
        }
        await #expect(throws: ButlerError(.conflictingDefinition, "")) {
            let (left, right) = (DatasetRef(type, dataID, run: "v/x y"), DatasetRef(type, dataID, run: "v/x_y"))
            try await butler.put([(JSONValue.int(3), left), (JSONValue.int(4), right)])
        }
        #expect(try await butler.get(first) as? JSONValue == .int(1))
        try await butler.prune([first], Pruning(purging: true))
        let second = try await butler.put(JSONValue.int(2), as: type, dataID, run: "u/x_y")
        #expect(try await butler.get(second) as? JSONValue == .int(2))
    }

    @Test(
        "statement counts stay below their ceilings",
        .enabled(if: TestBackend.current == .sqlite, "the counts are SQLite's")
    )
    func statementCounts() async throws {
        let repository = try await TemporaryRepository()
        let recorder = StatementRecorder()
        _ = try await repository.filled()
        let butler = try await Butler.open(
            repository.root,
            writeable: true,
            refreshInterval: .seconds(3600),
            observer: recorder
        )
        let type = try await butler.datasetType("metric")
        try await butler.put(JSONValue.int(0), as: type, butler.dataID(type, detector: 0), run: "u/r")
        let dataID = try await butler.dataID(type, detector: 1)
        recorder.reset()
        let ref = try await butler.put(JSONValue.int(1), as: type, dataID, run: "u/r")
        #expect(recorder.count <= 7, "put: \(recorder.statements)")
        recorder.reset()
        _ = try await butler.get(ref)
        #expect(recorder.count <= 1, "get by reference: \(recorder.statements)")
        recorder.reset()
        _ = try await butler.get("metric", ["instrument": "Cam1", "detector": 1], collections: ["u/r"])
        #expect(recorder.count <= 3, "get by data ID: \(recorder.statements)")
        recorder.reset()
        _ = try await butler.queryDatasets("metric", collections: ["u/r"])
        #expect(recorder.count <= 4, "query: \(recorder.statements)")
    }

    @Test("pruning takes files first out of sight, then off the disk")
    func pruning() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let ref = try await butler.put(JSONValue.int(1), as: type, butler.dataID(type, detector: 0), run: "u/r")
        let uri = try await butler.uris(of: [ref])[0][""]
        let path = try #require(uri.flatMap { URL(string: $0) }).path
        #expect(FileManager.default.fileExists(atPath: path))
        try await butler.prune([ref], Pruning(unstoring: true))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try await butler.find(id: ref.id) != nil)
        await #expect(throws: ButlerError(.fileNotFound, "")) { _ = try await butler.get(ref) }
        try await butler.prune([ref], Pruning(purging: true))
        #expect(try await butler.find(id: ref.id) == nil)
    }

    @Test("runs with certified datasets are removed only on request")
    func certifiedRuns() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("bias")
        let ref = try await butler.put(JSONValue.int(1), as: type, butler.dataID(type, detector: 0), run: "u/bias")
        try await butler.collections.register("calib", .calibration)
        try await butler.certify([ref], in: "calib", validity: .all)
        #expect(
            try await butler.resolve(
                "bias",
                ["instrument": "Cam1", "detector": 0, "exposure": 1],
                collections: ["calib"]
            ) == ref
        )
        let removal = try await butler.runs(matching: ["u/*"])
        #expect(removal.certified == ["calib"])
        #expect(removal.datasetCounts.map(\.count) == [1])
        await #expect(throws: ButlerError(.integrity, "")) { try await butler.remove(removal) }
        try await butler.remove(removal, unlinkingCertified: true)
        #expect(try await butler.collections.query(["u/*"]).isEmpty)
    }

    @Test("files are ingested in every mode, once")
    func ingest() async throws {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        for (index, mode) in [TransferMode.copy, .move, .hardlink, .symlink, .direct].enumerated() {
            let source = repository.folder + "/in\(index).json"
            try Data("{\"n\": \(index)}".utf8).write(to: URL(fileURLWithPath: source))
            let dataID = try await butler.dataID(type, detector: Int64(index % 4))
            let file = FileDataset(
                path: source,
                refs: [DatasetRef(type, dataID, run: "r/\(mode)", mode: .dataIDTypeRun)]
            )
            let outcome = try await butler.ingest([file], IngestOptions(mode: mode))
            #expect(outcome.ingested.count == 1)
            #expect(try await butler.get(outcome.ingested[0]) as? JSONValue == .object(["n": .int(Int64(index))]))
            #expect(FileManager.default.fileExists(atPath: source) == (mode != .move))
            guard mode != .move else { continue }
            await #expect(throws: ButlerError(.conflictingDefinition, "")) {
                try await butler.ingest([file], IngestOptions(mode: mode))
            }
            let again = try await butler.ingest([file], IngestOptions(mode: mode, skippingExisting: true))
            #expect(again.ingested.isEmpty)
            #expect(again.skipped.count == 1)
        }
        let missing = FileDataset(
            path: repository.folder + "/none.json",
            refs: [DatasetRef(type, try await butler.dataID(type, detector: 0), run: "r/none")]
        )
        await #expect(throws: ButlerError(.fileNotFound, "")) { try await butler.ingest([missing]) }
        #expect(try await butler.collections.query(["r/none"], missingIsEmpty: true).isEmpty)
    }

    @Test("an export is imported into an empty repository with files, collections and validity")
    func exportAndImport() async throws {
        let source = try await TemporaryRepository()
        let butler = try await source.filled()
        let type = try await butler.datasetType("bias")
        let refs = [
            try await butler.put(JSONValue.int(1), as: type, butler.dataID(type, detector: 0), run: "u/bias"),
            try await butler.put(JSONValue.int(2), as: type, butler.dataID(type, detector: 1), run: "u/bias"),
        ]
        try await butler.collections.register("calib", .calibration)
        let validity = try Timespan(begin: TAI("2025-01-01T00:00:00", format: .isot, scale: .tai), end: nil)
        try await butler.certify(refs, in: "calib", validity: validity)
        try await butler.export(refs, to: source.folder + "/out", collections: ["calib"], mode: .copy)
        let target = try await TemporaryRepository()
        let other = try await target.open()
        #expect(try await other.importExport(in: source.folder + "/out", mode: .copy).isEmpty)
        #expect(
            try await other.queryDatasets("bias", collections: ["u/bias"]).map(\.id).sorted { $0.dashed < $1.dashed }
                == refs.map(\.id).sorted { $0.dashed < $1.dashed }
        )
        let found = try await other.get(
            "bias",
            ["instrument": "Cam1", "detector": 1],
            collections: ["calib"],
            timespan: validity
        )
        #expect(found as? JSONValue == .int(2))
    }

    private struct NotAValue: Sendable {}
}

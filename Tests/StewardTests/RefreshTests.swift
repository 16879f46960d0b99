import Steward
import StewardCore
import StewardTesting
import Testing

/// What a butler that stays open sees of the work of others.
@Suite struct RefreshTests {
    private static func detector(_ number: Int64, _ name: String, _ butler: Butler) throws -> DimensionRecord {
        try DimensionRecord(
            butler.universe.element("detector"),
            ["instrument": .string("Cam1"), "id": .int(number), "full_name": .string(name)]
        )
    }

    private static func type(_ name: String, _ dimensions: [String], _ butler: Butler) throws -> DatasetType {
        try DatasetType(
            name: name,
            dimensions: butler.universe.group(dimensions),
            storageClass: "TaskMetadata",
            isCalibration: false
        )
    }

    @Test("what others add is found at once, without asking first", arguments: TestBackend.available)
    func additions(_ backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let writer = try await repository.filled()
        let recorder = StatementRecorder()
        let reader = try await Butler.open(repository.root, refreshInterval: .seconds(3600), observer: recorder)
        let metric = try await writer.datasetType("metric")
        try await writer.put(JSONValue.int(0), as: metric, writer.dataID(metric, detector: 0), run: "u/r")
        let all = try await reader.query().datasets("metric", collections: ["u/r"]).withRecords().all()
        #expect(all.count == 1)

        try await writer.insert([try Self.detector(9, "R0_S9", writer)])
        try await writer.register(try Self.type("later", ["instrument", "detector"], writer))
        let later = try await writer.datasetType("later")
        let ref = try await writer.put(JSONValue.int(9), as: later, writer.dataID(later, detector: 9), run: "u/later")
        try await writer.put(JSONValue.int(9), as: metric, writer.dataID(metric, detector: 9), run: "u/r")

        #expect(try await reader.collections.query(["u/*"]).map(\.name) == ["u/r", "u/later"])
        #expect(
            try await reader.find("later", ["detector": "R0_S9", "instrument": "Cam1"], collections: ["u/later"]) == ref
        )
        let found = try await reader.query().datasets("metric", collections: ["u/r"]).withRecords().all()
        let detector = try reader.universe.element("detector")
        let names = found.map { $0.dataID.records?[detector]?["full_name"] }
        #expect(Set(names) == [.string("R0_S0"), .string("R0_S9")])
        recorder.reset()
        for _ in 0..<3 {
            _ = try await reader.find("later", ["instrument": "Cam1", "detector": 9], collections: ["u/later"])
        }
        #expect(recorder.count == 6, "\(recorder.texts)")
    }

    @Test("what others change is seen after one short statement", arguments: TestBackend.available)
    func changes(_ backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let writer = try await repository.filled()
        let recorder = StatementRecorder()
        let reader = try await Butler.open(repository.root, refreshInterval: .zero, observer: recorder)
        try await writer.register(try Self.type("changing", ["instrument", "detector"], writer))
        try await writer.collections.register("u/r")
        func look(_ name: String) async throws -> Int {
            recorder.reset()
            _ = try await reader.find(
                "changing",
                ["instrument": "Cam1", "detector": .string(name)],
                collections: ["u/r"]
            )
            return recorder.count
        }
        _ = try await look("R0_S2")
        #expect(try await look("R0_S2") == 3, "\(recorder.texts)")
        #expect(try await look("R0_S2") == 3, "\(recorder.texts)")

        try await writer.sync([try Self.detector(2, "R9_S9", writer)], updating: true)
        #expect(try await look("R9_S9") <= 6, "\(recorder.texts)")
        await #expect(throws: ButlerError(.dimensionValue, "")) { _ = try await look("R0_S2") }
        #expect(try await look("R9_S9") == 3, "\(recorder.texts)")

        try await writer.removeDatasetType("changing")
        await #expect(throws: ButlerError(.missingDatasetType, "")) { _ = try await look("R9_S9") }
        try await writer.register(try Self.type("changing", ["instrument"], writer))
        #expect(try await reader.datasetType("changing").dimensions.names == ["instrument"])
    }

    @Test("refreshing by hand forgets what is in memory", arguments: TestBackend.available)
    func byHand(_ backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let writer = try await repository.filled()
        let reader = try await Butler.open(repository.root, refreshInterval: .seconds(3600))
        #expect(try await reader.datasetType("metric").storageClass == "TaskMetadata")
        try await writer.removeDatasetType("metric")
        #expect(try await reader.datasetType("metric").storageClass == "TaskMetadata")
        reader.refresh()
        await #expect(throws: ButlerError(.missingDatasetType, "")) { _ = try await reader.datasetType("metric") }
    }
}

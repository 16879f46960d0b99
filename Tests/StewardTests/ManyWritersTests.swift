import Dispatch
import Foundation
import StewardCore
import StewardTesting
import Synchronization
import Testing

@testable import Steward

/// Several programs that write to one repository at the same time, each with its own connections.
@Suite(.serialized, .timeLimit(.minutes(20))) struct ManyWritersTests {
    private static let writers = 6

    /// Runs a body for each of several butlers of one repository, all at the same time.
    private func together<Result: Sendable>(
        _ root: String,
        _ body: @escaping @Sendable (Int, Butler) async throws -> Result
    ) async throws -> [Swift.Result<Result, any Error>] {
        await withTaskGroup(of: Swift.Result<Result, any Error>.self) { group in
            for number in 0..<Self.writers {
                group.addTask {
                    do {
                        let butler = try await Butler.open(root, writeable: true)
                        return .success(try await body(number, butler))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func record(
        _ element: String,
        _ fields: [String: DimensionRecord.FieldValue],
        _ butler: Butler
    ) throws -> DimensionRecord {
        try DimensionRecord(butler.universe.element(element), fields)
    }

    @Test(
        "what all register is there once, what each puts is there, and of overlapping certifications one wins",
        arguments: TestBackend.available
    )
    func everything(backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let root = repository.root
        let perWriter = 10
        let registered = try await together(root) { number, butler in
            let camera = DimensionRecord.FieldValue.string("Cam1")
            var records = [try Self.record("instrument", ["name": camera], butler)]
            for detector in 0..<Int64(Self.writers * perWriter) {
                let name = DimensionRecord.FieldValue.string("D\(detector)")
                records.append(
                    try Self.record(
                        "detector",
                        ["instrument": camera, "id": .int(detector), "full_name": name],
                        butler
                    )
                )
            }
            try await butler.sync(records)
            for (name, isCalibration) in [("metric", false), ("bias", true)] {
                let group = try butler.universe.group(["instrument", "detector"])
                let type = try DatasetType(
                    name: name,
                    dimensions: group,
                    storageClass: "TaskMetadata",
                    isCalibration: isCalibration
                )
                try await butler.register(type)
            }
            try await butler.collections.register("calib", .calibration)
            try await butler.collections.register("run", .run)
        }
        for case .failure(let error) in registered { Issue.record("registration: \(error)") }
        let put = try await together(root) { number, butler in
            for type in [try await butler.datasetType("metric"), try await butler.datasetType("bias")] {
                for index in 0..<perWriter {
                    let detector = Int64(number * perWriter + index)
                    let dataID = try await butler.dataID(type, detector: detector)
                    try await butler.put(JSONValue.int(detector), as: type, dataID, run: "run")
                }
            }
        }
        for case .failure(let error) in put { Issue.record("put: \(error)") }
        let reader = try await Butler.open(root)
        for type in ["metric", "bias"] {
            let refs = try await reader.queryDatasets(type, collections: ["run"])
            #expect(Set(refs.map(\.dataID)).count == Self.writers * perWriter)
            for ref in refs { #expect(try await reader.get(ref) as? JSONValue != nil) }
        }
        let ref = try #require(try await reader.queryDatasets("bias", collections: ["run"]).first)
        let certified = try await together(root) { number, butler in
            let begin = try TAI("2025-01-01T00:00:00", format: .isot, scale: .tai)
            let range = try Timespan(begin: begin, end: begin.advanced(bySeconds: Double(number + 1)))
            try await butler.certify([ref], in: "calib", validity: range)
        }
        var refusals: [ButlerError.Code] = []
        for case .failure(let error) in certified { refusals.append((error as? ButlerError)?.code ?? .unknown) }
        #expect(refusals == Array(repeating: .conflictingDefinition, count: Self.writers - 1))
        let again = try await together(root) { _, butler in
            let type = try await butler.datasetType("metric")
            let dataID = try await butler.dataID(type, detector: 1)
            try await butler.put(JSONValue.int(1), as: type, dataID, run: "second")
        }
        var losers: [ButlerError.Code] = []
        for case .failure(let error) in again { losers.append((error as? ButlerError)?.code ?? .unknown) }
        #expect(losers == Array(repeating: .conflictingDefinition, count: Self.writers - 1))
        let kept = try await reader.queryDatasets("metric", collections: ["second"])
        #expect(kept.count == 1)
        for ref in kept { #expect(try await reader.get(ref) as? JSONValue == .int(1)) }
    }

    @Test(
        "writers that wait for each other's rows both come through",
        .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed")
    )
    func deadlock() async throws {
        let repository = try await TemporaryRepository(.postgresql)
        let first = try await repository.open()
        try await first.insert([try Self.record("instrument", ["name": .string("Cam1")], first)])
        let attempts = Counter()
        let arrived = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2 {
                let butler = try await repository.open()
                let detectors = try (Int64(0)..<2).map { id in
                    let fields: [String: DimensionRecord.FieldValue] = [
                        "instrument": .string("Cam1"), "id": .int(id), "full_name": .string("D\(id)"),
                    ]
                    return try Self.record("detector", fields, butler)
                }
                group.addTask {
                    try await butler.write { connection in
                        let attempt = attempts.next()
                        _ = try butler.registry.dimensions.sync([detectors[number]], on: connection)
                        if attempt <= 2 {
                            arrived[number].signal()
                            _ = arrived[1 - number].wait(timeout: .now() + 20)
                        }
                        _ = try butler.registry.dimensions.sync([detectors[1 - number]], on: connection)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(attempts.next() == 4)
        #expect(try await first.queryDimensionRecords("detector").count == 2)
    }
}

/// Counts from 1.
private final class Counter: Sendable {
    private let last = Mutex(0)

    func next() -> Int {
        last.withLock { last in
            last += 1
            return last
        }
    }
}

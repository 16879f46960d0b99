import Foundation
import Steward
import StewardCore
import StewardTesting
import Synchronization
import Testing

/// A repository in a folder of its own, with one small camera; gone with the value.
final class TemporaryRepository: Sendable {
    let root: String
    let folder: String

    init(_ backend: TestBackend = .current, _ server: PostgreSQLServer? = nil) async throws {
        folder = NSTemporaryDirectory() + "steward-" + UUID().uuidString
        root = folder + "/repo"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await Butler.create(root, RepositoryCreation(seedConfig: backend.seedConfig(for: root, on: server)))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Opens the repository for writing.
    func open(_ recorder: StatementRecorder? = nil) async throws -> Butler {
        try await Butler.open(root, writeable: true, observer: recorder)
    }

    /// Opens the repository for writing, with an instrument, detectors, a filter, exposures, and dataset types `metric`
    /// (JSON, of detectors), `shot` (JSON, of exposures and detectors) and `bias` (JSON, calibration).
    func filled(exposures: Int = 2, recorder: StatementRecorder? = nil) async throws -> Butler {
        let butler = try await open(recorder)
        let universe = butler.universe
        func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
            try DimensionRecord(universe.element(element), fields)
        }
        let camera = DimensionRecord.FieldValue.string("Cam1")
        var records = [
            try record("instrument", ["name": camera, "class_name": .string("x.Cam1"), "detector_max": .int(10)]),
            try record("physical_filter", ["instrument": camera, "name": .string("Cam1-G"), "band": .string("g")]),
            try record("day_obs", ["instrument": camera, "id": .int(20_250_101)]),
            try record("group", ["instrument": camera, "name": .string("g")]),
        ]
        for number in 0..<4 {
            records.append(
                try record(
                    "detector",
                    ["instrument": camera, "id": .int(Int64(number)), "full_name": .string("R0_S\(number)")]
                )
            )
        }
        for number in 0..<exposures {
            let begin = try TAI("2025-01-01T20:00:00", format: .isot, scale: .tai)
                .advanced(bySeconds: Double(60 * number))
            records.append(
                try record(
                    "exposure",
                    [
                        "instrument": camera, "id": .int(Int64(number)), "obs_id": .string("obs\(number)"),
                        "day_obs": .int(20_250_101), "group": .string("g"), "physical_filter": .string("Cam1-G"),
                        "seq_num": .int(Int64(number)),
                        "timespan": .timespan(try Timespan(begin: begin, end: begin.advanced(bySeconds: 30))),
                    ]
                )
            )
        }
        try await butler.insert(records)
        for (name, dimensions, isCalibration) in [
            ("metric", ["instrument", "detector"], false), ("shot", ["instrument", "exposure", "detector"], false),
            ("bias", ["instrument", "detector"], true),
        ] {
            try await butler.register(
                try DatasetType(
                    name: name,
                    dimensions: universe.group(dimensions),
                    storageClass: "TaskMetadata",
                    isCalibration: isCalibration
                )
            )
        }
        return butler
    }
}

extension Butler {
    /// A data ID of the test camera.
    func dataID(_ type: DatasetType, detector: Int64, exposure: Int64 = 0) async throws -> DataCoordinate {
        var values: [String: DimensionValue] = ["instrument": "Cam1", "detector": .int(detector)]
        if type.dimensions.contains("exposure") { values["exposure"] = .int(exposure) }
        return try await dataID(values, for: type.dimensions)
    }
}

extension Reference {
    /// Runs the peer script of repositories with these arguments.
    static func repository(_ arguments: String...) throws -> JSONValue { try repository(arguments) }

    /// Runs the peer script of repositories with these arguments.
    static func repository(_ arguments: [String]) throws -> JSONValue {
        let text = try peer("reference_repository.py", arguments)
        return text.isEmpty ? .null : try JSONValue(parsing: text)
    }
}

extension TemporaryRepository {
    /// The folder of the package.
    static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
}

/// Collects what an examination of a repository finds.
final class Findings: Sendable {
    private let found = Mutex<[RepositoryFinding]>([])

    var all: [RepositoryFinding] { found.withLock { $0 } }

    func add(_ finding: RepositoryFinding) { found.withLock { $0.append(finding) } }
}

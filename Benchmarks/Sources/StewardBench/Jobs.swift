import Foundation
import Steward
import StewardCore

/// The jobs, named and sized as in `reference.py`.
enum Jobs {
    static let puts = 200
    static let files = 2000
    static let references = 10_000
    static let serverReferences = 100_000

    struct Job: Sendable {
        let name: String
        let run: @Sendable (String) async throws -> [(String, Double)]
    }

    static let all = [
        Job(name: "put", run: putAndGet), Job(name: "ingest", run: ingest), Job(name: "insert", run: insert),
        Job(name: "import", run: importExport), Job(name: "headers") { try SkyJobs.headers($0 + "/headers") },
        Job(name: "sky") { try SkyJobs.run($0) },
    ]

    @Sendable static func putAndGet(_ work: String) async throws -> [(String, Double)] {
        let (butler, type) = try await repository(work + "/our-put", exposures: puts / 10)
        let ids = try dataIDs(puts, type)
        func value(_ index: Int) -> JSONValue { .object(["value": .int(Int64(index))]) }
        let single = try await seconds {
            for (index, id) in ids.enumerated() { try await butler.put(value(index), as: type, id, run: "r") }
        }
        let items = ids.enumerated().map {
            (object: value($0) as any Sendable, ref: DatasetRef(type, $1, run: "batch"))
        }
        let batch = try await seconds { try await butler.put(items) }
        let byDataID = try await seconds {
            for id in ids { _ = try await butler.get("thing", id.dictionary, collections: ["r"]) }
        }
        var refs: [DatasetRef] = []
        for id in ids {
            if let ref = try await butler.find("thing", id.dictionary, collections: ["r"]) { refs.append(ref) }
        }
        let found = refs
        let byReference = try await seconds { for ref in found { _ = try await butler.get(ref) } }
        return [
            ("put one by one", single), ("put in one batch", batch), ("get by data ID", byDataID),
            ("get by reference", byReference),
        ]
    }

    @Sendable static func ingest(_ work: String) async throws -> [(String, Double)] {
        let folder = work + "/our-files"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let padding = String(repeating: "# padding\n", count: 200)
        for index in 0..<files {
            try Data("value: \(index)\n\(padding)".utf8).write(to: URL(fileURLWithPath: "\(folder)/f\(index).yaml"))
        }
        var results: [(String, Double)] = []
        for mode in [TransferMode.copy, .direct] {
            let (butler, type) = try await repository(work + "/our-ingest-\(mode.rawValue)", exposures: files / 10)
            let expanded = try await butler.expand(try dataIDs(files, type))
            let datasets = expanded.enumerated().map { index, id in
                FileDataset(path: "\(folder)/f\(index).yaml", refs: [DatasetRef(type, id, run: "r")])
            }
            let time = try await seconds {
                try await butler.ingest(datasets, IngestOptions(mode: mode, recordsFileAttributes: true))
            }
            results.append(("ingest by \(mode.rawValue)", time))
        }
        return results
    }

    @Sendable static func insert(_ work: String) async throws -> [(String, Double)] {
        let (butler, type) = try await repository(work + "/our-insert", exposures: references / 10)
        let ids = try dataIDs(references, type)
        let time = try await seconds { try await butler.insertDatasets(ids.map { DatasetRef(type, $0, run: "r") }) }
        return [("insert 10,000 references", time)]
    }

    /// Inserts references into a new repository on a PostgreSQL server.
    static func serverInsert(_ work: String, _ url: String) async throws -> [(String, Double)] {
        let seed = work + "/our-server.yaml"
        try "registry: {db: \"\(url)\", namespace: ours}\n".write(toFile: seed, atomically: true, encoding: .utf8)
        let root = work + "/our-server-insert"
        let (butler, type) = try await repository(root, exposures: serverReferences / 10, seed: seed)
        let ids = try dataIDs(serverReferences, type)
        let time = try await seconds { try await butler.insertDatasets(ids.map { DatasetRef(type, $0, run: "r") }) }
        return [("insert 100,000 references", time)]
    }

    @Sendable static func importExport(_ work: String) async throws -> [(String, Double)] {
        let (source, type) = try await repository(work + "/our-source", exposures: references / 10)
        let folder = work + "/exported"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/one.yaml"
        try Data("value: 1\n".utf8).write(to: URL(fileURLWithPath: file))
        let refs = try dataIDs(references, type).map { DatasetRef(type, $0, run: "imported") }
        let expanded = try await source.expand(refs.map(\.dataID))
        let datasets = zip(refs, expanded).map { FileDataset(path: file, refs: [$0.expanded($1)]) }
        try await source.ingest(datasets, IngestOptions(mode: .direct))
        try await source.export(refs, to: work, file: "export.yaml")
        let (butler, _) = try await repository(work + "/our-import", exposures: references / 10)
        let time = try await seconds { _ = try await butler.importExport("export.yaml", in: work, mode: .direct) }
        return [("import 10,000 datasets", time)]
    }

    /// The time of a job, on a disk that has nothing else to write: the twin in `reference.py` waits for that, too.
    private static func seconds(_ body: () async throws -> Void) async throws -> Double {
        sync()
        let start = ContinuousClock.now
        try await body()
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func dataIDs(_ count: Int, _ type: DatasetType) throws -> [DataCoordinate] {
        try (0..<count).map { index in
            try DataCoordinate(
                ["instrument": "Cam1", "exposure": .int(Int64(index / 10)), "detector": .int(Int64(index % 10))],
                for: type.dimensions
            )
        }
    }

    private static func repository(
        _ root: String,
        exposures: Int,
        seed: String? = nil
    ) async throws -> (Butler, DatasetType) {
        try await Butler.create(root, RepositoryCreation(seedConfig: seed))
        let butler = try await Butler.open(root, writeable: true)
        func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
            try DimensionRecord(butler.universe.element(element), fields)
        }
        let camera = DimensionRecord.FieldValue.string("Cam1")
        var records = [
            try record(
                "instrument",
                [
                    "name": camera, "class_name": .string("x.Cam1"), "detector_max": .int(10),
                    "exposure_max": .int(99_999_999), "visit_max": .int(99_999_999),
                ]
            ),
            try record("physical_filter", ["instrument": camera, "name": .string("Cam1-G"), "band": .string("g")]),
            try record("day_obs", ["instrument": camera, "id": .int(20_250_101)]),
            try record("group", ["instrument": camera, "name": .string("g")]),
        ]
        for number in 0..<10 {
            records.append(
                try record(
                    "detector",
                    ["instrument": camera, "id": .int(Int64(number)), "full_name": .string("d\(number)")]
                )
            )
        }
        for number in 0..<exposures {
            records.append(
                try record(
                    "exposure",
                    [
                        "instrument": camera, "id": .int(Int64(number)), "obs_id": .string("o\(number)"),
                        "day_obs": .int(20_250_101), "group": .string("g"), "physical_filter": .string("Cam1-G"),
                    ]
                )
            )
        }
        try await butler.insert(records)
        let type = try DatasetType(
            name: "thing",
            dimensions: butler.universe.group(["instrument", "exposure", "detector"]),
            storageClass: "StructuredDataDict"
        )
        try await butler.register(type)
        try await butler.collections.register("r")
        return (butler, type)
    }
}

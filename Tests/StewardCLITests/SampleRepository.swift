import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

/// A copy of a small repository: instrument `Cam1` with four detectors and two exposures; dataset types `metric` and
/// `bias` (YAML, of detectors; `bias` is a calibration) and `shot` (JSON, of exposures and detectors); runs, a tag, a
/// chain and a calibration collection with datasets.
///
/// On PostgreSQL each copy has a database of its own.
final class SampleRepository: Sendable {
    let folder: TemporaryFolder
    let root: String

    /// The original that every sample is a copy of; gone when the process ends.
    private static let template = Task {
        atexit {
            for path in [SampleRepository.templateRoot, SampleRepository.templateRoot + ".seed.yaml"] {
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        try await make(templateRoot, seedConfig: seedConfig(for: templateRoot))
        return templateRoot
    }

    private static let templateRoot = NSTemporaryDirectory() + "steward-cli-template-\(getpid())"

    init() async throws {
        folder = try TemporaryFolder()
        root = folder.path + "/repo"
        try FileManager.default.copyItem(atPath: try await Self.template.value, toPath: root)
        if TestBackend.current == .postgresql { try copyDatabase() }
    }

    deinit {
        guard TestBackend.current == .postgresql, let server = PostgreSQLServer.shared else { return }
        try? server.execute("DROP DATABASE IF EXISTS \(database) WITH (FORCE)", in: server.database)
    }

    private static let templateDatabase = "cli_template"

    /// Name of the sample's database on PostgreSQL.
    private var database: String { TestBackend.namespace(of: root) }

    private func copyDatabase() throws {
        let server = try #require(PostgreSQLServer.shared)
        try server.createDatabase(database, from: Self.templateDatabase)
        let file = root + "/butler.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
            .replacing("/\(Self.templateDatabase)?", with: "/\(database)?")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// The arguments with `REPO` and `FOLDER` replaced.
    func words(_ arguments: [String]) -> [String] {
        arguments.map { $0.replacing("REPO", with: root).replacing("FOLDER", with: folder.path) }
    }

    /// Writes a file into the folder and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/" + name))
        return folder.path + "/" + name
    }

    /// Runs SQL on the repository's database; on PostgreSQL turning foreign keys off is written otherwise.
    func change(_ sql: String) throws {
        if TestBackend.current == .postgresql {
            let own = sql.replacing("PRAGMA foreign_keys = OFF", with: "SET session_replication_role = replica")
            return try #require(PostgreSQLServer.shared).execute(own, in: database)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()"
        process.arguments = ["python3", "-c", script, root + "/gen3.sqlite3", sql]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(sql)")
    }

    /// What a repository was like at a moment.
    struct Snapshot {
        fileprivate let files: [String: Data]
        fileprivate let database: Data
    }

    /// The state of the repository, to be compared with a later one.
    func snapshot() -> Snapshot {
        var contents: [String: Data] = [:]
        for path in files(in: root) where !path.hasPrefix("gen3.sqlite3") {
            contents[path] = FileManager.default.contents(atPath: root + "/" + path)
        }
        return Snapshot(
            files: contents,
            database: FileManager.default.contents(atPath: root + "/gen3.sqlite3") ?? Data()
        )
    }

    /// Expects the same files, and a database that is the same or lists what that of a new sample lists.
    func expectUnchanged(since before: Snapshot) async throws {
        let now = snapshot()
        #expect(now.files == before.files, "\(Set(now.files.keys).symmetricDifference(before.files.keys))")
        if TestBackend.current == .postgresql || now.database != before.database { try await expectListsAsNew() }
    }

    /// Expects that the commands list what they list of a new sample.
    func expectListsAsNew() async throws {
        let expected = try await Self.listingOfNew.value
        #expect(try Self.listing(root) == expected)
    }

    private static let listingOfNew = Task { try listing(try await template.value) }

    private static func listing(_ root: String) throws -> [String] {
        try [
            ["query-collections", root, "--chains", "TABLE", "-t"], ["query-dataset-types", root, "-v"],
            ["query-datasets", root, "*", "--collections", "*"], ["query-dimension-records", root, "instrument"],
            ["query-dimension-records", root, "detector"],
        ].map { try StewardProgram().expect($0) }
    }

    /// Paths of all files below a folder.
    func files(in folder: String) -> [String] {
        let files = FileManager.default
        return (files.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).filter { path in
            var isFolder: ObjCBool = false
            return files.fileExists(atPath: folder + "/" + path, isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// Makes and fills a repository.
    static func make(_ root: String, _ backend: TestBackend = .sqlite) async throws {
        try await make(root, seedConfig: backend.seedConfig(for: root))
    }

    private static func make(_ root: String, seedConfig: String?) async throws {
        try await Butler.create(root, RepositoryCreation(seedConfig: seedConfig))
        let butler = try await Butler.open(root, writeable: true)
        try await butler.insert(try records(butler.universe))
        for (name, dimensions, storageClass) in [
            ("metric", ["instrument", "detector"], "StructuredDataDict"),
            ("shot", ["instrument", "exposure", "detector"], "TaskMetadata"),
            ("bias", ["instrument", "detector"], "StructuredDataDict"),
        ] {
            try await butler.register(
                try DatasetType(
                    name: name,
                    dimensions: butler.universe.group(dimensions),
                    storageClass: storageClass,
                    isCalibration: name == "bias"
                )
            )
        }
        try await fill(butler)
    }

    /// On PostgreSQL the configuration of the database that samples are copied from, which is made.
    private static func seedConfig(for root: String) throws -> String? {
        guard TestBackend.current == .postgresql else { return nil }
        let server = try #require(PostgreSQLServer.shared)
        try server.createDatabase(templateDatabase)
        let path = root + ".seed.yaml"
        let text = "registry: {db: \"\(server.url(of: templateDatabase))\"}\n"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private static func records(_ universe: DimensionUniverse) throws -> [DimensionRecord] {
        let camera = DimensionRecord.FieldValue.string("Cam1")
        func record(_ element: String, _ fields: [String: DimensionRecord.FieldValue]) throws -> DimensionRecord {
            try DimensionRecord(universe.element(element), fields.merging(["instrument": camera]) { $1 })
        }
        var records = [
            try DimensionRecord(
                universe.element("instrument"),
                ["name": camera, "class_name": .string("x.Cam1"), "detector_max": .int(10)]
            ),
            try record("physical_filter", ["name": .string("Cam1-G"), "band": .string("g")]),
            try record("day_obs", ["id": .int(20_250_101)]),
            try record("group", ["name": .string("g")]),
        ]
        records += try (0..<4).map {
            try record("detector", ["id": .int(Int64($0)), "full_name": .string("R0_S\($0)")])
        }
        for number in 1...2 {
            let begin = try TAI("2025-01-01T20:00:00", format: .isot, scale: .tai)
                .advanced(bySeconds: Double(60 * number))
            records.append(
                try record(
                    "exposure",
                    [
                        "id": .int(Int64(number)), "obs_id": .string("obs\(number)"), "day_obs": .int(20_250_101),
                        "group": .string("g"), "physical_filter": .string("Cam1-G"), "seq_num": .int(Int64(number)),
                        "timespan": .timespan(try Timespan(begin: begin, end: begin.advanced(bySeconds: 30))),
                    ]
                )
            )
        }
        return records
    }

    private static func fill(_ butler: Butler) async throws {
        func put(_ name: String, _ detector: Int64, _ run: String) async throws -> DatasetRef {
            let type = try await butler.datasetType(name)
            let dataID = try await butler.dataID(
                ["instrument": "Cam1", "detector": .int(detector)],
                for: type.dimensions
            )
            return try await butler.put(
                file: nil,
                contents: Array("value: \(detector)".utf8),
                as: type,
                dataID,
                run: run
            )
        }
        var metrics: [DatasetRef] = []
        var biases: [DatasetRef] = []
        for detector in 0..<3 as Range<Int64> {
            metrics.append(try await put("metric", detector, "u/one"))
            biases.append(try await put("bias", detector, "cal/gen"))
            _ = try await put("bias", detector, "cal/other")
        }
        try await butler.collections.register("u/tag", .tagged)
        try await butler.associate(metrics, with: "u/tag")
        try await butler.collections.register("cal/calib", .calibration)
        try await butler.certify(
            biases,
            in: "cal/calib",
            validity: Timespan(
                begin: TAI("2025-01-01T00:00:00", format: .isot, scale: .tai),
                end: TAI("2025-02-01T00:00:00", format: .isot, scale: .tai)
            )
        )
        try await butler.collections.register("u/all", .chained)
        try await butler.collections.redefineChain("u/all", ["u/one", "cal/calib"])
    }
}

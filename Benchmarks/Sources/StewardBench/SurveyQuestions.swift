import ButlerConfig
import Databases
import Foundation
import PostgreSQLDriver
import QueryExecution
import Registry
import SQLiteDriver
import SQLiteFloor
import Steward
import StewardCore

/// The questions of `reference_survey.py` on the repository of `survey_repository.py`.
enum SurveyQuestions {
    typealias Question = @Sendable (SurveyRepository) async throws -> Int

    private static let camera = "instrument='SurveyCam'"
    private static let sky = "skymap='tiles'"

    static let all: [(String, Question)] = [
        ("all raws", datasets("raw", "raw/all")),
        ("raws of a night", datasets("raw", "raw/all", "\(camera) AND day_obs=20260105")),
        ("images of a band, first", datasets("image", "survey", "band='r'")),
        ("all images", datasets("image", "survey", findFirst: false)),
        ("visit.detector x patch", dataIDs(["visit", "detector", "patch"], "\(camera) AND \(sky) AND tract=108")),
        ("visits of five tracts", dataIDs(["visit", "tract"], "\(camera) AND \(sky) AND tract IN (100..104)")),
        (
            "images at a point",
            datasets("image", "survey", "\(camera) AND visit_detector_region.region OVERLAPS POINT(12.3, -6.2)")
        ),
        (
            "newest exposures",
            {
                try await $0.butler.queryDimensionRecords(
                    "exposure",
                    where: camera,
                    orderBy: ["-exposure.timespan.begin"],
                    limit: 20
                ).count
            }
        ),
        ("flats of exposures", flats),
        ("coadds of a tract", datasets("coadd", "coadds", "\(sky) AND tract=108", orderBy: ["patch", "band"])),
        ("200 single look-ups", singleFinds),
        ("200 calibration look-ups by time", calibrationFinds),
        (
            "bands of a type",
            { try await $0.butler.queryDataIDs(["band"], datasets: ["image"], collections: ["survey"]).count }
        ),
        (
            "visits of a tract",
            dataIDs(
                ["visit"],
                "\(camera) AND \(sky) AND tract=108 AND visit_detector_region.region OVERLAPS patch.region"
            )
        ),
    ]

    /// Most rounds of a question; it is asked again until it has taken a second.
    private static let rounds = 10

    /// Prints question, rows, the best milliseconds, and on SQLite those of its SQL alone; at last the largest memory in MiB.
    ///
    /// - Parameters:
    ///   - root: The repository.
    ///   - wanted: Names of questions; all if empty.
    /// - Throws: What a question throws.
    static func run(_ root: String, _ wanted: Set<String> = []) async throws {
        floor_watch()
        let repository = try await SurveyRepository(root)
        for (name, ask) in all where wanted.isEmpty || wanted.contains(name) {
            var times: [Double] = []
            var rows = 0
            while times.count < 3 || times.count < rounds && times.reduce(0, +) < 1000 {
                let start = ContinuousClock.now
                rows = try await ask(repository)
                let time = ContinuousClock.now - start
                times.append(Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) * 1e-15)
            }
            let floor = try await floor(ask, repository).map { " | \($0)" } ?? ""
            print("\(name) | \(rows) | \(times.min() ?? 0)\(floor)")
        }
        print("memory | \(floor_memory())")
    }

    /// The milliseconds of a question's SQL alone, on SQLite.
    private static func floor(_ ask: Question, _ repository: SurveyRepository) async throws -> Double? {
        guard let file = repository.file else { return nil }
        floor_begin()
        _ = try await ask(repository)
        _ = floor_end()
        return floor_milliseconds(file, 5)
    }

    /// Prints questions with the best milliseconds of the statements that `reference_survey.py` wrote down.
    static func floors(_ root: String, statements file: String) throws {
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        for start in lines.indices where lines[start].hasPrefix("-- ") {
            floor_begin()
            for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("-- ") }) { floor_add(String(line)) }
            _ = floor_end()
            print("\(lines[start].dropFirst(3)) | \(floor_milliseconds("\(root)/gen3.sqlite3", 3))")
        }
    }

    private static func datasets(
        _ name: String,
        _ collection: String,
        _ condition: String = "",
        findFirst: Bool = true,
        orderBy order: [String] = []
    ) -> Question {
        { repository in
            try await repository.butler.queryDatasets(
                name,
                collections: [collection],
                where: condition,
                findFirst: findFirst,
                orderBy: order
            ).count
        }
    }

    private static func dataIDs(_ dimensions: [String], _ condition: String) -> Question {
        { try await $0.butler.queryDataIDs(dimensions, where: condition).count }
    }

    /// The flats valid at each exposure's time.
    @Sendable private static func flats(_ repository: SurveyRepository) async throws -> Int {
        let engine = repository.engine
        return try await repository.database.read(.latest) { connection in
            let universe = engine.registry.universe
            let group = try universe.group(["exposure", "detector"])
            let type = try engine.registry.datasetTypes.record("flat", on: connection).type
            let query = try QueryTree(in: universe).joining(group).joining(DatasetSearch(type, in: ["calib"]))
                .general(group, datasetFields: ["flat": [.datasetID, .run]], findFirst: true)
                .filtered(by: "\(camera) AND exposure IN (202601010000..202601060000)")
            var rows: [[ResultValue]] = []
            try engine.execute(query.tree, query.spec, on: connection) { page in
                if case .general(let some) = page { rows += some.rows }
                return true
            }
            return rows.count
        }
    }

    @Sendable private static func singleFinds(_ repository: SurveyRepository) async throws -> Int {
        var count = 0
        for n in 0..<200 {
            let values: [String: DimensionValue] = [
                "instrument": "SurveyCam", "visit": .int(202_601_010_000 + Int64(n % 20)),
                "detector": .int(Int64(n % 100)),
            ]
            if try await repository.butler.find("image", values, collections: ["survey"]) != nil { count += 1 }
        }
        return count
    }

    @Sendable private static func calibrationFinds(_ repository: SurveyRepository) async throws -> Int {
        let start = try TAI("2026-01-01T12:00:00", format: .isot, scale: .tai)
        var count = 0
        for n in 0..<200 {
            let values: [String: DimensionValue] = [
                "instrument": "SurveyCam", "detector": .int(Int64(n % 100)), "physical_filter": "r_01",
            ]
            let time = try Timespan(instant: start.advanced(bySeconds: Double(n) * 3600))
            let found = try await repository.butler.find("flat", values, collections: ["calib"], timespan: time)
            if found != nil { count += 1 }
        }
        return count
    }
}

/// The repository that is asked, through the facade and for results that it does not have through the engine.
struct SurveyRepository: Sendable {
    /// The database's file, if it is one.
    let file: String?
    let butler: Butler
    let database: any Database
    let engine: QueryEngine

    init(_ root: String) async throws {
        butler = try await Butler.open(root)
        let config = try RepositoryConfig(root)
        if try config.databaseURL.dialect == "sqlite" {
            let path = "\(root)/gen3.sqlite3"
            file = path
            database = try await SQLiteDatabase.open(path, mode: .readOnly)
        } else {
            file = nil
            database = try await PostgreSQLDatabase.open(
                config.databaseURL.connectionParameters.map { .init($0.name, $0.value) },
                name: "survey",
                namespace: config.databaseNamespace,
                mode: .readOnly
            )
        }
        engine = QueryEngine(
            try await database.read(.latest) { try RegistryTables.open(writing: false, on: $0).tables }
        )
    }
}

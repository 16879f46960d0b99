import Databases
import Datasets
import Dimensions
import Foundation
import Queries
import Registry
import SQLiteDriver
import Testing

@testable import QueryExecution

/// Times questions on the repository of `Benchmarks/survey_repository.py`, where `STEWARD_SURVEY` names it.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["STEWARD_SURVEY"] != nil), .serialized)
struct SurveyMeasurement {
    /// A question and what it is called.
    struct Question: Sendable {
        let name: String
        let make: @Sendable (QueryEngine, any Connection) throws -> RowQuery
    }

    static func datasets(
        _ type: String,
        _ collections: [String],
        findFirst: Bool = true,
        _ condition: String = "",
        order: [String] = []
    )
        -> @Sendable (QueryEngine, any Connection) throws -> RowQuery
    {
        { engine, connection in
            let type = try engine.registry.datasetTypes.record(type, on: connection).type
            return try QueryTree(in: engine.registry.universe).datasets(type, in: collections, findFirst: findFirst)
                .filtered(by: condition).ordered(by: order)
        }
    }

    static func dataIDs(
        _ names: [String],
        _ condition: String
    ) -> @Sendable (QueryEngine, any Connection) throws -> RowQuery {
        { engine, _ in
            let universe = engine.registry.universe
            return try QueryTree(in: universe).dataIDs(universe.group(names)).filtered(by: condition)
        }
    }

    static let questions: [Question] = [
        .init(name: "all raws", make: datasets("raw", ["raw/all"])),
        .init(
            name: "raws of a night",
            make: datasets("raw", ["raw/all"], "instrument='SurveyCam' AND day_obs=20260105")
        ),
        .init(name: "images of a band, first", make: datasets("image", ["survey"], "band='r'")),
        .init(name: "all images", make: datasets("image", ["survey"], findFirst: false)),
        .init(
            name: "visit.detector x patch",
            make: dataIDs(["visit", "detector", "patch"], "instrument='SurveyCam' AND skymap='tiles' AND tract=108")
        ),
        .init(
            name: "visits of five tracts",
            make: dataIDs(["visit", "tract"], "instrument='SurveyCam' AND skymap='tiles' AND tract IN (100..104)")
        ),
        .init(
            name: "images at a point",
            make: datasets(
                "image",
                ["survey"],
                "instrument='SurveyCam' AND visit_detector_region.region OVERLAPS POINT(12.3, -6.2)"
            )
        ),
        .init(
            name: "newest exposures",
            make: { engine, _ in
                let universe = engine.registry.universe
                return try QueryTree(in: universe).records(of: universe.element("exposure"))
                    .filtered(by: "instrument='SurveyCam'").ordered(by: ["-exposure.timespan.begin"]).limited(to: 20)
            }
        ),
        .init(
            name: "flats of exposures",
            make: { engine, connection in
                let universe = engine.registry.universe
                let type = try engine.registry.datasetTypes.record("flat", on: connection).type
                return try QueryTree(in: universe).joining(universe.group(["exposure", "detector"]))
                    .joining(DatasetSearch(type, in: ["calib"]))
                    .general(
                        universe.group(["exposure", "detector"]),
                        datasetFields: ["flat": [.datasetID, .run]],
                        findFirst: true
                    )
                    .filtered(by: "instrument='SurveyCam' AND exposure IN (202601010000..202601060000)")
            }
        ),
        .init(
            name: "coadds of a tract",
            make: datasets("coadd", ["coadds"], "skymap='tiles' AND tract=108", order: ["patch", "band"])
        ),
        .init(
            name: "bands of a type",
            make: { engine, connection in
                let universe = engine.registry.universe
                let type = try engine.registry.datasetTypes.record("image", on: connection).type
                return try QueryTree(in: universe).joining(DatasetSearch(type, in: ["survey"])).dataIDs(
                    universe.group(["band"])
                )
            }
        ),
        .init(
            name: "visits of a tract",
            make: dataIDs(
                ["visit"],
                "instrument='SurveyCam' AND skymap='tiles' AND tract=108 AND visit_detector_region.region OVERLAPS patch.region"
            )
        ),
    ]

    @Test("time the questions")
    func measure() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment["STEWARD_SURVEY"])
        let database = try await SQLiteDatabase.open("\(folder)/gen3.sqlite3", mode: .readOnly)
        let tables = try await database.read { try RegistryTables.open(writing: false, on: $0).tables }
        let engine = QueryEngine(tables)
        for question in Self.questions {
            let (rows, best, plan) = try await database.read(.latest) { connection in
                var best = Duration.seconds(1000)
                var rows = 0
                for _ in 0..<3 {
                    let start = ContinuousClock.now
                    let query = try question.make(engine, connection)
                    rows = 0
                    try engine.execute(query.tree, query.spec, on: connection) { page in
                        rows += page.count
                        return true
                    }
                    best = min(best, ContinuousClock.now - start)
                }
                let query = try question.make(engine, connection)
                return (rows, best, try engine.explain(query, on: connection).description)
            }
            let milliseconds = Double(best.components.attoseconds) / 1e15 + Double(best.components.seconds) * 1000
            print("SURVEY \(question.name) | \(rows) | \((milliseconds * 100).rounded() / 100)")
            if ProcessInfo.processInfo.environment["STEWARD_EXPLAIN"] != nil { print(plan) }
        }
        try await database.close()
    }
}

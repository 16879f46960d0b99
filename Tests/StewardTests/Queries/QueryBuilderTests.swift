import Foundation
import StewardCore
import StewardTesting
import Testing

@testable import Steward

/// The query builder of the facade.
@Suite struct QueryBuilderTests {
    /// A repository with 4 detectors, exposures a minute apart, and biases: those of run `old` are valid for the first two
    /// exposures, those of `new` from then on.
    private static func repository(
        exposures: Int = 4,
        recorder: StatementRecorder? = nil
    ) async throws -> (TemporaryRepository, Butler) {
        let repository = try await TemporaryRepository()
        let butler = try await repository.filled(exposures: exposures, recorder: recorder)
        let type = try await butler.datasetType("bias")
        try await butler.collections.register("calib", .calibration)
        let begin = try TAI("2025-01-01T20:00:00", format: .isot, scale: .tai)
        let ranges = [
            ("old", try Timespan(begin: nil, end: begin.advanced(bySeconds: 100))),
            ("new", try Timespan(begin: begin.advanced(bySeconds: 100), end: nil)),
        ]
        for (run, validity) in ranges {
            var refs: [DatasetRef] = []
            for detector in 0..<4 as Range<Int64> {
                let dataID = try await butler.dataID(type, detector: detector)
                refs.append(try await butler.put(JSONValue.int(detector), as: type, dataID, run: run))
            }
            try await butler.certify(refs, in: "calib", validity: validity)
        }
        return (repository, butler)
    }

    private static func value(_ row: GeneralRow, _ column: String) -> LiteralValue? {
        if case .value(let value)? = row[column] { value } else { nil }
    }

    @Test("calibrations of exposures are a result with dataset columns and a temporal join", arguments: [true, false])
    func calibrationsOfExposures(_ findFirst: Bool) async throws {
        let (repository, butler) = try await Self.repository()
        let results = try await butler.query().joining(dimensions: ["exposure", "detector"])
            .joining(datasets: "bias", collections: ["calib"])
            .filtered(where: "instrument = 'Cam1' AND detector < :limit", binds: ["limit": 2])
            .columns(["exposure", "exposure.obs_id", "bias.dataset_id", "bias.run"], findFirst: findFirst)
            .ordered(by: ["exposure", "detector"])
        let rows = try await results.all()
        let shown = rows.map { row in
            ["exposure", "detector", "exposure.obs_id", "bias.run"].map { Self.value(row, $0)?.description ?? "-" }
                .joined(separator: " ")
        }
        #expect(
            shown
                == (0..<4).flatMap { exposure in
                    (0..<2).map { "\(exposure) \($0) 'obs\(exposure)' '\(exposure < 2 ? "old" : "new")'" }
                }
        )
        for row in rows {
            guard case .int(let detector) = Self.value(row, "detector"),
                case .int(let exposure) = Self.value(row, "exposure")
            else { throw ButlerError(.unknown, "no keys") }
            let found = try await butler.resolve(
                "bias",
                ["instrument": "Cam1", "detector": .int(detector), "exposure": .int(exposure)],
                collections: ["calib"]
            )
            #expect(Self.value(row, "bias.dataset_id") == .uuid(found.id))
        }
        #expect(rows.first?["nosuch"] == nil)
        let last = try await results.ordered(by: ["-exposure", "detector"]).limited(to: 3).all()
        #expect(last.map { Self.value($0, "exposure") } == [.int(3), .int(3), .int(2)])
        #expect(try await results.count(discard: true) == 8)
        #expect(try await results.limited(to: 3).count(discard: true) == 3)
        withExtendedLifetime(repository) {}
    }

    @Test("rows come page by page, and no more than are wanted")
    func pages() async throws {
        let (repository, butler) = try await Self.repository(exposures: 1100)
        let results = try butler.query().dataIDs(["exposure", "detector"]).filtered(where: "instrument = 'Cam1'")
        let sizes = try await results.reducePages(into: [Int]()) { sizes, page in
            sizes.append(page.count)
            return true
        }
        #expect(sizes.count > 1)
        #expect(sizes.reduce(0, +) == 4400)
        let first = try await results.reducePages(into: [Int]()) { sizes, page in
            sizes.append(page.count)
            return false
        }
        #expect(first == Array(sizes.prefix(1)))
        #expect(try await results.count() == 4400)
        #expect(Set(try await results.all()).count == 4400)
        struct Stop: Error {}
        await #expect(throws: Stop.self) { try await results.reducePages(into: 0) { _, _ in throw Stop() } }
        let both = try await butler.reducePages(of: [results.limited(to: 10), results], limit: 25, into: [Int]()) {
            $0.append($1.count)
            return true
        }
        #expect(both == [10, 15])
        withExtendedLifetime(repository) {}
    }

    @Test("the first datasets, their data IDs and records; counts, any and reasons")
    func datasets() async throws {
        let (repository, butler) = try await Self.repository()
        let first = try await butler.query().datasets("bias", collections: ["new", "old"])
        #expect(try await first.all().allSatisfy { $0.run == "new" })
        #expect(try await first.count() == 4)
        let all = try await butler.query().datasets("bias", collections: ["new", "old"], findFirst: false)
        #expect(try await all.count() == 8)
        #expect(try await all.dataIDs().count() == 4)
        let expanded = try await first.filtered(dataID: ["instrument": .string("Cam1"), "detector": .int(2)])
            .withRecords().all()
        #expect(expanded.count == 1)
        let detector = try butler.universe.element("detector")
        #expect(expanded.first?.dataID.records?[detector]?["full_name"] == .string("R0_S2"))
        let records = try butler.query().records(of: "detector").filtered(
            where: "instrument = 'Cam1' AND full_name = 'R0_S3'"
        )
        #expect(try await records.all().map { $0["id"] } == [.int(3)])
        let none = try await butler.query().datasets("metric", collections: ["old"])
        #expect(try await none.any() == false)
        #expect(try await none.emptyReasons().count == 2)
        #expect(try await butler.query().any())
        await #expect(throws: ButlerError(.invalidQuery, "")) { try await first.any(execute: false, exact: true) }
        #expect(try await first.any(execute: false, exact: false))
        withExtendedLifetime(repository) {}
    }

    @Test("what cannot be asked is refused when it is said")
    func refusals() async throws {
        let (repository, butler) = try await Self.repository()
        let query = butler.query()
        #expect(throws: ButlerError(.invalidQuery, "")) { try query.filtered(where: "full_name = 'R0_S3'") }
        #expect(throws: ButlerError(.dimensionName, "")) { try query.joining(dimensions: ["nosuch"]) }
        #expect(throws: ButlerError(.invalidQuery, "")) { try query.joining(dataIDs: []) }
        await #expect(throws: ButlerError(.missingDatasetType, "")) {
            try await query.joining(datasets: "nosuch", collections: ["old"])
        }
        await #expect(throws: ButlerError(.missingCollection, "")) { try await query.joining(datasets: "bias") }
        let joined = try await query.joining(datasets: "bias", collections: ["old"])
        await #expect(throws: ButlerError(.invalidQuery, "")) {
            try await joined.joining(datasets: "bias", collections: ["new"])
        }
        #expect(throws: ButlerError(.invalidQuery, "")) { try joined.columns(["bias.run"]) }
        await #expect(throws: ButlerError(.invalidQuery, "")) {
            try await query.datasets("bias", collections: ["o*"])
        }
        #expect(try await query.datasets("bias", collections: ["o*"], findFirst: false).count() == 4)
        let missing = try await query.datasets("bias", collections: ["nosuch"])
        await #expect(throws: ButlerError(.missingCollection, "")) { try await missing.all() }
        withExtendedLifetime(repository) {}
    }

    @Test("given data IDs and fetched rows limit a query; so does its JSON form")
    func tables() async throws {
        let (repository, butler) = try await Self.repository()
        let group = try butler.universe.group(["detector"])
        let given = try [1, 3, 3].map { try DataCoordinate(["instrument": "Cam1", "detector": .int($0)], for: group) }
        let query = try butler.query().joining(dataIDs: given).joining(dimensions: ["exposure"])
            .filtered(where: "instrument = 'Cam1' AND exposure IN (0, 2)")
        #expect(try await query.dataIDs().count() == 4)
        let fetched = try await query.materialized(dimensions: ["exposure"])
        #expect(fetched.tree.predicate.isTrue)
        #expect(try await fetched.dataIDs(["exposure"]).all().map { $0["exposure"] } == [.int(0), .int(2)])
        for results in [try query.dataIDs(), try fetched.dataIDs(["exposure", "detector"])] {
            let text = try results.ordered(by: ["-exposure"]).limited(to: 3).json.text()
            let read = try await QueryResults<DataCoordinate>(json: try JSONValue(parsing: text), in: butler)
            #expect(read.query.spec.limit == 3)
            #expect(read.query.spec.order.count == 1)
            #expect(try await Set(read.limited(to: nil).all()) == Set(results.all()))
            await #expect(throws: ButlerError(.invalidQuery, "")) {
                try await QueryResults<DatasetRef>(json: try JSONValue(parsing: text), in: butler)
            }
        }
        withExtendedLifetime(repository) {}
    }

    @Test("a plan shows searches, what fell out and why, joins, SQL and steps, and does not run the query")
    func plan() async throws {
        let recorder = StatementRecorder()
        let (repository, butler) = try await Self.repository(recorder: recorder)
        let type = try await butler.datasetType("metric")
        _ = try await butler.put(JSONValue.int(1), as: type, butler.dataID(type, detector: 1), run: "other")
        try await butler.collections.register("chain", .chained)
        try await butler.collections.redefineChain("chain", ["other", "new", "old"])
        let results = try await butler.query().datasets("bias", collections: ["chain"])
            .filtered(where: "instrument = 'Cam1' AND detector > 1").limited(to: 2)
        recorder.reset()
        let plan = try await results.explain()
        let sql = try #require(plan.sql)
        #expect(sql.hasPrefix("SELECT "))
        #expect(!recorder.texts.contains(sql))
        #expect(plan.searches.map(\.collections) == [["new", "old"]])
        #expect(plan.searches.first?.leftOut.map(\.collection) == ["other"])
        #expect(plan.searches.first?.leftOut.first?.reasons.count == 1)
        #expect(plan.joins.contains { $0.table.hasPrefix("datasets bias in new, old") })
        let isSQLite = TestBackend.current == .sqlite
        #expect(plan.isOrderFixed == isSQLite)
        #expect(plan.joins.allSatisfy { ($0.rows != nil) == isSQLite })
        #expect(plan.steps.count == 2)
        #expect(plan.binds.count == sql.filter { $0 == (isSQLite ? "?" : "$") }.count)
        let text = plan.description
        for part in ["where instrument == 'Cam1' AND detector > 1", "without other: ", sql, "at most 2"] {
            #expect(text.contains(part), "\(part)\n\(text)")
        }
        #expect(plan.json["searches"]?.array?.first?["left_out"]?.array?.first?["collection"] == "other")
        #expect(plan.json["sql"]?.string == sql)
        #expect(try await results.all().count == 2)
        #expect(recorder.texts.contains(sql))
        let nothing = try await butler.query().datasets("metric", collections: ["old"]).explain()
        #expect(nothing.sql == nil && nothing.joins.isEmpty && nothing.reasons.count == 2)
        #expect(nothing.description.contains("no rows"))
        withExtendedLifetime(repository) {}
    }
}

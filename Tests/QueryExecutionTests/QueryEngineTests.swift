import Databases
import Datasets
import Dimensions
import Queries
import Registry
import StewardCore
import StewardTesting
import Testing

@testable import QueryExecution

@Suite struct QueryEngineTests {
    private func datasets(
        _ repository: SmallRepository,
        _ name: String,
        in collections: [String],
        findFirst: Bool = true,
        where condition: String = "",
        on connection: any Connection
    ) throws -> [DatasetRef] {
        let type = try repository.tables.datasetTypes.record(name, on: connection).type
        let query = try QueryTree(in: repository.universe).datasets(type, in: collections, findFirst: findFirst)
            .filtered(by: condition)
        return try repository.engine.pages(query, on: connection).flatMap { page -> [DatasetRef] in
            guard case .datasets(let refs) = page else { return [] }
            return refs
        }
    }

    private func dataIDs(
        _ repository: SmallRepository,
        _ dimensions: [String],
        where condition: String = "",
        on connection: any Connection
    ) throws -> [DataCoordinate] {
        let query = try QueryTree(in: repository.universe).dataIDs(repository.universe.group(dimensions))
            .filtered(by: condition)
        return try repository.engine.pages(query, on: connection).flatMap { page -> [DataCoordinate] in
            guard case .dataIDs(let rows) = page else { return [] }
            return rows
        }
    }

    @Test("a query takes three statements when nothing changes, and one without datasets")
    func statements() async throws {
        let repository = try await SmallRepository()
        for _ in 0..<2 {
            repository.recorder.reset()
            let refs = try await repository.read { connection in
                try datasets(repository, "image", in: ["chain"], where: "band = 'r'", on: connection)
            }
            #expect(refs.count == 12)
        }
        #expect(repository.recorder.count == (TestBackend.current == .sqlite ? 3 : 2))
        for count in [2, 1] {
            repository.recorder.reset()
            let rows = try await repository.read { try dataIDs(repository, ["visit", "detector"], on: $0) }
            #expect(rows.count == 24)
            #expect(rows.allSatisfy { $0["band"] == ($0["physical_filter"] == "Cam-r" ? "r" : "g") })
            #expect(repository.recorder.count == count, "the first one reads the filters, too")
        }
    }

    @Test("the first collection of a chain wins, and refs are full")
    func findFirst() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let refs = try datasets(repository, "image", in: ["chain"], on: connection)
            #expect(refs.count == 24)
            for ref in refs {
                let visit = try #require(ref.dataID["visit"]?.int)
                #expect(ref.run == (visit < 3 ? "run1" : "run2"))
                #expect(ref.dataID.isFull)
                #expect(ref.dataID["band"] == (visit % 2 == 0 ? "r" : "g"))
            }
            let all = try datasets(repository, "image", in: ["chain"], findFirst: false, on: connection)
            #expect(all.count == 32)
            let tagged = try datasets(repository, "image", in: ["tag", "run1"], findFirst: false, on: connection)
            #expect(tagged.count == 19)
        }
    }

    @Test("limits cut ranked and unranked results")
    func limits() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let type = try repository.tables.datasetTypes.record("image", on: connection).type
            for (collections, limit) in [(["chain"], 5), (["run1"], 7)] {
                let query = try QueryTree(in: repository.universe).datasets(type, in: collections).limited(to: limit)
                    .ordered(by: ["-visit", "detector"])
                let pages = try repository.engine.pages(query, on: connection)
                guard case .datasets(let refs)? = pages.first else { throw ButlerError(.unknown, "no page") }
                #expect(refs.count == limit)
                #expect(refs.first?.dataID["visit"] == (collections == ["chain"] ? 6 : 4))
                #expect(try repository.engine.count(query.tree, query.spec, on: connection) == limit)
            }
        }
    }

    @Test("an OR of 300 alternatives, a list of 10,000 numbers and deep nesting simply work")
    func large() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let alternatives = (0..<300).map { "(visit = \($0) AND detector = \($0 % 4 + 1))" }
            let some = try dataIDs(
                repository,
                ["visit", "detector"],
                where: "instrument = 'Cam' AND (\(alternatives.joined(separator: " OR ")))",
                on: connection
            )
            #expect(some.count == 6)
            let list = (2..<10_002).map(String.init).joined(separator: ", ")
            let listed = try dataIDs(
                repository,
                ["visit"],
                where: "instrument = 'Cam' AND visit IN (\(list))",
                on: connection
            )
            #expect(listed.count == 5)
            let names = (0..<10_000).map { "'v\($0)'" }.joined(separator: ", ")
            let named = try dataIDs(
                repository,
                ["visit"],
                where: "instrument='Cam' AND visit.name IN (\(names))",
                on: connection
            )
            #expect(named.count == 6)
            var nested = "visit = 2"
            for level in 0..<60 { nested = level % 2 == 0 ? "(\(nested)) OR visit = 3" : "visit > 0 AND (\(nested))" }
            let deep = try dataIDs(repository, ["visit"], where: "instrument = 'Cam' AND (\(nested))", on: connection)
            #expect(deep.count == 2)
        }
    }

    @Test("stepped ranges, exact division and globs mean what they say")
    func conditions() async throws {
        let repository = try await SmallRepository()
        let cases: [(String, [Int64])] = [
            ("visit IN (1..6:2)", [1, 3, 5]), ("visit / 2 = 1.5", [3]), ("visit % 4 = 1", [1, 5]),
            ("-visit IN (-5..-1:2)", [1, 3, 5]), ("NOT visit IN (1..4)", [5, 6]),
            ("GLOB(visit.name, 'v?')", [1, 2, 3, 4, 5, 6]),
            ("GLOB(visit.name, 'V*')", []), ("visit.exposure_time > 30 AND visit.exposure_time <= 50.0", [4, 5]),
            ("visit.timespan OVERLAPS (T'2025-01-01T02:00:00/tai', T'2025-01-01T04:00:00/tai')", [2, 3]),
            ("visit.timespan OVERLAPS T'2025-01-01T05:00:00/tai'", [5]), ("visit.seq_num = NULL", [1, 2, 3, 4, 5, 6]),
            ("visit.seq_num > 0 OR visit = 2", [2]), ("visit + detector = 3", [1, 2]),
        ]
        try await repository.read { connection in
            for (condition, visits) in cases {
                let rows = try dataIDs(
                    repository,
                    ["visit"],
                    where: "instrument = 'Cam' AND (\(condition))",
                    on: connection
                )
                #expect(rows.compactMap { $0["visit"]?.int }.sorted() == visits, "\(condition)")
            }
        }
    }

    @Test("calibrations join by time, and ambiguous ones are an error, in counts too")
    func calibrations() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let type = try repository.tables.datasetTypes.record("bias", on: connection).type
            let joined = try QueryTree(in: repository.universe).joining(
                repository.universe.group(["visit", "detector"])
            )
            .joining(DatasetSearch(type, in: ["calib"]))
            .general(
                repository.universe.group(["visit", "detector"]),
                datasetFields: ["bias": [.datasetID]],
                findFirst: true
            )
            #expect(try repository.engine.count(joined.tree, joined.spec, on: connection) == 15)
            let single = try QueryTree(in: repository.universe).datasets(type, in: ["calib"])
            for detector in [3, 1] {
                let query = try single.filtered(by: "instrument = 'Cam' AND detector = \(detector)")
                let result = Result { try repository.engine.pages(query, on: connection).map(\.count) }
                let count = Result { try repository.engine.count(query.tree, query.spec, on: connection) }
                if detector == 3 {
                    #expect(try result.get() == [1])
                    #expect(try count.get() == 1)
                } else {
                    #expect(throws: ButlerError(.calibrationLookup, "")) { try result.get() }
                    #expect(throws: ButlerError(.calibrationLookup, "")) { try count.get() }
                }
            }
        }
    }

    @Test("regions are tested exactly, also when the tested element is projected away")
    func space() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let condition = "instrument = 'Cam' AND skymap = 'tiles'"
            let pairs = try dataIDs(repository, ["visit", "tract"], where: condition, on: connection)
            // Visits reach half a degree around 11…16, tracts one degree around 12 and 14.
            #expect(pairs.count == 6)
            let point = "visit_detector_region.region OVERLAPS POINT(12.7, 0.0)"
            let visits = try dataIDs(repository, ["visit"], where: "instrument = 'Cam' AND \(point)", on: connection)
            #expect(visits.map { $0["visit"] } == [3])
            let query = try QueryTree(in: repository.universe).dataIDs(repository.universe.group(["visit"]))
                .filtered(by: "instrument = 'Cam' AND \(point)")
            #expect(throws: ButlerError(.invalidQuery, "")) {
                try repository.engine.count(query.tree, query.spec, on: connection)
            }
            #expect(try repository.engine.count(query.tree, query.spec, discard: true, on: connection) == 1)
            #expect(try repository.engine.count(query.tree, query.spec, exact: false, on: connection) >= 1)
            #expect(throws: ButlerError(.unimplementedQuery, "")) {
                try dataIDs(repository, ["visit"], where: "\(condition) AND (visit = 1 OR \(point))", on: connection)
            }
        }
    }

    @Test("small and large tables of data IDs join alike, unknown values included")
    func uploads() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let group = try repository.universe.group(["detector"])
            for count in [5, 3000] {
                let given = (1...count).map { DataCoordinate(group, values: ["Cam", .int(Int64($0))]) }
                let tree = QueryTree(in: repository.universe).joining(try DataIDTable(given))
                let own = try tree.dataIDs()
                #expect(try repository.engine.count(own.tree, own.spec, on: connection) == count)
                let records = try tree.records(of: repository.universe.element("detector"))
                #expect(try repository.engine.count(records.tree, records.spec, on: connection) == 4)
            }
        }
    }

    @Test("materialised rows are queried without their condition")
    func materialized() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let type = try repository.tables.datasetTypes.record("image", on: connection).type
            let context = IdentifierContext(dimensions: try repository.universe.group(["visit"]))
            let tree = try QueryTree(in: repository.universe).joining(DatasetSearch(type, in: ["run1"]))
                .filtered(by: QueryPredicate(parsing: "instrument = 'Cam' AND band = 'r'", in: context))
            let fetched = try repository.engine.materialize(tree, on: connection)
            #expect(fetched.predicate == .true)
            let refs = try fetched.datasets(type, in: nil)
            #expect(try repository.engine.count(refs.tree, refs.spec, on: connection) == 8)
        }
    }

    @Test("reasons say why there is nothing, without asking for rows")
    func reasons() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let type = try repository.tables.datasetTypes.record("bias", on: connection).type
            let query = try QueryTree(in: repository.universe).datasets(type, in: ["run1", "tag"])
            #expect(try repository.engine.pages(query, on: connection).isEmpty)
            #expect(
                try repository.engine.emptyReasons(query.tree, on: connection) == [
                    "The search for dataset type \"bias\" in [run1, tag] cannot find any.",
                    "Collection \"run1\" has no datasets of type \"bias\".",
                    "Collection \"tag\" has no datasets of type \"bias\".",
                ]
            )
            #expect(try repository.engine.any(query.tree, on: connection) == false)
        }
    }

    @Test("the plan of a query can be read")
    func explain() async throws {
        let repository = try await SmallRepository()
        let text = try await repository.read { connection in
            let type = try repository.tables.datasetTypes.record("image", on: connection).type
            let query = try QueryTree(in: repository.universe).datasets(type, in: ["chain"])
                .filtered(by: "instrument = 'Cam' AND visit > 2")
            return try repository.engine.explain(query, on: connection).description
        }
        for line in [
            "datasets image", "in [chain]", "where instrument == 'Cam' AND visit > 2", "image: run2, run1", "sql",
            "SELECT ", "then,",
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }

    @Test("data IDs come with the records of all their elements")
    func records() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let query = try QueryTree(in: repository.universe).dataIDs(
                repository.universe.group(["visit", "detector"])
            )
            .filtered(by: "instrument = 'Cam' AND visit = 2 AND detector = 3").withRecords()
            guard case .dataIDs(let rows)? = try repository.engine.pages(query, on: connection).first else {
                throw ButlerError(.unknown, "no page")
            }
            let records = try #require(rows.first?.records)
            func record(_ name: String) throws -> DimensionRecord? { records[try repository.universe.element(name)] }
            #expect(try record("detector")?["full_name"] == .string("S3"))
            #expect(try record("visit")?["name"] == .string("v2"))
            #expect(try record("visit_detector_region")?.region != nil)
            #expect(try record("band")?["name"] == .string("r"))
            #expect(records.all.count == 7)
        }
    }

    @Test("governors must be named, or have a default")
    func governors() async throws {
        let repository = try await SmallRepository()
        try await repository.read { connection in
            let query = try QueryTree(in: repository.universe).dataIDs(repository.universe.group(["detector"]))
                .filtered(by: "detector = 1")
            #expect(throws: ButlerError(.invalidQuery, "")) { try repository.engine.pages(query, on: connection) }
            let pages = try repository.engine.pages(query, defaults: ["instrument": "Cam"], on: connection)
            #expect(pages.map(\.count) == [1])
        }
    }
}

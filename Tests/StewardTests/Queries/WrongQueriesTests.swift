import Dimensions
import Foundation
import Queries
import Registry
import StewardCore
import StewardTesting
import Testing

@testable import QueryExecution
@testable import Steward

/// What people read when a whole query is wrong, on real repositories; `STEWARD_RECORD=1` writes the texts anew.
///
/// Expressions by themselves have their texts in `QueriesTests`.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct WrongQueriesTests {
    static let file = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        .appendingPathComponent("Fixtures/queries/wrong-queries.json")

    static func cases() throws -> [JSONValue] {
        let source = try String(contentsOf: file, encoding: .utf8)
        return try #require(try JSONValue(parsing: source, source: "wrong-queries.json").array)
    }

    /// The error that a query gives, or what it gives instead.
    static func text(of json: JSONValue) async throws -> String {
        let group = json["group"]?.string ?? ""
        do {
            let butler = try await GoldenQueriesTests.butler(group).with(json["defaults"])
            if json["call"] != "query" { return try await listed(json, butler) }
            let query = GoldenCase(group: group, json: json)
            let outcome = try await butler.read { try query.run(butler.engine, on: $0) }
            switch outcome {
            case .rows(let rows): return "no error: \(rows.count) rows"
            case .value(let value): return "no error: \(value.text())"
            }
        } catch let error as ButlerError {
            return "\(error.code): \(error)"
        }
    }

    private static func strings(_ json: JSONValue?) -> [String] {
        json?.string.map { [$0] } ?? (json?.array ?? []).compactMap(\.string)
    }

    /// Asks the facade.
    private static func listed(_ json: JSONValue, _ butler: Butler) async throws -> String {
        let args = json["args"] ?? .null
        let (condition, binds) = (args["where"]?.string ?? "", try GoldenValues.binds(args["bind"]))
        let (order, limit) = (strings(args["order_by"]), args["limit"]?.int.map(Int.init))
        let collections = strings(args["collections"])
        let count: Int
        switch json["call"]?.string {
        case "data_ids":
            count = try await butler.queryDataIDs(
                strings(args["dimensions"]),
                datasets: strings(args["datasets"]),
                collections: collections,
                where: condition,
                binds: binds,
                orderBy: order,
                limit: limit
            ).count
            guard count == 0 else { break }
            let reasons = try await butler.query().dataIDs(strings(args["dimensions"])).filtered(where: condition)
                .emptyReasons()
            return "no rows: \(reasons.joined(separator: " "))"
        case "records":
            count = try await butler.queryDimensionRecords(
                args["element"]?.string ?? "",
                where: condition,
                binds: binds,
                orderBy: order,
                limit: limit
            ).count
        case "all_datasets":
            count = try await butler.queryAllDatasets(
                strings(args["name"]),
                collections: collections,
                where: condition,
                findFirst: args["find_first"]?.bool ?? false,
                limit: limit
            ).count
        default:
            let type = args["dataset_type"]?.string ?? ""
            count = try await butler.queryDatasets(
                type,
                collections: collections,
                where: condition,
                binds: binds,
                findFirst: args["find_first"]?.bool ?? false,
                orderBy: order,
                limit: limit
            ).count
            guard count == 0 else { break }
            let reasons = try await butler.emptyReasons(type, collections: collections, where: condition)
            return "no rows: \(reasons.joined(separator: " "))"
        }
        return "no error: \(count) rows"
    }

    @Test("each wrong query has its text")
    func texts() async throws {
        let isRecording = ProcessInfo.processInfo.environment["STEWARD_RECORD"] != nil
        var recorded: [JSONValue] = []
        for json in try Self.cases() {
            let text = try await Self.text(of: json)
            if !isRecording { #expect(text == json["error"]?.string, "\(json["name"]?.string ?? "")") }
            let members = (json.members ?? []).filter { $0.key != "error" }
            recorded.append(.object(members + [.init("error", .string(text))]))
        }
        #expect(recorded.count >= 60)
        guard isRecording else { return }
        try JSONValue.array(recorded).text(.indented).write(to: Self.file, atomically: true, encoding: .utf8)
    }

    // MARK: Large but right

    @Test("a list of 10,000 elements works, written out and bound")
    func longList() async throws {
        let butler = try await GoldenQueriesTests.butler("ci_hsc")
        let known = try await butler.queryDataIDs(["detector"], where: "instrument = 'HSC'").compactMap {
            $0["detector"]?.int
        }
        try #require(known.count > 10)
        let wanted = Set(known.filter { !$0.isMultiple(of: 3) })
        let numbers = wanted.sorted() + (0..<10_000).map { Int64(1_000_000 + $0) }
        let list = numbers.map(String.init).joined(separator: ", ")
        let written = try await butler.queryDataIDs(
            ["detector"],
            where: "instrument = 'HSC' AND detector IN (\(list))"
        )
        #expect(Set(written.compactMap { $0["detector"]?.int }) == wanted)
        let bound = try await butler.queryDataIDs(
            ["detector"],
            where: "instrument = 'HSC' AND detector NOT IN (:numbers)",
            binds: ["numbers": .list(numbers.map(LiteralValue.int))]
        )
        #expect(Set(bound.compactMap { $0["detector"]?.int }) == Set(known).subtracting(wanted))
    }

    @Test("an OR of 300 alternatives of two conditions works, and its negation")
    func alternatives() async throws {
        let butler = try await GoldenQueriesTests.butler("ci_hsc")
        let pairs = try await butler.queryDataIDs(["visit", "detector"], where: "instrument = 'HSC'").map {
            ($0["visit"]?.int ?? 0, $0["detector"]?.int ?? 0)
        }
        let chosen = pairs.filter { $0.1.isMultiple(of: 2) }.prefix(20)
        try #require(chosen.count == 20)
        let others = (0..<280).map { (Int64($0), Int64(7)) }
        let text = (chosen + others).map { "(visit = \($0.0) AND detector = \($0.1))" }.joined(separator: " OR ")
        let found = try await butler.queryDataIDs(["visit", "detector"], where: "instrument = 'HSC' AND (\(text))")
        #expect(found.count == 20)
        let rest = try await butler.queryDataIDs(["visit", "detector"], where: "instrument = 'HSC' AND NOT (\(text))")
        #expect(rest.count == pairs.count - 20)
    }

    @Test(
        "texts that look like SQL are compared as they are",
        arguments: ["x''; DROP TABLE dataset; --", "' OR 1=1 --", "%\"; DELETE FROM tags", "\\'; --"]
    )
    func injection(_ text: String) async throws {
        let butler = try await GoldenQueriesTests.butler("datasets")
        let before = try await butler.queryDatasets("bias", collections: ["*"]).count
        try #require(before > 0)
        let found = try await butler.queryDatasets(
            "bias",
            collections: ["*"],
            where: "instrument = 'Cam1' AND (detector.full_name = :text OR GLOB(bias.run, :text))",
            binds: ["text": .value(.string(text))]
        )
        #expect(found.isEmpty)
        let rest = try await butler.queryDatasets(
            "bias",
            collections: ["*"],
            where: "instrument = 'Cam1' AND detector.full_name NOT IN (:texts)",
            binds: ["texts": .list([.string(text)])]
        )
        #expect(rest.count == before)
        #expect(try await butler.queryDatasets("bias", collections: ["*"]).count == before)
    }
}

extension Butler {
    /// The repository with other defaults: governor values and collections.
    fileprivate func with(_ defaults: JSONValue?) async throws -> Butler {
        guard let defaults else { return self }
        var values: [String: DimensionValue] = [:]
        for member in defaults.members ?? [] { values[member.key] = member.value.string.map { .string($0) } }
        let names = (defaults["collections"]?.array ?? []).compactMap(\.string)
        return try await Butler.open(root, defaults: .init(collections: names, dataID: values))
    }
}

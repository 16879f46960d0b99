import Databases
import Dimensions
import Foundation
import Queries
import Registry
import SQLiteDriver
import StewardCore
import StewardTesting
import StewardTesting
import Testing

@testable import QueryExecution
@testable import Steward

/// Random queries on both systems.
///
/// `STEWARD_QUERY_COUNT` queries for each repository (default 60), `STEWARD_QUERY_SEED` for the first (default 1).
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct DifferentialTests {
    static let groups = ["calibs", "ci_hsc", "datasets", "lsstcam", "multi", "spatial"]

    static func number(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? standard
    }

    @Test("random queries give the reference's rows", arguments: groups)
    func compare(_ group: String) async throws {
        let butler = try await GoldenQueriesTests.butler(group)
        let material = try await butler.read { try QueryMaterial(group, butler.registry, on: $0) }
        let first = UInt64(Self.number("STEWARD_QUERY_SEED", 1)) &* 100_000
        let seeds = (0..<UInt64(Self.number("STEWARD_QUERY_COUNT", 60))).map { first + $0 }
        let queries = seeds.map { seed -> JSONValue in
            var random = RandomQuery(material, seed: seed)
            return random.query()
        }
        let answers = try Reference.answers(to: queries, in: GoldenRepositories.shared.path)
        #expect(answers.count == queries.count)
        var answered = 0
        for (index, wanted) in answers.enumerated() {
            if wanted["rows"]?.array?.isEmpty == false { answered += 1 }
            let query = GoldenCase(group: group, json: Self.golden(queries[index]))
            if Self.isFailure(wanted) { continue }
            let problem = try await butler.read { connection in
                Self.problem(Result { try query.run(butler.engine, on: connection) }, wanted, queries[index])
            }
            if let problem { Issue.record("seed \(seeds[index]): \(queries[index].text())\n\(problem)") }
        }
        #expect(answered * 5 >= queries.count, "only \(answered) queries have rows")
    }

    /// Whether the reference failed where it should answer: it multiplies every OR out, and knows no overlap with the
    /// timespan of datasets that are no calibrations (`docs/compatibility.md`).
    private static func isFailure(_ answer: JSONValue) -> Bool {
        let message = answer["message"]?.string ?? ""
        let isTooLarge = message.contains("Expression tree is too large") || message.contains("not in disjoin set")
        return isTooLarge || ["MemoryError", "TimeoutError"].contains(answer["error"]?.string)
    }

    /// The query in the form of a golden case.
    private static func golden(_ query: JSONValue) -> JSONValue {
        .object([
            "call": query["call"] ?? .null, "args": query, "defaults": query["defaults"] ?? .object([]),
        ])
    }

    private static func problem(
        _ result: Result<GoldenCase.Outcome, any Error>,
        _ wanted: JSONValue,
        _ query: JSONValue
    ) -> String? {
        switch result {
        case .failure(let error as CaseRunner.EmptyResult):
            return wanted["rows"]?.array?.isEmpty == true
                ? nil : "no rows (\(error.reasons)) instead of \(wanted.text().prefix(500))"
        case .failure(let error as ButlerError)
        where error.code == .calibrationLookup && TestBackend.current == .postgresql:
            // The reference does not see the ambiguity on servers before version 16.
            return nil
        case .failure(let error):
            return isSame(error, wanted) ? nil : "threw \(error) instead of \(wanted.text().prefix(500))"
        case .success(let outcome):
            guard let rows = wanted["rows"]?.array, case .rows(let found) = outcome else {
                return "gave rows instead of \(wanted.text().prefix(500))"
            }
            return difference(found, rows, isOrdered: query["order_by"] != nil && query["find_first"]?.bool != false)
        }
    }

    /// Whether an error is of the reference's kind; Python's own errors may stand for any.
    private static func isSame(_ error: any Error, _ wanted: JSONValue) -> Bool {
        let kinds: [String: ButlerError.Code] = [
            "InvalidQueryError": .invalidQuery, "UnimplementedQueryError": .unimplementedQuery,
            "CalibrationLookupError": .calibrationLookup, "MissingCollectionError": .missingCollection,
        ]
        guard let name = wanted["error"]?.string, let code = (error as? ButlerError)?.code else { return false }
        return kinds[name].map { $0 == code } ?? true
    }

    private static func difference(_ found: [JSONValue], _ wanted: [JSONValue], isOrdered: Bool) -> String? {
        var found = found.map { GoldenValues.sorted(reduced($0)).text() }
        var wanted = wanted.map { GoldenValues.sorted($0).text() }
        if !isOrdered {
            found.sort()
            wanted.sort()
        }
        guard found != wanted else { return nil }
        let missing = wanted.filter { !found.contains($0) }.prefix(3)
        let extra = found.filter { !wanted.contains($0) }.prefix(3)
        return "\(found.count) rows instead of \(wanted.count); missing \(missing), extra \(extra)"
    }

    /// A dataset without the parts that the reference's side leaves out.
    private static func reduced(_ row: JSONValue) -> JSONValue {
        guard let id = row["id"], let run = row["run"], let dataID = row["data_id"] else { return row }
        return .object(["id": id, "run": run, "data_id": dataID])
    }
}

extension Reference {
    /// What the reference answers to queries on repositories in a folder.
    fileprivate static func answers(to queries: [JSONValue], in folder: String) throws -> [JSONValue] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Peers/reference_queries.py").path
        let file = "\(folder)/queries-\(UUID().uuidString).jsonl"
        try queries.map { $0.text() }.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let text = try run("python", [script, folder, file])
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
}

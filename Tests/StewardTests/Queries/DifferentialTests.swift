import Databases
import Foundation
import Registry
import StewardCore
import StewardTesting
import Testing

@testable import QueryExecution
@testable import Steward

/// Random queries on both systems.
///
/// `STEWARD_QUERY_COUNT` queries for each repository (default 60), `STEWARD_QUERY_SEED` for the first (default 1).
/// `make test-deep` runs thousands.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct DifferentialTests {
    static let groups = ["calibs", "ci_hsc", "datasets", "lsstcam", "multi", "spatial"]

    static func number(_ name: String, _ standard: Int) -> Int {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? standard
    }

    @Test("random queries give the reference's answers", arguments: groups)
    func compare(_ group: String) async throws {
        let butler = try await GoldenQueriesTests.butler(group)
        let material = try await butler.read { try QueryMaterial(group, butler.registry, on: $0) }
        let place = UInt64(Self.groups.firstIndex(of: group) ?? 0)
        let first = UInt64(Self.number("STEWARD_QUERY_SEED", 1)) &* 1_000_000 &+ place &* 100_000
        let seeds = (0..<UInt64(Self.number("STEWARD_QUERY_COUNT", 60))).map { first + $0 }
        let queries = seeds.map { seed -> JSONValue in
            var random = RandomQuery(material, seed: seed)
            return random.query()
        }
        let answers = try Reference.answers(to: queries, in: GoldenRepositories.shared.path)
        try #require(answers.count == queries.count)
        var tally = DifferentialTally(group: group)
        for (index, wanted) in answers.enumerated() {
            let query = GoldenCase(group: group, json: queries[index])
            let result = try await butler.read { connection in
                Result { try DecidedDifferences.asked(query).run(butler.engine, on: connection) }
            }
            if let problem = tally.problem(query, result, wanted) {
                Issue.record("seed \(seeds[index]): \(problem) for \(queries[index].text())")
            }
        }
        print(tally)
        #expect(tally.withRows * 5 >= queries.count, "only \(tally.withRows) queries have rows")
    }

    @Test("differences that random queries may meet are documented", arguments: AllowedDifference.allCases)
    func documented(_ difference: AllowedDifference) throws {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let text = try String(contentsOf: root.appendingPathComponent("docs/compatibility.md"), encoding: .utf8)
        #expect(text.contains("| \(difference.rawValue) |"))
    }
}

/// Compares answers and counts them.
struct DifferentialTally: CustomStringConvertible {
    let group: String
    private(set) var withRows = 0
    private var asked = 0
    private var empty = 0
    private var values = 0
    private var errors: [String: Int] = [:]
    private var differences = 0
    private var allowed: [AllowedDifference: Int] = [:]

    init(group: String) {
        self.group = group
    }

    var description: String {
        let raised = errors.values.reduce(0, +)
        let kinds = errors.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let listed = allowed.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.rawValue)" }
        return "\(group): \(asked) random queries, \(withRows) with rows, \(empty) without, \(values) counts, "
            + "\(raised) errors (\(kinds)); \(differences) differences; "
            + "\(allowed.values.reduce(0, +)) allowed (\(listed.joined(separator: ", ")))"
    }

    /// What differs between an answer and the reference's; nil if nothing does that is not allowed.
    mutating func problem(
        _ query: GoldenCase,
        _ result: Result<GoldenCase.Outcome, any Error>,
        _ wanted: JSONValue
    ) -> String? {
        asked += 1
        if let rows = wanted["rows"]?.array {
            if rows.isEmpty { empty += 1 } else { withRows += 1 }
        } else if wanted["value"] != nil {
            values += 1
        } else {
            errors[wanted["error"]?.string ?? "", default: 0] += 1
        }
        var found: ButlerError?
        var isFailure = false
        if case .failure(let error) = result {
            found = error as? ButlerError
            isFailure = found == nil
        }
        // The reference does not see ambiguous calibrations on PostgreSQL before version 16.
        if TestBackend.current == .postgresql, found?.code == .calibrationLookup { return nil }
        if !isFailure, let difference = AllowedDifference.explaining(wanted, found) {
            allowed[difference, default: 0] += 1
            return nil
        }
        guard let problem = Self.difference(query, result, wanted) else { return nil }
        if case .success(let outcome) = result,
            let difference = AllowedDifference.explaining(query, outcome, wanted)
        {
            allowed[difference, default: 0] += 1
            return nil
        }
        differences += 1
        return problem
    }

    private static func difference(
        _ query: GoldenCase,
        _ result: Result<GoldenCase.Outcome, any Error>,
        _ wanted: JSONValue
    ) -> String? {
        let text = wanted.text().prefix(500)
        switch result {
        case .failure(let error): return isSame(error, wanted) ? nil : "threw \(error) instead of \(text)"
        case .success(.value(let value)): return wanted["value"] == value ? nil : "gave \(value) instead of \(text)"
        case .success(.rows(let rows)):
            guard let expected = wanted["rows"]?.array else { return "gave \(rows.count) rows instead of \(text)" }
            return difference(rows, expected, isOrdered: query.json["ordered"]?.bool == true)
        }
    }

    /// Whether an error is of the reference's kind.
    private static func isSame(_ error: any Error, _ wanted: JSONValue) -> Bool {
        let kinds: [String: ButlerError.Code] = [
            "InvalidQueryError": .invalidQuery, "UnimplementedQueryError": .unimplementedQuery,
            "CalibrationLookupError": .calibrationLookup, "MissingCollectionError": .missingCollection,
            "MissingDatasetTypeError": .missingDatasetType, "NoDefaultCollectionError": .missingCollection,
        ]
        guard let name = wanted["error"]?.string, let code = (error as? ButlerError)?.code else { return false }
        return kinds[name] == code
    }

    private static func difference(_ found: [JSONValue], _ wanted: [JSONValue], isOrdered: Bool) -> String? {
        var found = found.map { GoldenValues.sorted($0).text() }
        var wanted = wanted.map { GoldenValues.sorted($0).text() }
        if !isOrdered {
            found.sort()
            wanted.sort()
        }
        guard found != wanted else { return nil }
        let (known, expected) = (Set(found), Set(wanted))
        let missing = wanted.filter { !known.contains($0) }.prefix(3)
        let extra = found.filter { !expected.contains($0) }.prefix(3)
        return "\(found.count) rows instead of \(wanted.count); missing \(missing), extra \(extra)"
    }
}

extension Reference {
    /// What the reference answers to queries on repositories in a folder.
    static func answers(to queries: [JSONValue], in folder: String) throws -> [JSONValue] {
        let file = "\(folder)/queries-\(UUID().uuidString).jsonl"
        try queries.map { $0.text() }.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let text = try peer("reference_queries.py", [folder, file])
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
}

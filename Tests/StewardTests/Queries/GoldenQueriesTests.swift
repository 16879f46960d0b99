import Databases
import Foundation
import Registry
import SQLiteDriver
import StewardCore
import StewardTesting
import Synchronization
import Testing

@testable import QueryExecution
@testable import Steward

/// The golden query cases, on the registry test data that comes with the reference.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct GoldenQueriesTests {
    static let calls: Set<String> = [
        "data_ids", "datasets", "records", "all_datasets", "query", "legacy_data_ids", "legacy_records",
    ]

    /// Cases about arguments that only the methods above the engine have.
    static let beyondTheEngine: Set<String> = [
        "base: data id with null", "base: default for unknown instrument", "base: default must be governor",
        "base: legacy collections need datasets", "base: unknown element",
        "datasets: component name is no dataset type here", "datasets: default run",
        "datasets: legacy data ids with dataset wildcard", "datasets: legacy data ids with datasets",
        "datasets: no collections and no defaults",
    ]

    static func cases() throws -> [GoldenCase] {
        try Golden.queries { $0 != "expressions" }.flatMap { group in
            (group["cases"]?.array ?? []).map { GoldenCase(group: group["group"]?.string ?? "", json: $0) }
        }.filter { calls.contains($0.call) && !beyondTheEngine.contains($0.testDescription) }
    }

    /// Opens the repository of a group of cases.
    static func butler(_ name: String) async throws -> Butler {
        let group = try #require(try Golden.queries { $0 == name }.first)
        return try await GoldenRepositories.shared.butler(of: group)
    }

    @Test("queries give the reference's rows", arguments: try cases())
    func rows(_ golden: GoldenCase) async throws {
        let butler = try await Self.butler(golden.group)
        let problem = try await butler.read { connection in
            let asked = DecidedDifferences.asked(golden)
            let result = Result { try asked.run(butler.engine, on: connection) }
            return DecidedDifferences.verdict(golden, result) ?? GoldenVerdict.problem(golden, result)
        }
        if let problem, !problem.isEmpty { Issue.record("\(golden.testDescription): \(problem)") }
    }
}

/// The cases in which Steward differs on purpose (`docs/compatibility.md`), and what it gives instead.
enum DecidedDifferences {
    /// The case with the radius of each `CIRCLE` doubled, since the reference takes twice as much as written.
    static func asked(_ golden: GoldenCase) -> GoldenCase {
        let text = golden.json.text()
        let pattern = #/CIRCLE\(([^,]+),([^,]+), *([0-9.]+)\)/#
        let doubled = text.replacing(pattern) { match in
            "CIRCLE(\(match.1),\(match.2), \(2 * (Double(match.3) ?? 0)))"
        }
        guard doubled != text, let json = try? JSONValue(parsing: doubled, source: "case") else { return golden }
        return GoldenCase(group: golden.group, json: json)
    }

    /// An empty text if a case differs in the decided way, a complaint if it does not; nil for all other cases.
    static func verdict(_ golden: GoldenCase, _ result: Result<GoldenCase.Outcome, any Error>) -> String? {
        switch (golden.testDescription, result) {
        case ("calibs: count does not see the ambiguity", .failure(let error)):
            (error as? ButlerError)?.code == .calibrationLookup ? "" : "threw \(error)"
        case ("base: range with step over negative values", .success(.rows(let rows))):
            rows.count == 2 ? "" : "gave \(rows.count) rows"
        case ("spatial: point with impossible declination", .failure(let error)):
            (error as? ButlerError)?.code == .invalidQuery ? "" : "threw \(error)"
        default: nil
        }
    }
}

/// Compares what came out with what was expected.
enum GoldenVerdict {
    static func problem(_ golden: GoldenCase, _ result: Result<GoldenCase.Outcome, any Error>) -> String? {
        let expected = expectation(golden.json)
        switch result {
        case .failure(let error): return failure(error, expected)
        case .success(let outcome):
            if let error = expected["error"] {
                return "expected \(error["class"]?.string ?? "") but got \(outcome)".prefix(600).description
            }
            switch outcome {
            case .value(let value):
                let wanted = expected["value"]?["messages"] ?? expected["value"]
                return wanted == value ? nil : "expected \(String(describing: wanted)) but got \(value)"
            case .rows(let rows): return difference(rows, expected)
            }
        }
    }

    /// What holds on the tests' database; Steward sees ambiguous calibrations on each, the reference not on all.
    private static func expectation(_ json: JSONValue) -> JSONValue {
        let expected = json["expect"] ?? .null
        guard TestBackend.current == .postgresql, expected["error"] == nil else { return expected }
        return json["expect_postgresql15"] ?? expected
    }

    private static func failure(_ error: any Error, _ expected: JSONValue) -> String? {
        guard let wanted = expected["error"] else { return "threw \(error)" }
        let name = wanted["class"]?.string ?? ""
        if let empty = error as? CaseRunner.EmptyResult {
            guard name == "EmptyQueryResultError" else { return "empty instead of \(name)" }
            let count = wanted["reasons"]?.int ?? 0
            return Int(count) == empty.reasons.count ? nil : "\(count) reasons expected, got \(empty.reasons)"
        }
        let codes: [String: ButlerError.Code] = [
            "InvalidQueryError": .invalidQuery, "CalibrationLookupError": .calibrationLookup,
            "UnimplementedQueryError": .unimplementedQuery, "MissingDatasetTypeError": .missingDatasetType,
            "MissingCollectionError": .missingCollection, "KeyError": .dimensionName,
        ]
        guard let found = (error as? ButlerError)?.code else { return "threw \(error)" }
        if codes[name] == found { return nil }
        return "expected \(name) but threw \(found): \(error)"
    }

    private static func difference(_ rows: [JSONValue], _ expected: JSONValue) -> String? {
        if let count = expected["row_count"]?.int {
            return Int(count) == rows.count ? nil : "expected \(count) rows but got \(rows.count)"
        }
        var found = rows.map { GoldenValues.sorted($0).text() }
        var wanted = (expected["rows"]?.array ?? []).map { GoldenValues.sorted($0).text() }
        if expected["ordered"]?.bool != true {
            found.sort()
            wanted.sort()
        }
        guard found != wanted else { return nil }
        let missing = wanted.filter { !found.contains($0) }.prefix(3)
        let extra = found.filter { !wanted.contains($0) }.prefix(3)
        return "\(found.count) rows instead of \(wanted.count); missing \(missing), extra \(extra)"
    }
}

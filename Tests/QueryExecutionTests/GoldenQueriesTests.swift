import Databases
import Foundation
import Registry
import SQLiteDriver
import StewardCore
import Synchronization
import Testing

@testable import QueryExecution

/// The golden query cases, on repositories made by the reference.
///
/// Runs where `STEWARD_QUERY_REPOSITORIES` names a folder with one repository for each group of cases.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["STEWARD_QUERY_REPOSITORIES"] != nil))
struct GoldenQueriesTests {
    static var repositories: String? { ProcessInfo.processInfo.environment["STEWARD_QUERY_REPOSITORIES"] }

    static let calls: Set<String> = [
        "data_ids", "datasets", "records", "all_datasets", "query", "legacy_data_ids", "legacy_records",
    ]

    static func cases() throws -> [GoldenCase] {
        try GoldenFolder.groups { $0 != "expressions" }.flatMap { group in
            (group["cases"]?.array ?? []).map { GoldenCase(group: group["group"]?.string ?? "", json: $0) }
        }.filter { calls.contains($0.call) }
    }

    static func repository(_ group: String) async throws -> (SQLiteDatabase, QueryEngine) {
        let folder = try #require(repositories)
        let database = try await SQLiteDatabase.open("\(folder)/\(group)/gen3.sqlite3", mode: .readOnly)
        let tables = try await database.read { try RegistryTables.open(writing: false, on: $0).tables }
        return (database, QueryEngine(tables))
    }

    @Test("queries give the reference's rows", arguments: try cases())
    func rows(_ golden: GoldenCase) async throws {
        let (database, engine) = try await Self.repository(golden.group)
        let problem = try await database.read { connection in
            GoldenVerdict.problem(golden, Result { try golden.run(engine, on: connection) })
        }
        try await database.close()
        if let problem { Issue.record("\(golden.testDescription): \(problem)") }
    }
}

/// Compares what came out with what was expected.
enum GoldenVerdict {
    static func problem(_ golden: GoldenCase, _ result: Result<GoldenCase.Outcome, any Error>) -> String? {
        let expected = golden.json["expect"] ?? .null
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

import StewardCore
import StewardTesting
import Testing

@testable import QueryExecution
@testable import Steward

/// What random queries once found to differ from the reference.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct FoundDifferencesTests {
    /// What a query gives, in the form of golden cases.
    private func outcome(_ group: String, _ text: String) async throws -> GoldenCase.Outcome {
        let query = GoldenCase(group: group, json: try JSONValue(parsing: text))
        let butler = try await GoldenQueriesTests.butler(group)
        return try await butler.read { try query.run(butler.engine, on: $0) }
    }

    @Test("the validity range of a dataset type may be compared with itself")
    func selfOverlap() async throws {
        let asked =
            #"{"call": "query", "args": {"action": ["count", {"exact": false}], "steps": [["join_dataset_search", "bias", ["calibs"]], ["where", {"expr": "WHERE", "kwargs": {"instrument": "Cam1"}}], ["data_ids", ["instrument", "detector"]]]}}"#
        let overlap = asked.replacing("WHERE", with: "bias.timespan OVERLAPS bias.timespan")
        guard case .value(let compared) = try await outcome("calibs", overlap),
            case .value(let all) = try await outcome("calibs", asked.replacing("WHERE", with: "1 = 1"))
        else {
            Issue.record("no counts")
            return
        }
        #expect(compared == all && compared != 0)
    }

    @Test(
        "sky pixels that nothing enumerates are refused even where no rows could come",
        arguments: [
            #"{"call": "data_ids", "args": {"dimensions": ["detector", "htm7"], "limit": 0}}"#,
            #"{"call": "query", "args": {"action": ["count", {"exact": false}], "steps": [["join_dimensions", ["htm7"]], ["datasets", "unused", ["imported_g"]]]}}"#,
            #"{"call": "query", "args": {"steps": [["join_dimensions", ["htm9"]], ["datasets", "bias", ["empty_run"]]]}}"#,
            #"{"call": "query", "args": {"action": ["any", {"exact": false}], "steps": [["join_dimensions", ["htm9"]], ["join_dataset_search", "bias", ["empty_run"]], ["dimension_records", "exposure"]]}}"#,
        ]
    )
    func pixels(_ text: String) async throws {
        await #expect(throws: ButlerError(.unimplementedQuery, "")) { try await outcome("datasets", text) }
    }

    @Test("reasons for no rows are given for sky pixels that nothing enumerates")
    func reasonsForPixels() async throws {
        let text =
            #"{"call": "query", "defaults": {"instrument": "Cam1"}, "args": {"action": ["explain"], "steps": [["join_dimensions", ["detector", "htm9"]], ["data_ids", ["detector"]]]}}"#
        guard case .value(let count) = try await outcome("datasets", text) else {
            Issue.record("no count")
            return
        }
        #expect(count == 0)
    }

    @Test("a collection that lacks the dataset type is one reason, whatever else it lacks")
    func reasons() async throws {
        let text =
            #"{"call": "query", "defaults": {"instrument": "LSSTCam"}, "args": {"action": ["explain"], "steps": [["join_dataset_search", "flat", ["imported_g", "imported_r", "mixed", "skymaps"]], ["data_ids", ["detector", "physical_filter"]]]}}"#
        guard case .value(let count) = try await outcome("multi", text) else {
            Issue.record("no count")
            return
        }
        #expect(count == 5)
    }

    @Test("negative limits are refused")
    func limits() async throws {
        let butler = try await GoldenQueriesTests.butler("datasets")
        await #expect(throws: ButlerError(.invalidQuery, "")) {
            try await butler.queryDatasets("bias", collections: ["*"], limit: -1)
        }
    }
}

import Foundation
import StewardCore
import Testing

/// Listings in forms for programs, caps on rows, and plans.
@Suite struct ListingTests {
    private static let listings = [
        ["query-datasets", "REPO", "*", "--collections", "*"],
        ["query-datasets", "REPO", "metric", "--collections", "u/one,u/tag", "--order-by=-detector"],
        ["query-datasets", "REPO", "metric", "--collections", "u/one", "--show-uri"],
        ["query-data-ids", "REPO", "exposure", "detector", "--where", "instrument='Cam1'"],
        ["query-data-ids", "REPO", "--datasets", "bias", "--collections", "cal/*"],
        ["query-dimension-records", "REPO", "exposure"],
        ["query-dimension-records", "REPO", "detector", "--order-by=-detector"],
        ["query-datasets", "REPO", "metric", "--collections", "cal/gen"],
        ["query-data-ids", "REPO", "detector", "--where", "instrument='Cam1' AND detector > 100"],
        ["query-dimension-records", "REPO", "visit"], ["query-dataset-types", "REPO"],
    ]

    @Test("JSON lines and CSV have the rows of the JSON list, in its order", arguments: listings)
    func forms(_ words: [String]) async throws {
        let sample = try await SampleRepository()
        func run(_ form: String...) throws -> String { try StewardProgram().expect(sample.words(words) + form) }
        let text = try run("--format", "json")
        let list = try #require(try JSONValue(parsing: text).array)
        #expect(text == JSONValue.array(list).text(.indented) + "\n")
        let lines = try run("--format", "jsonl").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines == list)
        let csv = try run("--format", "csv").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(csv.last == "")
        #expect(csv.count == list.count + 2)
        if let keys = list.first?.members?.map(\.key) {
            #expect(csv.first.map(String.init) == keys.joined(separator: ","))
            #expect(
                try run("--format", "csv", "--no-header").split(separator: "\n").map(String.init)
                    == csv[1...].dropLast().map(String.init)
            )
            let key = try #require(keys.last)
            let chosen = try JSONValue(parsing: try run("--format", "json", "--columns", key)).array ?? []
            #expect(chosen == list.map { .object([.init(key, $0[key] ?? .null)]) })
        }
    }

    @Test("a dataset in a run and a tag is listed once, in every form")
    func repeated() async throws {
        let sample = try await SampleRepository()
        let words = sample.words(["query-datasets", "REPO", "metric", "--collections", "u/one,u/tag"])
        for form in ["csv", "jsonl", "json", "table"] {
            let text = try StewardProgram().expect(words + ["--format", form, "--columns", "id", "--no-header"])
            let ids = text.matches(of: #/[0-9a-f]{8}-[0-9a-f-]{27}/#).map { String($0.output) }
            #expect(ids.count == 3, "\(form)")
            #expect(Set(ids).count == 3, "\(form)")
        }
    }

    @Test(
        "a cap lets so many rows pass and warns when there are more",
        arguments: [
            (["query-datasets", "REPO", "*", "--collections", "*"], "Requested limit of 2 hit for number of datasets"),
            (["query-data-ids", "REPO", "detector", "--where", "instrument='Cam1'"], "request limit of 2"),
            (["query-dimension-records", "REPO", "detector"], "request limit of 2"),
        ]
    )
    func caps(_ words: [String], _ warning: String) async throws {
        let sample = try await SampleRepository()
        for (limit, count, warns) in [(-2, 2, true), (2, 2, false), (-100, nil, false), (0, nil, false)]
            as [(Int, Int?, Bool)]
        {
            let outcome = try StewardProgram().run(
                sample.words(words) + ["--limit", String(limit), "--format", "jsonl"]
            )
            let rows = outcome.output.split(separator: "\n").count
            #expect(count.map { rows == $0 } ?? (rows > 2), "\(limit): \(outcome.output)")
            #expect(outcome.errors.contains(warning) == warns, "\(limit): \(outcome.errors)")
            #expect(outcome.status == 0)
        }
    }

    @Test("retrieval warns of a cap, too")
    func retrieval() async throws {
        let sample = try await SampleRepository()
        let words = [
            "retrieve-artifacts", "REPO", "FOLDER/out", "-d", "metric", "--collections", "u/one", "--limit", "-2",
        ]
        let outcome = try StewardProgram().run(sample.words(words))
        #expect(outcome.errors.contains("Requested limit of 2 hit"))
        #expect(outcome.output.contains(": 2"))
    }

    @Test("an unknown column is an error before any row")
    func unknownColumn() async throws {
        let sample = try await SampleRepository()
        for form in ["csv", "json", "jsonl", "table"] {
            let words = ["query-dimension-records", "REPO", "detector", "--columns", "nosuch", "--format", form]
            let outcome = try StewardProgram().run(sample.words(words))
            #expect(outcome.status == 1)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("nosuch"))
        }
    }

    @Test(
        "a plan is shown instead of rows",
        arguments: [
            ["query-datasets", "REPO", "bias", "--collections", "cal/gen,u/one", "--where", "instrument='Cam1'"],
            ["query-data-ids", "REPO", "detector", "--datasets", "bias", "--collections", "cal/*"],
            ["query-dimension-records", "REPO", "exposure", "--where", "instrument='Cam1' AND exposure > 1"],
        ]
    )
    func plan(_ words: [String]) async throws {
        let sample = try await SampleRepository()
        let asked = sample.words(words) + ["--explain-plan"]
        let text = try StewardProgram().expect(asked)
        for title in ["query\n", "result\n", "joins", "sql\n  SELECT "] { #expect(text.contains(title), "\(text)") }
        let list = try #require(try JSONValue(parsing: StewardProgram().expect(asked + ["--format", "json"])).array)
        #expect(list.count == 1)
        let sql = try #require(list.first?["sql"]?.string)
        #expect(text.contains(sql))
        let line = try JSONValue(parsing: StewardProgram().expect(asked + ["--format", "jsonl"]))
        #expect(line["sql"]?.string == sql)
        if words.contains("cal/gen,u/one") {
            #expect(text.contains("without u/one: Collection \"u/one\" has no datasets of type \"bias\"."))
        }
        #expect(try StewardProgram().run(asked + ["--format", "csv"]).status == 1)
    }
}

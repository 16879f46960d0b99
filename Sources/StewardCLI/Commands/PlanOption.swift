internal import ArgumentParser
internal import Steward
internal import StewardCore

/// The option to show how a question would be answered.
struct PlanOption: ParsableArguments {
    @Flag(help: "Show how the rows would be found (collections, joins, SQL), and do not look for them.")
    var explainPlan = false

    /// Shows the plans of results: as text, or as a list of objects.
    ///
    /// - Parameters:
    ///   - results: The results.
    ///   - output: The form.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for CSV, else as the results.
    func show<Row>(_ results: [QueryResults<Row>], _ output: OutputOptions) async throws {
        guard output.format != .csv else {
            throw ButlerError(.invalidArgument, "A plan has no CSV form.", remedy: "Use --format table, json or jsonl.")
        }
        var plans: [QueryPlan] = []
        for result in results { plans.append(try await result.explain()) }
        switch output.format {
        case .json: Console.line(JSONValue.array(plans.map(\.json)).text(.indented))
        case .jsonl: for plan in plans { Console.line(plan.json.text()) }
        case .table, .csv:
            Console.line(
                plans.isEmpty
                    ? "There is nothing to ask: no collection can hold these datasets."
                    : plans.map(\.description).joined(separator: "\n\n")
            )
        }
    }
}

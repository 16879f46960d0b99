import StewardCore

/// Differences from the reference that random queries may meet, each a row of `docs/compatibility.md`.
enum AllowedDifference: String, CaseIterable, Sendable {
    case outOfMeans = "conditions that multiply out beyond the reference's means"
    case undatedSearch = "overlap with the timespan of datasets that are no calibrations"
    case ambiguousColumn = "`any` of a spatial join and a region together"
    case hiddenAmbiguity = "`count` of ambiguous calibrations"
    case countOfFetched = "`count` of fetched rows (`materialize`) whose regions were compared"
    case oneOfSeveral = "general results that leave dimensions of the query out, without find-first"
    case pythonError = "user errors that surface as errors of Python"

    /// The difference that explains other values or rows; nil if there is none.
    ///
    /// - Parameters:
    ///   - query: The query.
    ///   - found: What Steward gave.
    ///   - answer: What the reference answered.
    /// - Returns: The difference.
    static func explaining(_ query: GoldenCase, _ found: GoldenCase.Outcome, _ answer: JSONValue) -> AllowedDifference?
    {
        let steps = query.args["steps"]?.array ?? []
        let general = steps.first { $0.array?.first == "general" }?.array?.last
        let showsAll = general?["dataset_fields"] != nil && general?["find_first"]?.bool == false
        switch found {
        case .value(let value):
            if showsAll, let count = value.int, let fewer = answer["value"]?.int, count > fewer { return .oneOfSeveral }
            let isRefused = answer["message"]?.string?.contains("exactly without discarding") == true
            return isRefused && steps.contains { $0.array?.first == "materialize" } ? .countOfFetched : nil
        case .rows(let rows):
            guard showsAll, let wanted = answer["rows"]?.array else { return nil }
            let (all, some) = (Set(rows.map(text)), Set(wanted.map(text)))
            return some.isSubset(of: all) && Set(rows.map(key)) == Set(wanted.map(key)) ? .oneOfSeveral : nil
        }
    }

    private static func text(_ row: JSONValue) -> String { GoldenValues.sorted(row).text() }

    /// The keys of dimensions of a general row.
    private static func key(_ row: JSONValue) -> String {
        text(.object((row.members ?? []).filter { !$0.key.contains(".") }))
    }

    /// The difference that explains what the reference answered; nil if there is none.
    ///
    /// - Parameters:
    ///   - answer: What the reference answered.
    ///   - error: The error that Steward gave, if it gave one.
    /// - Returns: The difference.
    static func explaining(_ answer: JSONValue, _ error: ButlerError?) -> AllowedDifference? {
        if answer["value"]?.int != nil, error?.code == .calibrationLookup { return .hiddenAmbiguity }
        guard let name = answer["error"]?.string else { return nil }
        let message = answer["message"]?.string ?? ""
        if ["MemoryError", "TimeoutError"].contains(name) || message.contains("Expression tree is too large") {
            return .outOfMeans
        }
        if message.contains("not in disjoin set") { return .undatedSearch }
        if message.contains("ambiguous column name") { return .ambiguousColumn }
        let python = ["AssertionError", "ValueError", "TypeError", "KeyError", "UnboundLocalError", "AttributeError"]
        if python.contains(name), error != nil { return .pythonError }
        return nil
    }
}

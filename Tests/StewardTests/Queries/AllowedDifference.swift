import StewardCore

/// Differences from the reference that random queries may meet, each a row of `docs/compatibility.md`.
enum AllowedDifference: String, CaseIterable, Sendable {
    case outOfMeans = "conditions that multiply out beyond the reference's means"
    case undatedSearch = "overlap with the timespan of datasets that are no calibrations"
    case ambiguousColumn = "`any` of a spatial join and a region together"
    case hiddenAmbiguity = "`count` of ambiguous calibrations"
    case pythonError = "user errors that surface as errors of Python"

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

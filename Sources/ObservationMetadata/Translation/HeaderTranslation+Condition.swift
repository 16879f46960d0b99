import FITS
import StewardCore

extension HeaderTranslation {
    /// Whether a rule is to be followed.
    mutating func holds(_ guardian: RuleGuard) throws(ButlerError) -> Bool {
        for condition in guardian.unless where try holds(condition) { return false }
        return try hold(guardian.when)
    }

    /// Whether all of some conditions hold.
    mutating func hold(_ conditions: [RuleCondition]) throws(ButlerError) -> Bool {
        for condition in conditions where try !holds(condition) { return false }
        return true
    }

    private mutating func holds(_ condition: RuleCondition) throws(ButlerError) -> Bool {
        switch condition {
        case .header(let condition): return condition.holds(in: header)
        case .property(let property, let words): return try string(property).map(words.contains) ?? false
        case .prefix(let property, let words):
            guard let text = try string(property) else { return false }
            return words.contains { text.hasPrefix($0) }
        case .begin(let bounds): return try instant(.datetimeBegin).map(bounds.contains) ?? false
        case .any(let groups):
            for group in groups where try hold(group) { return true }
            return false
        }
    }
}

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

    /// Texts can only be compared with texts, numbers with numbers.
    private func check(_ condition: HeaderCondition) throws(ButlerError) {
        guard let value = header.defined(condition.keyword) else { return }
        let fits =
            switch condition.test {
            case .above: value.stringValue == nil
            case .startsWith, .contains, .matches: value.stringValue != nil
            case .equals, .differs: value.stringValue != nil || !condition.ignoresCase
            default: true
            }
        guard fits else { throw header.error(condition.keyword, "has the value \(value), which is of the wrong kind") }
    }

    private mutating func holds(_ condition: RuleCondition) throws(ButlerError) -> Bool {
        switch condition {
        case .header(let condition):
            try check(condition)
            return condition.holds(in: header)
        case .always: return true
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

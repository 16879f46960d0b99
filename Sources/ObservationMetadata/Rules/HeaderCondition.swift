import FITS
import Foundation

/// A test of one header keyword.
struct HeaderCondition: Sendable {
    /// What the value must be.
    enum Test: Sendable {
        /// There, with a value.
        case present
        /// Not there, or without a value.
        case absent
        /// Not there at all.
        case missing
        /// There, with or without a value.
        case listed
        /// There, with a value that is not empty, zero or false.
        case filled
        /// The text is one of these.
        case equals([String])
        /// The text begins with one of these.
        case startsWith([String])
        /// The text contains one of these.
        case contains([String])
        /// The text is there and none of these.
        case differs([String])
        /// The text has a part of this form.
        case matches(NSRegularExpression)
        /// The value is that of another keyword.
        case same(String)
        /// The value is a number (true), or it is something else (false).
        case numeric(Bool)
        /// The number is greater than this one.
        case above(Double)
        /// The number is in a half-open range.
        case range(from: Double?, until: Double?)
    }

    let keyword: String
    let test: Test
    let ignoresCase: Bool

    /// Whether the header passes.
    func holds(in header: some KeywordValues) -> Bool {
        guard let value = header.defined(keyword) else {
            switch test {
            case .absent: return true
            case .missing: return !header.contains(keyword)
            case .listed: return header.contains(keyword)
            case .numeric(let isNumber): return !isNumber
            default: return false
            }
        }
        switch test {
        case .present, .listed: return true
        case .absent, .missing: return false
        case .filled: return !["", "0", "0.0", "-0.0", "False"].contains(value.text)
        case .equals(let words): return words.contains { equal($0, value) }
        case .differs(let words): return !words.contains { equal($0, value) }
        case .matches(let pattern):
            return pattern.firstMatch(in: value.text, range: NSRange(value.text.startIndex..., in: value.text)) != nil
        case .same(let other): return header.defined(other) == value
        case .numeric(let isNumber): return (value.stringValue == nil) == isNumber
        case .above(let bound): return value.number.map { $0 > bound } ?? false
        case .startsWith(let words): return words.contains { folded(value.text).hasPrefix(folded($0)) }
        case .contains(let words): return words.contains { folded(value.text).contains(folded($0)) }
        case .range(let lower, let upper):
            guard let number = value.number else { return false }
            return number >= lower ?? -.infinity && number < upper ?? .infinity
        }
    }

    private func equal(_ word: String, _ value: FITSValue) -> Bool {
        if value.stringValue == nil, let number = value.realValue { return Double(word) == number }
        return folded(word) == folded(value.text)
    }

    private func folded(_ text: String) -> String {
        ignoresCase ? text.lowercased() : text
    }
}

extension FITSHeader {
    /// The value of a keyword that is there and defined.
    func defined(_ keyword: String) -> FITSValue? {
        guard let value = self[keyword], value != .undefined else { return nil }
        return value
    }
}

extension FITSValue {
    /// The value as a text: numbers and Booleans in the notation of the reference.
    var text: String {
        switch self {
        case .string(let value): value
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .logical(let value): value ? "True" : "False"
        case .undefined: ""
        }
    }

    /// The value as a number, also from a text that is one; `nan` counts.
    var number: Double? {
        realValue ?? stringValue.flatMap { Double($0.filter { $0 != " " }) }
    }

    /// The value as a whole number, also from a text that is one.
    var wholeNumber: Int64? {
        integerValue ?? stringValue.flatMap { Int64($0.filter { $0 != " " }) }
    }
}

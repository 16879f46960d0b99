import FITS

/// A test of one header keyword.
struct HeaderCondition: Sendable {
    /// What the value must be.
    enum Test: Sendable {
        /// There, with a value.
        case present
        /// Not there, or without a value.
        case absent
        /// The text is one of these.
        case equals([String])
        /// The text begins with one of these.
        case startsWith([String])
        /// The text contains one of these.
        case contains([String])
        /// The number is in a half-open range.
        case range(from: Double?, until: Double?)
    }

    let keyword: String
    let test: Test
    let ignoresCase: Bool

    /// Whether the header passes.
    func holds(in header: FITSHeader) -> Bool {
        guard let value = header.defined(keyword) else {
            if case .absent = test { return true }
            return false
        }
        switch test {
        case .present: return true
        case .absent: return false
        case .equals(let words): return words.contains { folded($0) == folded(value.text) }
        case .startsWith(let words): return words.contains { folded(value.text).hasPrefix(folded($0)) }
        case .contains(let words): return words.contains { folded(value.text).contains(folded($0)) }
        case .range(let lower, let upper):
            guard let number = value.number else { return false }
            return number >= lower ?? -.infinity && number < upper ?? .infinity
        }
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

internal import StewardCore

/// A format specification of Python's mini-language: `[[fill]align][sign][#][0][width][grouping][.precision][type]`.
///
/// Source: Python's library reference, "Format Specification Mini-Language", version 3.11.
struct FormatSpec: Hashable, Sendable {
    /// Where padding goes.
    enum Alignment: Unicode.Scalar, Hashable, Sendable {
        case left = "<"
        case right = ">"
        case center = "^"
        /// Between sign and digits.
        case afterSign = "="
    }

    private(set) var fill: Unicode.Scalar = " "
    private(set) var alignment: Alignment?
    private(set) var sign: Unicode.Scalar = "-"
    private(set) var isAlternate = false
    /// Whether a zero before the width asks for sign-aware padding.
    private(set) var isZeroPadded = false
    private(set) var width = 0
    private(set) var grouping: Unicode.Scalar?
    private(set) var precision: Int?
    private(set) var type: Unicode.Scalar?

    /// Widths and precisions beyond this are mistakes; file names end at 255 bytes.
    private static let largest = 1000

    /// Whether nothing is specified.
    var isEmpty: Bool { self == FormatSpec() }

    private init() {}

    /// Reads a specification; nil if it is malformed.
    init?(_ text: String) {
        var rest = ArraySlice(text.unicodeScalars)
        if rest.count > 1, let alignment = Alignment(rawValue: rest[rest.startIndex + 1]) {
            fill = rest[rest.startIndex]
            self.alignment = alignment
            rest = rest.dropFirst(2)
        } else if let first = rest.first, let alignment = Alignment(rawValue: first) {
            self.alignment = alignment
            rest.removeFirst()
        }
        let hasFill = text.unicodeScalars.count - rest.count == 2
        if let first = rest.first, first == "+" || first == "-" || first == " " { sign = rest.removeFirst() }
        if rest.first == "#" {
            isAlternate = true
            rest.removeFirst()
        }
        if !hasFill, rest.first == "0" {
            isZeroPadded = true
            fill = "0"
            rest.removeFirst()
        }
        guard let width = Self.number(&rest) else { return nil }
        self.width = width ?? 0
        if let first = rest.first, first == "," || first == "_" { grouping = rest.removeFirst() }
        if rest.first == "." {
            rest.removeFirst()
            guard let given = Self.number(&rest), let given else { return nil }
            precision = given
        }
        type = rest.popFirst()
        guard rest.isEmpty, type.map({ "sbcdoxXneEfFgG%".unicodeScalars.contains($0) }) ?? true else { return nil }
    }

    /// Reads digits; an inner nil is no number, an outer one a number that is too large.
    private static func number(_ rest: inout ArraySlice<Unicode.Scalar>) -> Int?? {
        var value: Int?
        while let first = rest.first, "0"..."9" ~= first {
            value = (value ?? 0) * 10 + Int(first.value - 0x30)
            guard value ?? 0 <= largest else { return nil }
            rest.removeFirst()
        }
        return .some(value)
    }
}

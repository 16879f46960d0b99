internal import Foundation

/// How a value is written: Python's format specification `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
///
/// Source: Python library reference, "Format Specification Mini-Language".
struct FormatSpec: Hashable, Sendable {
    private var fill: Character = " "
    private var align: Character?
    private var sign: Character = "-"
    private var isAlternate = false
    private var padsWithZeros = false
    private var width = 0
    private var grouping: Character?
    private var precision: Int?
    private var type: Character?

    /// Widths and precisions beyond this are refused; no file name is that long.
    private static let limit = 255

    /// A specification with which values keep their plain text.
    static let plain = FormatSpec()

    private init() {}

    /// Reads a specification; nil if it is malformed.
    init?(_ text: some StringProtocol) {
        var rest = Array(text)[...]
        if rest.count > 1, "<>=^".contains(rest[rest.startIndex + 1]) {
            fill = rest.removeFirst()
            align = rest.removeFirst()
        } else if let first = rest.first, "<>=^".contains(first) {
            align = rest.removeFirst()
        }
        if let first = rest.first, "+- ".contains(first) { sign = rest.removeFirst() }
        if rest.first == "z" { rest.removeFirst() }
        if rest.first == "#" { isAlternate = rest.popFirst() != nil }
        if rest.first == "0" { padsWithZeros = rest.popFirst() != nil }
        guard let width = FormatSpec.number(&rest) else { return nil }
        self.width = width ?? 0
        if let first = rest.first, ",_".contains(first) { grouping = rest.removeFirst() }
        if rest.first == "." {
            rest.removeFirst()
            guard let digits = FormatSpec.number(&rest), let digits else { return nil }
            precision = digits
        }
        type = rest.popFirst()
        guard rest.isEmpty, type.map({ "bcdeEfFgGnosxX%".contains($0) }) ?? true else { return nil }
    }

    /// Digits at the start: nil if too large, nil inside if there are none.
    private static func number(_ rest: inout ArraySlice<Character>) -> Int?? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        guard !digits.isEmpty else { return .some(nil) }
        guard let number = Int(String(digits)), number <= limit else { return nil }
        return .some(number)
    }

    /// Text; nil if the specification is one for numbers.
    func format(_ text: String) -> String? {
        guard type == nil || type == "s", align != "=", sign == "-", !isAlternate, grouping == nil else { return nil }
        let cut = precision.map { String(text.unicodeScalars.prefix($0)) } ?? text
        let fill: Character = padsWithZeros && align == nil ? "0" : self.fill
        return pad(cut, align ?? "<", fill)
    }

    /// A whole number; nil if the specification is one for text.
    func format(_ value: Int64) -> String? {
        switch type {
        case nil, "d", "n", "b", "o", "x", "X":
            guard precision == nil else { return nil }
            return padded(sign(value < 0) + prefix, grouped(digits(of: value.magnitude)))
        case "c":
            guard let code = UInt32(exactly: value), let scalar = Unicode.Scalar(code) else { return nil }
            return pad(String(Character(scalar)), align ?? "<", fill)
        case "s": return nil
        default: return format(Double(value))
        }
    }

    /// A floating-point number; nil if the specification is one for text or whole numbers.
    func format(_ value: Double) -> String? {
        guard type.map({ "eEfFgGn%".contains($0) }) ?? true else { return nil }
        let body: String
        if !value.isFinite {
            let text = value.isNaN ? "nan" : "inf"
            body = (type?.isUppercase ?? false) ? text.uppercased() : text
        } else {
            body = grouped(decimal(value.magnitude))
        }
        return padded(sign(value.sign == .minus && !value.isNaN), body + (type == "%" ? "%" : ""))
    }

    // MARK: Digits

    private func digits(of magnitude: UInt64) -> String {
        switch type {
        case "b": String(magnitude, radix: 2)
        case "o": String(magnitude, radix: 8)
        case "x": String(magnitude, radix: 16)
        case "X": String(magnitude, radix: 16, uppercase: true)
        default: String(magnitude)
        }
    }

    private var prefix: String {
        guard isAlternate, let type, "boxX".contains(type) else { return "" }
        return "0\(type)"
    }

    private func decimal(_ value: Double) -> String {
        let alternate = isAlternate ? "#" : ""
        switch type {
        case "e", "E", "f", "F", "g", "G":
            return String(format: "%\(alternate).\(precision ?? 6)\(type ?? "g")", value)
        case "%": return String(format: "%\(alternate).\(precision ?? 6)f", value * 100)
        case "n": return String(format: "%.\(precision ?? 6)g", value)
        default:
            guard let precision else { return PythonText.repr(value) }
            let text = String(format: "%.\(max(precision, 1))g", value)
            return text.contains(".") || text.contains("e") ? text : text + ".0"
        }
    }

    private func grouped(_ digits: String) -> String {
        guard let grouping else { return digits }
        let isBinary = type.map { "boxX".contains($0) } ?? false
        let size = isBinary ? 4 : 3
        let whole = digits.prefix { $0.isHexDigit && (isBinary || $0.isNumber) }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % size == 0 { result.append(grouping) }
            result.append(digit)
        }
        return result + digits.dropFirst(whole.count)
    }

    // MARK: Padding

    private func sign(_ isNegative: Bool) -> String {
        isNegative ? "-" : sign == "-" ? "" : String(sign)
    }

    private func padded(_ sign: String, _ body: String) -> String {
        let zeros = padsWithZeros && align == nil
        guard zeros || align == "=" else { return pad(sign + body, align ?? ">", fill) }
        let missing = max(width - sign.count - body.count, 0)
        return sign + String(repeating: zeros ? "0" : fill, count: missing) + body
    }

    private func pad(_ text: String, _ align: Character, _ fill: Character) -> String {
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        let left = align == "<" ? 0 : align == "^" ? missing / 2 : missing
        return String(repeating: fill, count: left) + text + String(repeating: fill, count: missing - left)
    }
}

/// Values as Python's `str` and `repr` write them.
package enum PythonText {
    /// A floating-point number: the shortest text that reads back as the same, never that of a whole number.
    package static func repr(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let text = "\(value)"
        guard let end = text.firstIndex(of: "e"), text[..<end].hasSuffix(".0") else { return text }
        return String(text[..<end].dropLast(2)) + text[end...]
    }

    /// Text in quotes with Python's escapes.
    package static func repr(_ text: String) -> String {
        let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "'" where quote == "'": result += "\\'"
            default: result.unicodeScalars.append(character)
            }
        }
        return result + String(quote)
    }
}

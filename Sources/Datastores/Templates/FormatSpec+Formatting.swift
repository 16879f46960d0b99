internal import Foundation
internal import StewardCore

/// A value that a template can put into a path.
enum TemplateValue: Hashable, Sendable {
    case int(Int64)
    case real(Double)
    case bool(Bool)
    case text(String)
    /// A value that has no format specifications of its own, such as an identifier or a missing value.
    case fixed(String)
}

extension FormatSpec {
    /// A value as this specification writes it; nil if they do not fit, where Python raises an error.
    func format(_ value: TemplateValue) -> String? {
        switch value {
        case .fixed(let text): return isEmpty ? text : nil
        case .text(let text): return self.text(text)
        case .bool(let flag):
            return isEmpty ? (flag ? "True" : "False") : format(.int(flag ? 1 : 0))
        case .int(let number):
            return type.map({ "eEfFgG%".unicodeScalars.contains($0) }) == true
                ? real(Double(number)) : integer(number)
        case .real(let number): return real(number)
        }
    }

    private func text(_ text: String) -> String? {
        guard type == nil || type == "s", alignment != .afterSign, sign == "-", !isAlternate, grouping == nil else {
            return nil
        }
        let cut = precision.map { String(String.UnicodeScalarView(text.unicodeScalars.prefix($0))) } ?? text
        return padded("", cut, alignment ?? .left)
    }

    private func integer(_ number: Int64) -> String? {
        guard precision == nil else { return nil }
        let magnitude = number.magnitude
        let digits: String
        var prefix = ""
        switch type {
        case nil, "d", "n":
            guard !(type == "n" && grouping != nil) else { return nil }
            digits = String(magnitude)
        case "b", "o", "x", "X":
            guard grouping != "," else { return nil }
            let radix = type == "b" ? 2 : type == "o" ? 8 : 16
            digits = String(magnitude, radix: radix, uppercase: type == "X")
            if isAlternate { prefix = "0" + String(Character(type ?? "x")) }
        case "c":
            guard sign == "-", !isAlternate, grouping == nil, let scalar = UInt32(exactly: number) else { return nil }
            return Unicode.Scalar(scalar).flatMap { padded("", String(Character($0)), alignment ?? .left) }
        default: return nil
        }
        let size = type == nil || type == "d" || type == "n" ? 3 : 4
        return self.number(prefix: signText(number < 0) + prefix, digits: digits, rest: "", groupSize: size)
    }

    private func real(_ number: Double) -> String? {
        guard type.map({ "eEfFgGn%".unicodeScalars.contains($0) }) ?? true, !(type == "n" && grouping != nil) else {
            return nil
        }
        let isNegative = number.sign == .minus && !number.isNaN
        var body = real(magnitude: number.magnitude)
        if type == "F" || type == "E" || type == "G" { body = body.uppercased() }
        if type == "%" { body += "%" }
        let end = body.firstIndex { !$0.isASCII || !$0.isNumber } ?? body.endIndex
        return self.number(
            prefix: signText(isNegative),
            digits: String(body[..<end]),
            rest: String(body[end...]),
            groupSize: 3
        )
    }

    /// The digits of a number that is not negative.
    private func real(magnitude: Double) -> String {
        let alternate = isAlternate ? "#" : ""
        switch type {
        case "e", "E": return String(format: "%\(alternate).\(precision ?? 6)e", magnitude)
        case "f", "F": return String(format: "%\(alternate).\(precision ?? 6)f", magnitude)
        case "%": return String(format: "%\(alternate).\(precision ?? 6)f", magnitude * 100)
        case "g", "G", "n": return String(format: "%\(alternate).\(precision ?? 6)g", magnitude)
        default:
            guard let precision, magnitude.isFinite else {
                let text = PythonText.repr(magnitude)
                return isAlternate && !text.contains(".") ? text.replacing("e", with: ".e") : text
            }
            return general(magnitude, precision: max(precision, 1))
        }
    }

    /// The notation without a type letter: as `g`, but with a digit after the point, or an exponent one place earlier.
    private func general(_ magnitude: Double, precision: Int) -> String {
        let scientific = String(format: "%.\(precision - 1)e", magnitude)
        let exponent = scientific.split(separator: "e").last.flatMap { Int($0) } ?? 0
        guard exponent == precision - 1 || magnitude == 0 && precision == 1 else {
            let text = String(format: "%.\(precision)g", magnitude)
            return text.contains(where: { $0 == "." || $0 == "e" }) ? text : text + ".0"
        }
        let parts = scientific.split(separator: "e")
        var digits = parts[0]
        if digits.contains(".") {
            while digits.hasSuffix("0") { digits.removeLast() }
            if digits.hasSuffix(".") { digits.removeLast() }
        }
        return digits + "e" + parts[1]
    }

    // MARK: Padding

    private func signText(_ isNegative: Bool) -> String {
        isNegative ? "-" : sign == "-" ? "" : String(Character(sign))
    }

    private func number(prefix: String, digits: String, rest: String, groupSize: Int) -> String {
        let isZeroPadding = fill == "0" && (alignment == .afterSign || alignment == nil && isZeroPadded)
        var grouped = digits
        if let grouping {
            grouped = Self.grouped(digits, by: groupSize, with: grouping)
            if isZeroPadding {
                var zeros = digits
                while prefix.count + grouped.count + rest.count < width {
                    zeros = "0" + zeros
                    grouped = Self.grouped(zeros, by: groupSize, with: grouping)
                }
            }
        }
        return padded(prefix, grouped + rest, alignment ?? (isZeroPadded ? .afterSign : .right))
    }

    private static func grouped(_ digits: String, by size: Int, with separator: Unicode.Scalar) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % size == 0 { result.unicodeScalars.append(separator) }
            result.append(digit)
        }
        return result
    }

    private func padded(_ prefix: String, _ body: String, _ alignment: Alignment) -> String {
        let missing = width - prefix.unicodeScalars.count - body.unicodeScalars.count
        guard missing > 0 else { return prefix + body }
        func fills(_ count: Int) -> String { String(repeating: String(Character(fill)), count: count) }
        switch alignment {
        case .left: return prefix + body + fills(missing)
        case .right: return fills(missing) + prefix + body
        case .afterSign: return prefix + fills(missing) + body
        case .center: return fills(missing / 2) + prefix + body + fills(missing - missing / 2)
        }
    }
}

/// Text as Python writes values.
enum PythonText {
    /// A number as `repr` writes it.
    static func repr(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf" }
        let text = "\(number)"
        // Python begins the exponent at 1e16, Swift at 2^54.
        guard number.magnitude >= 1e16, !text.contains("e") else { return text }
        let digits = text.dropLast(2)
        let isNegative = digits.hasPrefix("-")
        let plain = isNegative ? digits.dropFirst() : digits
        var fraction = plain.dropFirst()
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let mantissa = "\(plain.prefix(1))" + (fraction.isEmpty ? "" : "." + fraction)
        return (isNegative ? "-" : "") + mantissa + "e+\(plain.count - 1)"
    }

    /// Text in quotes as `repr` writes it, or with other than ASCII characters escaped as `ascii` does.
    static func repr(_ text: String, asciiOnly: Bool) -> String {
        let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(Character(quote))
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\": result += "\\" + String(Character(scalar))
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result += isPrintable(scalar, asciiOnly) ? String(Character(scalar)) : escape(scalar)
            }
        }
        result.unicodeScalars.append(quote)
        return result
    }

    private static func isPrintable(_ scalar: Unicode.Scalar, _ asciiOnly: Bool) -> Bool {
        guard !scalar.isASCII else { return 0x20..<0x7F ~= scalar.value }
        guard !asciiOnly else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let (letter, size) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
        let digits = String(scalar.value, radix: 16)
        return "\\" + letter + String(repeating: "0", count: size - digits.count) + digits
    }
}

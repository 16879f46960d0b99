/// What a plain scalar stands for in the YAML 1.1 dialect of the reference's loader.
///
/// The dialect differs from the specification's: an exponent needs a sign and a decimal point (`1e5` is text),
/// `017` is octal, `08` is text, `12:30:45` is a number to the base 60, `y` and `n` are text.
package enum YAMLScalarKind: Equatable {
    case null
    case bool(Bool)
    case int(Int)
    /// A whole number that does not fit 64 bits.
    case hugeInt
    case double(Double)
    case timestamp
    /// `<<`, the key that merges mappings.
    case merge
    /// `=`, which has no meaning here.
    case value
    case text

    /// Tells what plain text stands for.
    package init(plain text: String) {
        let first = text.utf8.first
        if first.map(Self.beginsWord) ?? true, let word = YAMLScalarKind.words[text] {
            self = word
            return
        }
        guard let first, first < 0x3A, first >= 0x2B, first != 0x2C, first != 0x2F else {
            self = .text
            return
        }
        var copy = text
        self = copy.withUTF8 { bytes in
            YAMLNumber.int(bytes) ?? YAMLNumber.double(bytes) ?? (YAMLNumber.isTimestamp(bytes) ? .timestamp : .text)
        }
    }

    /// Whether a word with a meaning of its own can begin with a character.
    private static func beginsWord(_ character: UInt8) -> Bool {
        switch Unicode.Scalar(character) {
        case "~", "<", "=", ".", "+", "-", "n", "N", "y", "Y", "t", "T", "f", "F", "o", "O": true
        default: false
        }
    }

    private static let words: [String: YAMLScalarKind] = {
        var words: [String: YAMLScalarKind] = ["": .null, "~": .null, "<<": .merge, "=": .value]
        for word in ["null", "Null", "NULL"] { words[word] = .null }
        for word in ["yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] { words[word] = .bool(true) }
        for word in ["no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] { words[word] = .bool(false) }
        for word in [".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"] { words[word] = .double(.infinity) }
        for word in ["-.inf", "-.Inf", "-.INF"] { words[word] = .double(-.infinity) }
        for word in [".nan", ".NaN", ".NAN"] { words[word] = .double(.nan) }
        return words
    }()
}

/// The notations of numbers and dates in YAML 1.1.
private enum YAMLNumber {
    /// The whole number that text stands for, or nil if it is none.
    static func int(_ bytes: UnsafeBufferPointer<UInt8>) -> YAMLScalarKind? {
        var cursor = ByteCursor(bytes)
        let sign = cursor.skipSign()
        let body = cursor.position
        if cursor.skip("0") {
            if cursor.isAtEnd { return .int(0) }
            if cursor.skip("b") { return radix(bytes, cursor.position, 2, sign) }
            if cursor.skip("x") { return radix(bytes, cursor.position, 16, sign) }
            return radix(bytes, cursor.position, 8, sign)
        }
        guard cursor.skipDigits(underscores: true) > 0, bytes[body] != UInt8(ascii: "_") else { return nil }
        if cursor.isAtEnd { return decimal(bytes, body, sign) ?? radix(bytes, body, 10, sign) }
        guard cursor.skipBase60(), cursor.isAtEnd else { return nil }
        return base60(bytes, body).map { .int(sign * Int($0)) }
    }

    /// The floating-point number that text stands for, or nil if it is none.
    static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> YAMLScalarKind? {
        var cursor = ByteCursor(bytes)
        if cursor.skip(".") {
            guard cursor.skipDigits(underscores: false) > 0 else { return nil }
            _ = cursor.skipDigits(underscores: true)
            return cursor.skipExponent() && cursor.isAtEnd ? number(bytes) : nil
        }
        let sign = Double(cursor.skipSign())
        let body = cursor.position
        guard cursor.skipDigits(underscores: false) > 0 else { return nil }
        _ = cursor.skipDigits(underscores: true)
        if cursor.skipBase60() {
            guard cursor.skip(".") else { return nil }
            _ = cursor.skipDigits(underscores: true)
            guard cursor.isAtEnd else { return nil }
            return base60(bytes, body).map { .double(sign * $0) }
        }
        guard cursor.skip(".") else { return nil }
        _ = cursor.skipDigits(underscores: true)
        return cursor.skipExponent() && cursor.isAtEnd ? number(bytes) : nil
    }

    /// Whether text is a date, or a date and time.
    static func isTimestamp(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var cursor = ByteCursor(bytes)
        guard cursor.skipDigits(underscores: false) == 4, cursor.skip("-") else { return false }
        let month = cursor.skipDigits(underscores: false)
        guard 1...2 ~= month, cursor.skip("-") else { return false }
        let day = cursor.skipDigits(underscores: false)
        guard 1...2 ~= day else { return false }
        if cursor.isAtEnd { return month == 2 && day == 2 }
        guard cursor.skip("T") || cursor.skip("t") || cursor.skipBlanks() > 0 else { return false }
        guard 1...2 ~= cursor.skipDigits(underscores: false), cursor.skip(":"),
            cursor.skipDigits(underscores: false) == 2, cursor.skip(":"),
            cursor.skipDigits(underscores: false) == 2
        else { return false }
        if cursor.skip(".") { _ = cursor.skipDigits(underscores: false) }
        _ = cursor.skipBlanks()
        if cursor.isAtEnd || cursor.skip("Z") { return cursor.isAtEnd && !cursor.endsWithBlank }
        guard cursor.skip("+") || cursor.skip("-"), 1...2 ~= cursor.skipDigits(underscores: false) else { return false }
        if cursor.skip(":"), cursor.skipDigits(underscores: false) != 2 { return false }
        return cursor.isAtEnd
    }

    /// A number of a few digits.
    private static func decimal(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ sign: Int) -> YAMLScalarKind? {
        guard bytes.count - start <= 18 else { return nil }
        var value = 0
        for byte in bytes[start...] {
            guard byte != UInt8(ascii: "_") else { return nil }
            value = value * 10 + Int(byte) - 0x30
        }
        return .int(sign * value)
    }

    private static func radix(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ start: Int,
        _ radix: Int,
        _ sign: Int
    ) -> YAMLScalarKind? {
        guard start < bytes.count else { return nil }
        let digits = String(decoding: bytes[start...].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        guard digits.utf8.allSatisfy({ ByteCursor.isDigit($0, radix: radix) }) else { return nil }
        if digits.isEmpty { return radix == 8 ? .int(0) : nil }
        guard let value = Int((sign < 0 ? "-" : "") + digits, radix: radix) else { return .hugeInt }
        return .int(value)
    }

    /// The value of a number to the base 60, if it is exact.
    private static func base60(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Double? {
        let text = String(decoding: bytes[start...].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        let value = text.split(separator: ":").reduce(0.0) { $0 * 60 + (Double($1) ?? .nan) }
        return value.magnitude < 0x1p53 ? value : nil
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>) -> YAMLScalarKind? {
        let text = String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        return Double(text.hasSuffix(".") ? text + "0" : text).map { .double($0) }
    }
}

/// Steps over pieces of a scalar's text.
private struct ByteCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    var endsWithBlank: Bool { bytes.last == 0x20 || bytes.last == 0x09 }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Reads a sign as 1 or -1.
    mutating func skipSign() -> Int {
        if skip("-") { return -1 }
        _ = skip("+")
        return 1
    }

    /// Reads digits, and underscores where allowed; gives their number.
    mutating func skipDigits(underscores: Bool) -> Int {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            guard ByteCursor.isDigit(byte, radix: 10) || (underscores && byte == UInt8(ascii: "_")) else { break }
            position += 1
        }
        return position - start
    }

    mutating func skipBlanks() -> Int {
        let start = position
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        return position - start
    }

    /// Reads one or more groups of a colon and a number below 60.
    mutating func skipBase60() -> Bool {
        var hasGroup = false
        while skip(":") {
            let start = position
            let count = skipDigits(underscores: false)
            guard count == 1 || (count == 2 && bytes[start] < UInt8(ascii: "6")) else { return false }
            hasGroup = true
        }
        return hasGroup
    }

    /// Reads an exponent with its sign, if there is one; false if it is malformed.
    mutating func skipExponent() -> Bool {
        guard skip("e") || skip("E") else { return true }
        return (skip("+") || skip("-")) && skipDigits(underscores: false) > 0
    }

    static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30 < radix
        case 0x41...0x46, 0x61...0x66: radix == 16
        default: false
        }
    }
}

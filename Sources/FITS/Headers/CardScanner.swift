/// A position in one card image and the rules by which its value is read (FITS standard 4.0, sections 4.1 and 4.2).
struct CardScanner {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// Whether the value read last was a quoted string.
    private(set) var sawQuote = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private static let blank = UInt8(ascii: " ")
    private static let quote = UInt8(ascii: "'")
    private static let slash = UInt8(ascii: "/")

    func matches(_ prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { wanted in
            wanted.count <= bytes.count && bytes.prefix(wanted.count).elementsEqual(wanted)
        }
    }

    func find(_ character: Unicode.Scalar, from start: Int) -> Int? {
        bytes[start...].firstIndex(of: UInt8(ascii: character))
    }

    func isSeparator(_ index: Int) -> Bool {
        index < bytes.count && bytes[index] == Self.blank
    }

    /// The first eight bytes without trailing blanks, in upper case.
    func keyword() -> String { upperCaseText(0, 8) }

    /// The text between two positions without blanks around it.
    func text(_ start: Int, _ end: Int) -> String {
        var start = start
        var end = end
        while start < end, bytes[start] == Self.blank { start += 1 }
        while end > start, bytes[end - 1] == Self.blank { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    func upperCaseText(_ start: Int, _ end: Int) -> String {
        let text = text(start, end)
        for byte in text.utf8 where byte >= 0x61 && byte <= 0x7A { return text.uppercased() }
        return text
    }

    /// The text from a position on without trailing blanks; leading blanks stay.
    func trimmedText(from start: Int) -> String {
        var end = bytes.count
        while end > start, bytes[end - 1] == Self.blank || bytes[end - 1] == 0 { end -= 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// Reads the value that begins at or after a position and stays behind it.
    mutating func value(from start: Int) -> FITSValue {
        position = start
        sawQuote = false
        skipBlanks()
        guard position < bytes.count, bytes[position] != Self.slash else { return .undefined }
        if bytes[position] == Self.quote, let string = quotedString() {
            sawQuote = true
            return .string(string)
        }
        let start = position
        position = bytes[start...].firstIndex(of: Self.slash) ?? bytes.count
        return Self.plainValue(text(start, position))
    }

    /// The text after the slash that follows the value.
    mutating func comment() -> String {
        guard let slash = bytes[position...].firstIndex(of: Self.slash) else { return "" }
        position = bytes.count
        return text(slash + 1, bytes.count)
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == Self.blank { position += 1 }
    }

    /// Reads from one quote to the next single one, or nothing when no quote ends it; a doubled quote stands for itself.
    private mutating func quotedString() -> String? {
        let first = position + 1
        var index = first
        var doubled = false
        while index < bytes.count {
            guard bytes[index] == Self.quote else {
                index += 1
                continue
            }
            guard index + 1 < bytes.count, bytes[index + 1] == Self.quote else { break }
            doubled = true
            index += 2
        }
        guard index < bytes.count else { return nil }
        position = index + 1
        var end = index
        while end > first, bytes[end - 1] == Self.blank { end -= 1 }
        let string = String(decoding: bytes[first..<end], as: UTF8.self)
        return doubled ? string.replacing("''", with: "'") : string
    }

    /// A value without quotes: Boolean, number, or else its text.
    private static func plainValue(_ text: String) -> FITSValue {
        switch text {
        case "T": .logical(true)
        case "F": .logical(false)
        case "": .undefined
        default: number(text) ?? .string(text)
        }
    }

    /// A number in FITS form: digits with an optional sign, point and exponent after `E` or `D`.
    static func number(_ text: String) -> FITSValue? {
        var isInteger = true
        var needsChange = false
        var digits = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "+"), UInt8(ascii: "-"): break
            case UInt8(ascii: "."), UInt8(ascii: "E"), UInt8(ascii: "e"): isInteger = false
            case UInt8(ascii: "D"), UInt8(ascii: "d"):
                isInteger = false
                needsChange = true
            default: return nil
            }
        }
        guard digits > 0 else { return nil }
        if isInteger, let value = Int64(text) { return .integer(value) }
        let form = needsChange ? text.replacing("D", with: "E").replacing("d", with: "e") : text
        return Double(form).map(FITSValue.real)
    }
}

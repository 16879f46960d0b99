extension JSONValue {
    /// Reads JSON text (RFC 8259), and the words `NaN`, `Infinity` and `-Infinity` that Python's writer may leave.
    ///
    /// - Parameters:
    ///   - text: UTF-8 bytes.
    ///   - source: What is being read, for messages: a file name or a description.
    /// - Throws: ``ButlerError`` with `.corruptFile`, naming line and column.
    public init(parsing text: some Sequence<UInt8>, source: String = "JSON text") throws {
        var parser = JSONParser(bytes: Array(text), source: source)
        self = try parser.document()
    }

    /// Reads JSON text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - source: What is being read, for messages.
    /// - Throws: ``ButlerError`` with `.corruptFile`, naming line and column.
    public init(parsing text: String, source: String = "JSON text") throws {
        try self.init(parsing: text.utf8, source: source)
    }
}

/// A recursive-descent reader with a bound on nesting, so that hostile text cannot exhaust the stack.
private struct JSONParser {
    private static let deepest = 512

    let bytes: [UInt8]
    let source: String
    var at = 0

    init(bytes: [UInt8], source: String) {
        self.bytes = bytes
        self.source = source
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    }

    mutating func document() throws -> JSONValue {
        let value = try value(depth: 0)
        skipSpace()
        guard at == bytes.count else { throw failure("unexpected text after the value") }
        return value
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < Self.deepest else { throw failure("nested deeper than \(Self.deepest) levels") }
        skipSpace()
        guard let byte = next else { throw failure("unexpected end") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .double(.nan))
        case UInt8(ascii: "I"): return try word("Infinity", .double(.infinity))
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let matches = word.withUTF8Buffer { bytes[at...].starts(with: $0) }
        guard matches else { throw failure("unknown word") }
        at += word.utf8CodeUnitCount
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        at += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if next == UInt8(ascii: "}") {
            at += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("expected a key in quotes") }
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw failure("expected \":\" after key \"\(key)\"") }
            at += 1
            members.append(.init(key, try value(depth: depth + 1)))
            if try endsList(with: UInt8(ascii: "}")) { return .object(members) }
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        at += 1
        var items: [JSONValue] = []
        skipSpace()
        if next == UInt8(ascii: "]") {
            at += 1
            return .array(items)
        }
        while true {
            items.append(try value(depth: depth + 1))
            if try endsList(with: UInt8(ascii: "]")) { return .array(items) }
        }
    }

    private mutating func endsList(with end: UInt8) throws -> Bool {
        skipSpace()
        switch next {
        case UInt8(ascii: ","):
            at += 1
            return false
        case end:
            at += 1
            return true
        default:
            throw failure("expected \",\" or \"\(Character(UnicodeScalar(end)))\"")
        }
    }

    private mutating func number() throws -> JSONValue {
        let start = at
        var isInteger = true
        if next == UInt8(ascii: "-") {
            at += 1
            if next == UInt8(ascii: "I") { return try word("Infinity", .double(-.infinity)) }
        }
        while let byte = next {
            switch byte {
            case 0x30...0x39: break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                isInteger = false
            default:
                return try number(String(decoding: bytes[start..<at], as: UTF8.self), isInteger, start)
            }
            at += 1
        }
        return try number(String(decoding: bytes[start..<at], as: UTF8.self), isInteger, start)
    }

    private mutating func number(_ text: String, _ isInteger: Bool, _ start: Int) throws -> JSONValue {
        if isInteger, let value = Int64(text) { return .int(value) }
        guard let value = Double(text) else {
            at = start
            throw failure(text.isEmpty ? "expected a value" : "\"\(text)\" is not a number")
        }
        return .double(value)
    }

    private mutating func string() throws -> String {
        at += 1
        let start = at
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { at += 1 }
        guard next != UInt8(ascii: "\"") else {
            defer { at += 1 }
            return String(decoding: bytes[start..<at], as: UTF8.self)
        }
        var text = Array(bytes[start..<at])
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            default: text.append(byte)
            }
        }
        throw failure("text is not closed")
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard let byte = next else { throw failure("text is not closed") }
        at += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"): text += Array(String(Character(try scalar())).utf8)
        default: throw failure("unknown escape \"\\\(Character(UnicodeScalar(byte)))\"")
        }
    }

    /// The scalar of a `\u` escape, joining surrogate pairs; a lone surrogate becomes U+FFFD.
    private mutating func scalar() throws -> UnicodeScalar {
        let first = try codeUnit()
        guard 0xD800..<0xDC00 ~= first, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
            bytes[at + 1] == UInt8(ascii: "u")
        else { return UnicodeScalar(first) ?? "\u{FFFD}" }
        at += 2
        let second = try codeUnit()
        guard 0xDC00..<0xE000 ~= second else { return "\u{FFFD}" }
        return UnicodeScalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func codeUnit() throws -> UInt32 {
        guard at + 4 <= bytes.count else { throw failure("short \\u escape") }
        var unit: UInt32 = 0
        for byte in bytes[at..<at + 4] {
            guard let digit = Hexadecimal.value(byte) else { throw failure("bad \\u escape") }
            unit = unit << 4 | UInt32(digit)
        }
        at += 4
        return unit
    }

    private func failure(_ reason: String) -> ButlerError {
        let before = bytes[..<min(at, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let column = before.count - ((before.lastIndex(of: 0x0A) ?? -1) + 1) + 1
        return ButlerError(.corruptFile, "\(source), line \(line), column \(column): \(reason).")
    }
}

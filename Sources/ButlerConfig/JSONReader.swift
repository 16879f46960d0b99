import StewardCore

/// Reads JSON text (RFC 8259) into a tree, keeping the order of keys.
///
/// `NaN`, `Infinity` and `-Infinity` are taken too, as Python writes them.
struct JSONReader {
    private let bytes: [UInt8]
    private let source: String
    private var position = 0
    private var depth = 0

    init(_ bytes: [UInt8], source: String) {
        self.bytes = bytes
        self.source = source
    }

    /// The tree of the whole text.
    mutating func read() throws -> ConfigTree {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let tree = try value()
        skipBlanks()
        guard position == bytes.count else { throw error("there is more text after the value") }
        return tree
    }

    private mutating func value() throws -> ConfigTree {
        skipBlanks()
        guard let byte = next else { throw error("the text ends where a value should be") }
        switch byte {
        case UInt8(ascii: "{"): return try nested { reader in try reader.object() }
        case UInt8(ascii: "["): return try nested { reader in try reader.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .double(.nan))
        case UInt8(ascii: "I"): return try word("Infinity", .double(.infinity))
        default: return try number()
        }
    }

    private mutating func nested(_ body: (inout JSONReader) throws -> ConfigTree) throws -> ConfigTree {
        depth += 1
        guard depth <= 512 else { throw error("values are nested more than 512 deep") }
        position += 1
        let tree = try body(&self)
        depth -= 1
        return tree
    }

    private mutating func object() throws -> ConfigTree {
        var map = ConfigMap()
        skipBlanks()
        if skip("}") { return .map(map) }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw error("a key in double quotes is missing") }
            let key = try string()
            skipBlanks()
            guard skip(":") else { throw error("a colon is missing after a key") }
            map[key] = try value()
            skipBlanks()
        } while skip(",")
        guard skip("}") else { throw error("a comma or a closing brace is missing") }
        return .map(map)
    }

    private mutating func array() throws -> ConfigTree {
        var list: [ConfigTree] = []
        skipBlanks()
        if skip("]") { return .list(list) }
        repeat {
            list.append(try value())
            skipBlanks()
        } while skip(",")
        guard skip("]") else { throw error("a comma or a closing bracket is missing") }
        return .list(list)
    }

    private mutating func word(_ text: StaticString, _ tree: ConfigTree) throws -> ConfigTree {
        let end = position + text.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(expected) else { throw error("unknown word") }
        position = end
        return tree
    }

    private mutating func number() throws -> ConfigTree {
        let start = position
        _ = skip("-")
        if next == UInt8(ascii: "I") { return try word("Infinity", .double(-.infinity)) }
        let isZero = skip("0")
        var isWhole = true
        var isNumber = skipDigits() || isZero
        if isZero, position > start + (bytes[start] == UInt8(ascii: "-") ? 2 : 1) { isNumber = false }
        if skip(".") {
            isWhole = false
            isNumber = skipDigits() && isNumber
        }
        if skip("e") || skip("E") {
            isWhole = false
            if !skip("+") { _ = skip("-") }
            isNumber = skipDigits() && isNumber
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isNumber, isWhole, let value = Int(text) { return .int(value) }
        guard isNumber, let value = Double(text), value.isFinite else {
            position = start
            throw error("this is not a value")
        }
        return .double(value)
    }

    /// Reads digits; false if there is none.
    private mutating func skipDigits() -> Bool {
        let start = position
        while let byte = next, 0x30...0x39 ~= byte { position += 1 }
        return position > start
    }

    // MARK: Text

    private mutating func string() throws -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        var text = Array(bytes[start..<position])
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw error("text is not UTF-8") }
                return string
            case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
            case 0..<0x20:
                position -= 1
                throw error("a control character stands in text")
            default: text.append(byte)
            }
        }
        throw error("text lacks its closing quote")
    }

    private mutating func escape() throws -> Unicode.Scalar {
        guard let byte = next else { throw error("text lacks its closing quote") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return try codePoint()
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        default: throw error("unknown escape in text")
        }
    }

    private mutating func codePoint() throws -> Unicode.Scalar {
        let high = try codeUnit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, skip("\\"), skip("u") else { throw error("half of a surrogate pair is missing") }
        let low = try codeUnit()
        guard 0xDC00..<0xE000 ~= low,
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw error("half of a surrogate pair is missing") }
        return scalar
    }

    private mutating func codeUnit() throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Hexadecimal.value(byte) else { throw error("\\u needs four digits") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    // MARK: Steps

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func error(_ problem: String) -> ButlerError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let lineText = before.reversed().prefix { $0 != 0x0A }
        let column = lineText.count { $0 & 0xC0 != 0x80 } + 1
        return ConfigProblem.error(problem, source: source, line: line, column: column, notation: "JSON")
    }
}

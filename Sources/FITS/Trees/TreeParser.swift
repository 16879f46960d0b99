internal import StewardCore

/// Reads JSON that may hold bare `NaN`, `Infinity` and `-Infinity`.
struct TreeParser {
    private let bytes: [UInt8]
    private var position = 0

    private static let deepest = 200

    /// The value that bytes of JSON hold.
    ///
    /// - Parameter bytes: UTF-8.
    /// - Returns: The value.
    /// - Throws: `ButlerError` of code `corruptFile` with the position at which the text is malformed.
    static func parse(_ bytes: [UInt8]) throws -> TreeNode {
        var parser = TreeParser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        guard parser.position == bytes.count else { throw parser.malformed }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var malformed: ButlerError {
        ButlerError(.corruptFile, "The JSON of a tree is malformed at byte \(position).")
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
        let matches = word.withUTF8Buffer { word in
            position + word.count <= bytes.count && bytes[position..<(position + word.count)].elementsEqual(word)
        }
        if matches { position += word.utf8CodeUnitCount }
        return matches
    }

    private mutating func value(depth: Int) throws -> TreeNode {
        skipBlanks()
        guard depth < Self.deepest, position < bytes.count else { throw malformed }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        default:
            if take("true") { return .logical(true) }
            if take("false") { return .logical(false) }
            if take("null") { return .null }
            if take("NaN") { return .real(.nan) }
            if take("Infinity") { return .real(.infinity) }
            if take("-Infinity") { return .real(-.infinity) }
            return try number()
        }
    }

    private mutating func object(depth: Int) throws -> TreeNode {
        position += 1
        var members: [TreeNode.Member] = []
        if take("}" as Unicode.Scalar) { return .object(members) }
        repeat {
            skipBlanks()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw malformed }
            let name = try string()
            guard take(":" as Unicode.Scalar) else { throw malformed }
            members.append(TreeNode.Member(name, try value(depth: depth + 1)))
        } while take("," as Unicode.Scalar)
        guard take("}" as Unicode.Scalar) else { throw malformed }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> TreeNode {
        position += 1
        var elements: [TreeNode] = []
        if take("]" as Unicode.Scalar) { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while take("," as Unicode.Scalar)
        guard take("]" as Unicode.Scalar) else { throw malformed }
        return .array(elements)
    }

    private mutating func number() throws -> TreeNode {
        let start = position
        while position < bytes.count, Self.isOfNumber(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let value = Int64(text) { return .integer(value) }
        guard let value = Double(text) else { throw malformed }
        return .real(value)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"),
            UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func string() throws -> String {
        position += 1
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] == UInt8(ascii: "\\") else {
                text.append(bytes[position])
                position += 1
                continue
            }
            text += try escape()
        }
        guard position < bytes.count else { throw malformed }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape() throws -> [UInt8] {
        guard position + 1 < bytes.count else { throw malformed }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "u"): return Array(String(try character()).utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        default: throw malformed
        }
    }

    /// The character of four hexadecimal digits, or of a pair of surrogates.
    private mutating func character() throws -> Character {
        let first = try digits()
        guard (0xD800..<0xDC00).contains(first) else {
            return Unicode.Scalar(first).map { Character($0) } ?? "\u{FFFD}"
        }
        guard take("\\u") else { return "\u{FFFD}" }
        let second = try digits()
        guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        return scalar.map { Character($0) } ?? "\u{FFFD}"
    }

    private mutating func digits() throws -> UInt32 {
        guard position + 4 <= bytes.count else { throw malformed }
        let text = String(decoding: bytes[position..<(position + 4)], as: UTF8.self)
        guard let value = UInt32(text, radix: 16) else { throw malformed }
        position += 4
        return value
    }
}

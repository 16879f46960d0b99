internal import StewardCore

/// Cuts a configuration file into statements of tokens; brackets join lines as in Python.
struct TaskConfigLexer {
    enum Token: Hashable {
        case name(String)
        case number(TaskConfigValue)
        case text(String)
        case mark(UInt8)
    }

    /// The tokens of one statement and the line on which it begins.
    struct Statement {
        let tokens: [Token]
        let line: Int
    }

    private let bytes: [UInt8]
    private let source: String
    private var position = 0
    private var line = 1

    private static let openers: [UInt8] = Array("([{".utf8)
    private static let closers: [UInt8] = Array(")]}".utf8)

    init(_ text: String, source: String) {
        bytes = Array(text.utf8)
        self.source = source
    }

    /// The next statement, or nil at the end.
    mutating func nextStatement() throws -> Statement? {
        var tokens: [Token] = []
        var (first, depth) = (line, 0)
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: ";"):
                position += 1
                if byte == UInt8(ascii: "\n") { line += 1 }
                if depth == 0, !tokens.isEmpty { return Statement(tokens: tokens, line: first) }
                if tokens.isEmpty { first = line }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
            case UInt8(ascii: "#"): skipLine()
            case UInt8(ascii: "\\") where next == UInt8(ascii: "\n"):
                position += 2
                line += 1
            default:
                if tokens.isEmpty, depth == 0, isPassedOver() {
                    skipLine()
                    continue
                }
                let token = try nextToken(byte)
                if case .mark(let mark) = token {
                    if Self.openers.contains(mark) { depth += 1 }
                    if Self.closers.contains(mark) { depth -= 1 }
                }
                tokens.append(token)
            }
        }
        guard depth <= 0 else {
            throw TaskConfigText.error("A bracket is not closed.", line: first, source: source)
        }
        return tokens.isEmpty ? nil : Statement(tokens: tokens, line: first)
    }

    private var next: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    }

    /// Whether an import or an assertion begins here.
    private func isPassedOver() -> Bool {
        ["import ", "from ", "assert "].contains { bytes[position...].starts(with: $0.utf8) }
    }

    private mutating func nextToken(_ byte: UInt8) throws -> Token {
        let character = Character(UnicodeScalar(byte))
        if character.isASCII, character.isLetter || character == "_" {
            let begin = position
            while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
            return .name(String(decoding: bytes[begin..<position], as: UTF8.self))
        }
        let startsFraction = character == "." && next.map { (0x30...0x39).contains($0) } ?? false
        if (0x30...0x39).contains(byte) || startsFraction, !isAttribute { return try number() }
        if character == "'" || character == "\"" { return try quoted(byte) }
        position += 1
        return .mark(byte)
    }

    /// Whether a point here follows a name or bracket and so is no number's.
    private var isAttribute: Bool {
        guard bytes[position] == UInt8(ascii: "."), position > 0 else { return false }
        let before = bytes[position - 1]
        return Self.isWordByte(before) || Self.closers.contains(before)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    private mutating func number() throws -> Token {
        let begin = position
        while position < bytes.count {
            let byte = bytes[position]
            let isExponentSign =
                (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")) && position > begin
                && [UInt8(ascii: "e"), UInt8(ascii: "E")].contains(bytes[position - 1])
            guard Self.isWordByte(byte) || byte == UInt8(ascii: ".") || isExponentSign else { break }
            position += 1
        }
        let text = String(decoding: bytes[begin..<position].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        if let value = Int(text) { return .number(.int(value)) }
        let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "eE+-.".utf8.contains($0) }
        if isDecimal, let value = Double(text), value.isFinite { return .number(.real(value)) }
        throw TaskConfigText.error("\"\(text)\" is not a number.", line: line, source: source)
    }

    private mutating func quoted(_ quote: UInt8) throws -> Token {
        let triple = [quote, quote, quote]
        guard !bytes[position...].starts(with: triple) else {
            throw TaskConfigText.error("Texts in three quotes are not understood.", line: line, source: source)
        }
        position += 1
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != quote, bytes[position] != UInt8(ascii: "\n") {
            if bytes[position] == UInt8(ascii: "\\"), let escaped = next {
                let known: [UInt8: UInt8] = [0x6E: 0x0A, 0x74: 0x09, 0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22]
                guard let byte = known[escaped] else {
                    throw TaskConfigText.error("An escape sequence is not understood.", line: line, source: source)
                }
                text.append(byte)
                position += 2
            } else {
                text.append(bytes[position])
                position += 1
            }
        }
        guard position < bytes.count, bytes[position] == quote else {
            throw TaskConfigText.error("A text is not closed.", line: line, source: source)
        }
        position += 1
        return .text(String(decoding: text, as: UTF8.self))
    }
}

/// Splits a `where` expression into tokens.
///
/// At each position the rules are tried in a fixed order and the first that matches wins, each taking as much as it
/// can (`daf_butler: queries/expressions/parser/parserLex.py`).
struct WhereLexer {
    let text: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    /// The next token; `.end` for ever after the last one.
    mutating func next() throws(WhereSyntaxError) -> WhereToken {
        while let byte = byte(0), Self.isBlank(byte) { position += 1 }
        guard let first = byte(0) else { return token(.end, length: 0, text: "") }
        if let token = quoted(first) { return token }
        if let token = try rangeOrNumber(first) { return token }
        if Self.isNameStart(first) { return name() }
        if first == UInt8(ascii: ":"), let next = byte(1), Self.isNameStart(next) {
            let length = nameLength(at: 1)
            return token(.bind, length: 1 + length, text: string(1..<(1 + length)))
        }
        return try symbol()
    }

    private func byte(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[(position + range.lowerBound)..<(position + range.upperBound)], as: UTF8.self)
    }

    private mutating func token(_ kind: WhereToken.Kind, length: Int, text: String) -> WhereToken {
        let token = WhereToken(kind: kind, text: text, offset: position, end: position + length)
        position += length
        return token
    }

    // MARK: Texts and times

    /// `'…'` or `T'…'`, without line feed inside.
    private mutating func quoted(_ first: UInt8) -> WhereToken? {
        let isTime = (first | 0x20) == UInt8(ascii: "t")
        let start = isTime ? 1 : 0
        guard byte(start) == UInt8(ascii: "'") else { return nil }
        var end = start + 1
        while let byte = byte(end), byte != UInt8(ascii: "'") {
            guard byte != UInt8(ascii: "\n") else { return nil }
            end += 1
        }
        guard byte(end) != nil else { return nil }
        return token(isTime ? .time : .string, length: end + 1, text: string((start + 1)..<end))
    }

    // MARK: Numbers

    /// `a..b`, `a..b:step` or an unsigned number.
    private mutating func rangeOrNumber(_ first: UInt8) throws(WhereSyntaxError) -> WhereToken? {
        let isSigned = first == UInt8(ascii: "-")
        guard isSigned || Self.isDigit(first) || first == UInt8(ascii: ".") else { return nil }
        if let range = try range() { return range }
        guard !isSigned else { return nil }
        var length = digits(at: 0)
        if byte(length) == UInt8(ascii: ".") {
            let decimals = digits(at: length + 1)
            guard length > 0 || decimals > 0 else { return nil }
            length += 1 + decimals
        }
        if let letter = byte(length), letter | 0x20 == UInt8(ascii: "e") {
            let sign = byte(length + 1).map { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") } ?? false
            let exponent = digits(at: length + (sign ? 2 : 1))
            if exponent > 0 { length += (sign ? 2 : 1) + exponent }
        }
        return token(.number, length: length, text: string(0..<length))
    }

    private mutating func range() throws(WhereSyntaxError) -> WhereToken? {
        guard let first = signedDigits(at: 0) else { return nil }
        var end = blanks(after: first)
        guard byte(end) == UInt8(ascii: "."), byte(end + 1) == UInt8(ascii: ".") else { return nil }
        end = blanks(after: end + 2)
        let lastStart = end
        guard let last = signedDigits(at: end) else { return nil }
        end = last
        var step: Range<Int>?
        let colon = blanks(after: end)
        if byte(colon) == UInt8(ascii: ":") {
            let start = blanks(after: colon + 1)
            if let digit = byte(start), Self.isDigit(digit), digit != UInt8(ascii: "0") {
                end = start + digits(at: start)
                step = start..<end
            }
        }
        guard let low = Int64(string(0..<first)), let high = Int64(string(lastStart..<last)), high < .max,
            let stride = step.map({ Int64(string($0)) }) ?? 1
        else {
            throw error(.tooLarge(string(0..<end)))
        }
        let range = IntegerRange(first: low, end: high + 1, step: stride)
        return token(.range(range), length: end, text: string(0..<end))
    }

    private func digits(at start: Int) -> Int {
        var count = 0
        while let byte = byte(start + count), Self.isDigit(byte) { count += 1 }
        return count
    }

    private func signedDigits(at start: Int) -> Int? {
        let begin = byte(start) == UInt8(ascii: "-") ? start + 1 : start
        let count = digits(at: begin)
        return count > 0 ? begin + count : nil
    }

    private func blanks(after start: Int) -> Int {
        var end = start
        while let byte = byte(end), Self.isBlank(byte) || byte == UInt8(ascii: "\r") { end += 1 }
        return end
    }

    // MARK: Names and symbols

    private mutating func name() -> WhereToken {
        var length = nameLength(at: 0)
        var parts = 1
        while parts < 3, byte(length) == UInt8(ascii: "."), let next = byte(length + 1), Self.isNameStart(next) {
            length += 1 + nameLength(at: length + 1)
            parts += 1
        }
        let text = string(0..<length)
        guard parts == 1 else { return token(.qualifiedName, length: length, text: text) }
        let keyword = length <= 8 ? WhereToken.Keyword(rawValue: text.uppercased()) : nil
        return token(keyword.map { .keyword($0) } ?? .name, length: length, text: text)
    }

    private func nameLength(at start: Int) -> Int {
        var end = start
        while let byte = byte(end), Self.isNameStart(byte) || Self.isDigit(byte) { end += 1 }
        return end - start
    }

    private mutating func symbol() throws(WhereSyntaxError) -> WhereToken {
        for length in [2, 1] where position + length <= bytes.count {
            let text = string(0..<length)
            if let symbol = WhereToken.Symbol(rawValue: text) {
                return token(.symbol(symbol), length: length, text: text)
            }
        }
        throw error(.unexpectedCharacter)
    }

    private func error(_ problem: WhereSyntaxError.Problem) -> WhereSyntaxError {
        WhereSyntaxError(problem, at: position, in: text)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_")
    }
}

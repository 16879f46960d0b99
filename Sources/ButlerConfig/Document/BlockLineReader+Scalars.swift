/// Scalars, and what tells them from keys and items.
extension BlockLineReader {
    func isItem(_ range: Range<Int>) -> Bool {
        document.bytes[range.lowerBound] == YAMLByte.dash
            && (range.count == 1 || document.bytes[range.lowerBound + 1] == YAMLByte.space)
    }

    /// Where the colon behind a plain key is; nil if the text is none.
    func keyEnd(_ range: Range<Int>) -> Int? {
        guard isPlainStart(range.lowerBound, in: range) else { return nil }
        return document.bytes.withUnsafeBufferPointer { bytes in
            for index in range where bytes[index] == YAMLByte.colon {
                if index + 1 == range.upperBound || bytes[index + 1] == YAMLByte.space { return index }
            }
            return nil
        }
    }

    func isBar(_ range: Range<Int>) -> Bool {
        range.count == 1 && document.bytes[range.lowerBound] == UInt8(ascii: "|")
    }

    func emptyCollection(_ start: Int) -> YAMLDocument.Kind? {
        switch (document.bytes[start], document.bytes[start + 1]) {
        case (UInt8(ascii: "["), UInt8(ascii: "]")): .sequence
        case (UInt8(ascii: "{"), UInt8(ascii: "}")): .mapping
        default: nil
        }
    }

    /// Adds a plain or single-quoted scalar; false if it is another, or goes on behind its quote.
    mutating func scalar(_ range: Range<Int>, tag: Int32) -> Bool {
        guard document.bytes[range.lowerBound] == YAMLByte.quote else {
            guard isPlainStart(range.lowerBound, in: range), isPlain(range) else { return false }
            append(.plain, range, tag)
            return true
        }
        let inner = range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound - 1)
        guard range.count >= 2, document.bytes[range.upperBound - 1] == YAMLByte.quote else { return false }
        guard document.bytes[inner].contains(YAMLByte.quote) else {
            append(.quoted, inner, tag)
            return true
        }
        return escaped(inner, tag: tag)
    }

    /// Adds a quoted scalar in which quotes are doubled.
    private mutating func escaped(_ range: Range<Int>, tag: Int32) -> Bool {
        let start = document.bytes.count
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = document.bytes[index]
            if byte == YAMLByte.quote {
                index += 1
                guard index < range.upperBound, document.bytes[index] == YAMLByte.quote else { return false }
            }
            document.bytes.append(byte)
            index += 1
        }
        append(.quoted, start..<document.bytes.count, tag)
        return true
    }

    func isPlainStart(_ start: Int, in range: Range<Int>) -> Bool {
        let first = document.bytes[start]
        if first == YAMLByte.dash {
            return start + 1 < range.upperBound && document.bytes[start + 1] != YAMLByte.space
        }
        return !Self.indicators.contains(first)
    }

    /// Whether plain text holds no key and no comment.
    func isPlain(_ range: Range<Int>) -> Bool {
        document.bytes.withUnsafeBufferPointer { bytes in
            guard bytes[range.upperBound - 1] != YAMLByte.colon else { return false }
            for index in range.dropLast() {
                if bytes[index] == YAMLByte.colon, bytes[index + 1] == YAMLByte.space { return false }
                if bytes[index] == YAMLByte.space, bytes[index + 1] == YAMLByte.hash { return false }
            }
            return true
        }
    }

    /// Characters that begin something else than plain text.
    private static let indicators = Set("?:,[]{}#&*!|>'\"%@`".utf8)
}

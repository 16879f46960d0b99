/// Reads YAML of the plain block form that programs write: one key or item a line, no anchors, no flow collections
/// but empty ones, quotes that end on their line.
///
/// Whatever else there is in YAML 1.1 makes it give up, so that what it does read means the same to any reader.
struct BlockLineReader {
    /// What was read.
    private(set) var document: YAMLDocument
    /// Collections that lines may still add to, outermost first.
    private var open: [Container] = []
    /// What a key or dash without a value waits for: anything deeper.
    private var pending: Pending?
    /// The plain scalar that ended the line before, which may go on.
    private var continued: Int?
    /// Least indent of the lines of a literal that goes on.
    private var literalIndent: Int?
    private var line: Int32 = 0

    private struct Container {
        let indent: Int
        let index: Int
        let isSequence: Bool
    }

    private struct Pending {
        var tag: Int32
        /// Whether a dash at the indent of its container is its value, as it is behind a key.
        let isKey: Bool
    }

    init(_ text: [UInt8]) {
        document = YAMLDocument(bytes: text)
        document.entries.reserveCapacity(text.count / 12)
    }

    /// Reads all lines; false if there is something that it does not know.
    mutating func read() -> Bool {
        var start = 0
        let count = document.bytes.count
        while start < count {
            let end = document.bytes[start...].firstIndex(of: ASCII.newline) ?? count
            line += 1
            guard read(start..<end) else { return false }
            start = end + 1
        }
        close(until: -1, isDash: false)
        return !document.entries.isEmpty
    }

    private mutating func read(_ range: Range<Int>) -> Bool {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, document.bytes[start] == ASCII.space { start += 1 }
        while end > start, document.bytes[end - 1] == ASCII.space { end -= 1 }
        guard start < end, isKnown(start..<end) else { return false }
        let indent = start - range.lowerBound
        if indent == 0, end - start == 3, startsMarker(start) { return false }
        if pending == nil, let last = open.last, indent > last.indent {
            return goOn(start..<end, indent: indent)
        }
        continued = nil
        return place(start..<end, indent: indent)
    }

    /// Whether a line has no control characters, tabs and carriage returns among them, and is no comment.
    private func isKnown(_ range: Range<Int>) -> Bool {
        guard document.bytes[range.lowerBound] != ASCII.hash else { return false }
        var isASCII = true
        for byte in document.bytes[range] {
            guard byte >= ASCII.space, byte != 0x7F else { return false }
            if byte >= 0x80 { isASCII = false }
        }
        guard !isASCII else { return true }
        let text = String(validating: document.bytes[range], as: UTF8.self)
        return text?.unicodeScalars.allSatisfy { !Self.separators.contains($0.value) } ?? false
    }

    /// Next line, line separator, paragraph separator and byte order mark, which YAML knows.
    private static let separators: Set<UInt32> = [0x85, 0x2028, 0x2029, 0xFEFF]

    private func startsMarker(_ start: Int) -> Bool {
        document.bytes[start..<start + 3].allSatisfy { $0 == ASCII.dash || $0 == ASCII.dot }
    }

    /// Adds a line to the plain scalar before it.
    private mutating func goOn(_ range: Range<Int>, indent: Int) -> Bool {
        guard let index = continued, isPlain(range), indent >= literalIndent ?? 0 else { return false }
        if document.entries[index].kind == .quoted { literalIndent = literalIndent ?? indent }
        let start = document.bytes.count
        let before = document.entries[index].text
        document.bytes += Array(document.bytes[before])
        document.bytes.append(ASCII.space)
        document.bytes += Array(document.bytes[range])
        document.entries[index].text = start..<document.bytes.count
        return true
    }

    /// Puts the content of a line where its indent says.
    private mutating func place(_ range: Range<Int>, indent: Int) -> Bool {
        let isDash = isItem(range)
        if let waiting = pending {
            let parent = open.last?.indent ?? -1
            if indent > parent || waiting.isKey && isDash && indent == parent {
                return begin(range, indent: indent, tag: waiting.tag)
            }
            fillPending()
        } else if open.isEmpty {
            return document.entries.isEmpty && begin(range, indent: indent, tag: -1)
        }
        close(until: indent, isDash: isDash)
        guard let top = open.last, top.indent == indent, top.isSequence == isDash else { return false }
        return isDash ? item(range, indent: indent) : pair(range)
    }

    /// Begins the collection, or reads the scalar, that a line stands for.
    private mutating func begin(_ range: Range<Int>, indent: Int, tag: Int32) -> Bool {
        pending = nil
        let isDash = isItem(range)
        guard isDash || keyEnd(range) != nil else { return false }
        open.append(Container(indent: indent, index: document.entries.count, isSequence: isDash))
        document.entries.append(.init(kind: isDash ? .sequence : .mapping, tag: tag, line: line))
        return isDash ? item(range, indent: indent) : pair(range)
    }

    private mutating func item(_ range: Range<Int>, indent: Int) -> Bool {
        var start = range.lowerBound + 1
        while start < range.upperBound, document.bytes[start] == ASCII.space { start += 1 }
        guard start < range.upperBound else {
            pending = Pending(tag: -1, isKey: false)
            return true
        }
        let rest = start..<range.upperBound
        if isItem(rest) || keyEnd(rest) != nil {
            return begin(rest, indent: indent + start - range.lowerBound, tag: -1)
        }
        return value(rest, isKey: false)
    }

    private mutating func pair(_ range: Range<Int>) -> Bool {
        guard let colon = keyEnd(range) else { return false }
        var start = colon + 1
        guard scalar(range.lowerBound..<colon, tag: -1) else { return false }
        while start < range.upperBound, document.bytes[start] == ASCII.space { start += 1 }
        return value(start..<range.upperBound, isKey: true)
    }

    /// Reads what stands behind a key or dash.
    private mutating func value(_ range: Range<Int>, isKey: Bool) -> Bool {
        var rest = range
        var tag: Int32 = -1
        if let first = document.bytes[rest].first, first == ASCII.exclamation {
            let end = document.bytes[rest].firstIndex(of: ASCII.space) ?? rest.upperBound
            guard let name = YAMLTagText.name(document.bytes[rest.lowerBound..<end]) else { return false }
            tag = document.index(ofTag: name)
            let start = document.bytes[end..<rest.upperBound].firstIndex { $0 != ASCII.space } ?? rest.upperBound
            rest = start..<rest.upperBound
        }
        guard !rest.isEmpty else {
            pending = Pending(tag: tag, isKey: isKey)
            return true
        }
        if rest.count == 2, let kind = emptyCollection(rest.lowerBound) {
            append(kind, 0..<0, tag)
            return true
        }
        if tag >= 0, document.tags[Int(tag)] == YAMLTagText.binary, isBar(rest) {
            append(.quoted, 0..<0, tag)
            continued = document.entries.count - 1
            literalIndent = nil
            return true
        }
        let isPlain = document.bytes[rest.lowerBound] != ASCII.quote
        guard scalar(rest, tag: tag) else { return false }
        if isPlain {
            continued = document.entries.count - 1
            literalIndent = nil
        }
        return true
    }

    private mutating func fillPending() {
        guard let waiting = pending else { return }
        append(.plain, 0..<0, waiting.tag)
        pending = nil
    }

    /// Ends the collections that a line at an indent does not add to.
    private mutating func close(until indent: Int, isDash: Bool) {
        if indent < 0 { fillPending() }
        while let top = open.last, top.indent > indent || top.indent == indent && top.isSequence && !isDash {
            document.entries[top.index].end = document.entries.count
            open.removeLast()
        }
    }

    private mutating func append(_ kind: YAMLDocument.Kind, _ text: Range<Int>, _ tag: Int32) {
        document.entries.append(
            .init(kind: kind, tag: tag, line: line, text: text, end: document.entries.count + 1)
        )
    }
}

// MARK: - Scalars

extension BlockLineReader {
    private func isItem(_ range: Range<Int>) -> Bool {
        document.bytes[range.lowerBound] == ASCII.dash
            && (range.count == 1 || document.bytes[range.lowerBound + 1] == ASCII.space)
    }

    /// Where the colon behind a plain key is; nil if the text is none.
    private func keyEnd(_ range: Range<Int>) -> Int? {
        guard isPlainStart(range.lowerBound, in: range) else { return nil }
        return document.bytes.withUnsafeBufferPointer { bytes in
            for index in range where bytes[index] == ASCII.colon {
                if index + 1 == range.upperBound || bytes[index + 1] == ASCII.space { return index }
            }
            return nil
        }
    }

    private func isBar(_ range: Range<Int>) -> Bool {
        range.count == 1 && document.bytes[range.lowerBound] == UInt8(ascii: "|")
    }

    private func emptyCollection(_ start: Int) -> YAMLDocument.Kind? {
        switch (document.bytes[start], document.bytes[start + 1]) {
        case (UInt8(ascii: "["), UInt8(ascii: "]")): .sequence
        case (UInt8(ascii: "{"), UInt8(ascii: "}")): .mapping
        default: nil
        }
    }

    /// Adds a plain or single-quoted scalar; false if it is another, or goes on behind its quote.
    private mutating func scalar(_ range: Range<Int>, tag: Int32) -> Bool {
        guard document.bytes[range.lowerBound] == ASCII.quote else {
            guard isPlainStart(range.lowerBound, in: range), isPlain(range) else { return false }
            append(.plain, range, tag)
            return true
        }
        let inner = range.lowerBound + 1..<max(range.lowerBound + 1, range.upperBound - 1)
        guard range.count >= 2, document.bytes[range.upperBound - 1] == ASCII.quote else { return false }
        guard document.bytes[inner].contains(ASCII.quote) else {
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
            if byte == ASCII.quote {
                index += 1
                guard index < range.upperBound, document.bytes[index] == ASCII.quote else { return false }
            }
            document.bytes.append(byte)
            index += 1
        }
        append(.quoted, start..<document.bytes.count, tag)
        return true
    }

    private func isPlainStart(_ start: Int, in range: Range<Int>) -> Bool {
        let first = document.bytes[start]
        if first == ASCII.dash {
            return start + 1 < range.upperBound && document.bytes[start + 1] != ASCII.space
        }
        return !Self.indicators.contains(first)
    }

    /// Whether plain text holds no key and no comment.
    private func isPlain(_ range: Range<Int>) -> Bool {
        document.bytes.withUnsafeBufferPointer { bytes in
            guard bytes[range.upperBound - 1] != ASCII.colon else { return false }
            for index in range.dropLast() {
                if bytes[index] == ASCII.colon, bytes[index + 1] == ASCII.space { return false }
                if bytes[index] == ASCII.space, bytes[index + 1] == ASCII.hash { return false }
            }
            return true
        }
    }

    /// Characters that begin something else than plain text.
    private static let indicators = Set("?:,[]{}#&*!|>'\"%@`".utf8)
}

/// Tags as text.
private enum YAMLTagText {
    static let binary = "tag:yaml.org,2002:binary"

    /// Whether a name has only characters that mean themselves.
    private static func isKnown(_ name: Substring) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || 0x61...0x7A ~= byte | 0x20 || "_./:-".utf8.contains(byte)
            }
    }

    /// The full name of a tag: `!x` is itself, `!!x` of YAML's own, `!<x>` is x.
    static func name(_ bytes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("!<"), text.hasSuffix(">") {
            let name = text.dropFirst(2).dropLast()
            return isKnown(name) ? String(name) : nil
        }
        guard isKnown(text.drop { $0 == "!" }) else { return nil }
        if text.hasPrefix("!!") { return "tag:yaml.org,2002:" + text.dropFirst(2) }
        return text.dropFirst().contains("!") ? nil : text
    }
}

/// The characters that lines are told apart by.
private enum ASCII {
    static let newline = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let hash = UInt8(ascii: "#")
    static let dash = UInt8(ascii: "-")
    static let dot = UInt8(ascii: ".")
    static let colon = UInt8(ascii: ":")
    static let quote = UInt8(ascii: "'")
    static let exclamation = UInt8(ascii: "!")
}

/// Reads YAML of the plain block form that programs write: one key or item a line, no anchors, no flow collections
/// but empty ones, quotes that end on their line.
///
/// Whatever else there is in YAML 1.1 makes it give up, so that what it does read means the same to any reader.
struct BlockLineReader {
    /// What was read.
    var document: YAMLDocument
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
            let end = document.bytes[start...].firstIndex(of: YAMLByte.newline) ?? count
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
        while start < end, document.bytes[start] == YAMLByte.space { start += 1 }
        while end > start, document.bytes[end - 1] == YAMLByte.space { end -= 1 }
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
        guard document.bytes[range.lowerBound] != YAMLByte.hash else { return false }
        var isASCII = true
        for byte in document.bytes[range] {
            guard byte >= YAMLByte.space, byte != 0x7F else { return false }
            if byte >= 0x80 { isASCII = false }
        }
        guard !isASCII else { return true }
        let text = String(validating: document.bytes[range], as: UTF8.self)
        return text?.unicodeScalars.allSatisfy { !Self.separators.contains($0.value) } ?? false
    }

    /// Next line, line separator, paragraph separator and byte order mark, which YAML knows.
    private static let separators: Set<UInt32> = [0x85, 0x2028, 0x2029, 0xFEFF]

    private func startsMarker(_ start: Int) -> Bool {
        document.bytes[start..<start + 3].allSatisfy { $0 == YAMLByte.dash || $0 == YAMLByte.dot }
    }

    /// Adds a line to the plain scalar before it.
    private mutating func goOn(_ range: Range<Int>, indent: Int) -> Bool {
        guard let index = continued, isPlain(range), indent >= literalIndent ?? 0 else { return false }
        if document.entries[index].kind == .quoted { literalIndent = literalIndent ?? indent }
        let start = document.bytes.count
        let before = document.entries[index].text
        document.bytes += Array(document.bytes[before])
        document.bytes.append(YAMLByte.space)
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
        while start < range.upperBound, document.bytes[start] == YAMLByte.space { start += 1 }
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
        while start < range.upperBound, document.bytes[start] == YAMLByte.space { start += 1 }
        return value(start..<range.upperBound, isKey: true)
    }

    /// Reads what stands behind a key or dash.
    private mutating func value(_ range: Range<Int>, isKey: Bool) -> Bool {
        var rest = range
        var tag: Int32 = -1
        if let first = document.bytes[rest].first, first == YAMLByte.exclamation {
            let end = document.bytes[rest].firstIndex(of: YAMLByte.space) ?? rest.upperBound
            guard let name = YAMLTagText.name(document.bytes[rest.lowerBound..<end]) else { return false }
            tag = document.index(ofTag: name)
            let start = document.bytes[end..<rest.upperBound].firstIndex { $0 != YAMLByte.space } ?? rest.upperBound
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
        let isPlain = document.bytes[rest.lowerBound] != YAMLByte.quote
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

    mutating func append(_ kind: YAMLDocument.Kind, _ text: Range<Int>, _ tag: Int32) {
        document.entries.append(
            .init(kind: kind, tag: tag, line: line, text: text, end: document.entries.count + 1)
        )
    }
}

import StewardCore
import Yams

/// What is wrong with YAML text, and where.
package struct YAMLProblem: Error, CustomStringConvertible {
    /// What is wrong, as a clause.
    package let text: String
    /// Line, counted from 1; nil if unknown.
    package let line: Int?
    /// Column, counted from 1; nil if unknown.
    let column: Int?

    init(_ text: String, line: Int? = nil, column: Int? = nil) {
        self.text = text
        self.line = line
        self.column = column
    }

    /// The problem that the library reports.
    init(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let detail = context.map { "\(problem) (\($0.text), line \($0.mark.line))" } ?? problem
            self.init(detail, line: mark.line, column: mark.column)
        case .reader(let problem, let offset, _, let text):
            let before = text.prefix(offset ?? 0)
            let column = before.reversed().prefix { !$0.isNewline }.count + 1
            self.init(problem, line: before.count { $0.isNewline } + 1, column: column)
        case .duplicatedKeysInMapping(let keys, let context):
            let text = "the key \"\(keys.first ?? "")\" occurs twice in one mapping"
            self.init(text, line: context.mark.line, column: context.mark.column)
        default: self.init("\(error)")
        }
    }

    /// The problem with its place.
    package var description: String { (line.map { "line \($0): " } ?? "") + text }
}

extension YAMLDocument {
    /// Nodes that a document may have beyond its bytes; aliases can multiply a small text without end.
    private static let surplusNodes = 1_000_000
    /// Opening brackets or dashes in a row; the library's recursive composer would follow more off the stack.
    private static let runLimit = 800

    /// Reads a document.
    ///
    /// Text in the plain block form of machine-written files is read line by line; any other by the YAML library,
    /// which takes some ten times as long.
    ///
    /// - Parameter text: UTF-8 text.
    /// - Throws: ``YAMLProblem``.
    package init(parsing text: [UInt8]) throws {
        var lines = BlockLineReader(text)
        if lines.read() {
            self = lines.document
        } else {
            try self.init(composing: text)
        }
    }

    /// Reads a document by the YAML library.
    init(composing text: [UInt8]) throws {
        self.init(bytes: [])
        try Self.checkRuns(text)
        do {
            let text = String(decoding: text, as: UTF8.self)
            if let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() {
                try append(root, limit: text.utf8.count + Self.surplusNodes)
            }
        } catch let error as YamlError {
            throw YAMLProblem(error)
        }
    }

    private mutating func append(_ node: Node, isKey: Bool = false, limit: Int) throws {
        let index = entries.count
        guard index < limit else { throw YAMLProblem("aliases expand to too many values") }
        var entry = Entry(kind: .plain, line: Int32(clamping: node.mark?.line ?? 0))
        if let tag = Self.tag(of: node, isKey: isKey) { entry.tag = self.index(ofTag: tag) }
        switch node {
        case .scalar(let scalar):
            entry.kind = scalar.style == .plain ? .plain : .quoted
            let start = bytes.count
            bytes += scalar.string.utf8
            entry.text = start..<bytes.count
            entries.append(entry)
        case .sequence(let items):
            entry.kind = .sequence
            entries.append(entry)
            for item in items { try append(item, limit: limit) }
        case .mapping(let pairs):
            entry.kind = .mapping
            entries.append(entry)
            for (key, value) in pairs {
                try append(key, isKey: true, limit: limit)
                try append(value, limit: limit)
            }
        case .alias: throw YAMLProblem("an alias cannot be followed", line: node.mark?.line)
        }
        entries[index].end = entries.count
    }

    /// The tag that stands in the text; nil for none.
    ///
    /// Looking for equal keys the library tags them, and quoted scalars, as text where the text has no tag.
    private static func tag(of node: Node, isKey: Bool) -> String? {
        let tag: String
        switch node {
        case .scalar(let scalar):
            tag = scalar.tag.rawValue
            if tag == "tag:yaml.org,2002:str", isKey || scalar.style != .plain { return nil }
        case .sequence(let sequence): tag = sequence.tag.rawValue
        case .mapping(let mapping): tag = mapping.tag.rawValue
        case .alias: return nil
        }
        return tag.isEmpty || tag == "!" ? nil : tag
    }

    private static func checkRuns(_ text: [UInt8]) throws {
        var run = 0
        var line = 1
        for byte in text {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "-"), UInt8(ascii: "?"): run += 1
            case UInt8(ascii: " "): break
            case 0x0A: line += 1
            default: run = 0
            }
            guard run < runLimit else { throw YAMLProblem("it is nested too deeply", line: line) }
        }
    }
}

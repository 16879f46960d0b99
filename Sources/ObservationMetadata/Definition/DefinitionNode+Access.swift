package import StewardCore

extension DefinitionNode {
    /// An error about this node.
    ///
    /// - Parameters:
    ///   - problem: What is wrong, continuing "file, line n, key: ...".
    ///   - remedy: What to do.
    ///   - candidates: Near names.
    /// - Returns: An error of code `instrument`.
    package func error(_ problem: String, remedy: String? = nil, candidates: [String] = []) -> ButlerError {
        let place = path.isEmpty ? "" : ", key \"\(path)\""
        return ButlerError(
            .instrument,
            "\(file), line \(line)\(place): \(problem).",
            remedy: remedy,
            candidates: candidates
        )
    }

    /// What was found here, for messages.
    private var found: String {
        switch content {
        case .null: "nothing is given"
        case .scalar(let text, _): "\"\(text)\" is given"
        case .sequence: "a list is given"
        case .mapping: "a mapping is given"
        }
    }

    /// The text of a scalar, whatever it looks like.
    package func text() throws -> String {
        guard case .scalar(let text, _) = content else { throw error("\(found) where a text must be") }
        return text
    }

    /// The text of a scalar that is not longer than a database column.
    package func text(atMost length: Int) throws -> String {
        let text = try text()
        guard !text.isEmpty, text.unicodeScalars.count <= length else {
            throw error("\"\(text)\" must have 1 to \(length) characters, the width of its database column")
        }
        return text
    }

    /// A whole number.
    package func integer() throws -> Int64 {
        guard case .scalar(let text, isQuoted: false) = content, let value = Int64(text) else {
            throw error("\(found) where a whole number must be")
        }
        return value
    }

    /// A whole number within bounds.
    package func integer(in range: ClosedRange<Int64>) throws -> Int64 {
        let value = try integer()
        guard range.contains(value) else {
            throw error("\(value) is not in \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A finite real number.
    package func real() throws -> Double {
        guard case .scalar(let text, isQuoted: false) = content, let value = Double(text), value.isFinite else {
            throw error("\(found) where a number must be")
        }
        return value
    }

    /// True or false.
    package func flag() throws -> Bool {
        switch content {
        case .scalar("true", isQuoted: false): return true
        case .scalar("false", isQuoted: false): return false
        default: throw error("\(found) where true or false must be")
        }
    }

    /// One of the words of an enumeration.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type = Choice.self
    ) throws -> Choice where Choice.RawValue == String {
        let word = try text()
        if let choice = Choice(rawValue: word) { return choice }
        let words = Choice.allCases.map(\.rawValue)
        throw error(
            "\"\(word)\" is not one of \(words.joined(separator: ", "))",
            candidates: Candidates.nearest(to: word, in: words)
        )
    }

    /// The items of a list; nothing counts as an empty one.
    package func list() throws -> [DefinitionNode] {
        if isNull { return [] }
        guard let items else { throw error("\(found) where a list must be") }
        return items
    }

    /// The items of a list, or this node alone if it is none.
    package func oneOrMore() -> [DefinitionNode] {
        items ?? [self]
    }

    /// The numbers of a list of fixed length.
    package func reals(_ count: Int) throws -> [Double] {
        let items = try list()
        guard items.count == count else { throw error("\(items.count) values are given where \(count) must be") }
        return try items.map { try $0.real() }
    }

    /// The entries of a mapping with free keys.
    package func dictionary() throws -> [Entry] {
        if isNull { return [] }
        guard let entries else { throw error("\(found) where keys with values must be") }
        return entries
    }

    /// The entries of a mapping with a fixed set of keys; any other key is an error with its line and near names.
    package func mapping(_ keys: [String]) throws -> DefinitionMapping {
        let entries = try dictionary()
        for entry in entries where !keys.contains(entry.key) {
            throw entry.value.error(
                "\"\(entry.key)\" is not a key here; the keys are \(keys.joined(separator: ", "))",
                candidates: Candidates.nearest(to: entry.key, in: keys)
            )
        }
        return DefinitionMapping(node: self, entries: entries)
    }
}

/// A mapping whose keys have been checked.
package struct DefinitionMapping: Sendable {
    /// The mapping itself.
    package let node: DefinitionNode
    private let values: [String: DefinitionNode]

    init(node: DefinitionNode, entries: [DefinitionNode.Entry]) {
        self.node = node
        values = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    }

    /// The value of a key; nil when it is absent or null.
    package subscript(key: String) -> DefinitionNode? {
        values[key].flatMap { $0.isNull ? nil : $0 }
    }

    /// Whether the key is written, be it with null.
    package func contains(_ key: String) -> Bool { values[key] != nil }

    /// The value of a key that must be given.
    package func required(_ key: String) throws -> DefinitionNode {
        guard let value = self[key] else { throw node.error("the key \"\(key)\" is missing") }
        return value
    }

    /// The one key of a group of alternatives that is given, if any; an error when there are several.
    package func alternative(of keys: [String]) throws -> String? {
        let given = keys.filter(contains)
        guard given.count < 2 else {
            throw node.error("only one of \(given.joined(separator: ", ")) can be given")
        }
        return given.first
    }
}

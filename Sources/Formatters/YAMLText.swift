internal import ButlerConfig
internal import Datastores
internal import StewardCore

/// Converts YAML text from and to JSON values, in the dialect of the reference's loader and dumper.
struct YAMLText {
    /// Levels of nesting; more would exhaust the stack.
    private static let depthLimit = 200
    private static let core = "tag:yaml.org,2002:"

    private let source: FileSource
    private let isTrusted: (String) -> Bool

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - text: Its text, or part of it.
    ///   - isTrusted: Whether a tag of neither the core schema nor Python objects may be ignored.
    /// - Returns: The value; null for an empty document. Dates stay text, keys become text.
    /// - Throws: ``ButlerError`` with `.corruptFile` and the line.
    static func read(
        _ source: FileSource,
        _ text: String,
        isTrusted: @escaping (String) -> Bool = { _ in false }
    ) throws -> JSONValue {
        var reader = YAMLText(source: source, isTrusted: isTrusted)
        let root: YAMLNode?
        do {
            root = try YAMLDocument(parsing: Array(text.utf8)).root
        } catch let problem as YAMLProblem {
            throw source.corrupt("it is not valid YAML: \(problem.text)", line: problem.line)
        }
        return try root.map { try reader.value($0, depth: 0) } ?? .null
    }

    private init(source: FileSource, isTrusted: @escaping (String) -> Bool) {
        self.source = source
        self.isTrusted = isTrusted
    }

    /// The document of a value as `yaml.safe_dump(sort_keys=False)` writes it.
    static func write(_ value: JSONValue, sortsKeys: Bool = false) -> String {
        tree(value).yaml(sortsKeys: sortsKeys, allowsUnicode: false)
    }

    private static func tree(_ value: JSONValue) -> ConfigTree {
        switch value {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(Int(value))
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .array(let items): return .list(items.map(tree))
        case .object(let members):
            var map = ConfigMap()
            for member in members { map[member.key] = tree(member.value) }
            return .map(map)
        }
    }

    // MARK: Nodes

    private mutating func value(_ node: YAMLNode, depth: Int) throws -> JSONValue {
        guard depth < YAMLText.depthLimit else { throw error("it is nested too deeply", node) }
        try checkTag(of: node)
        if let text = node.string { return try scalar(text, node) }
        if let items = node.items { return .array(try items.map { try value($0, depth: depth + 1) }) }
        return .object(try members(node, depth: depth))
    }

    private mutating func members(_ node: YAMLNode, depth: Int) throws -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var merged: [JSONValue.Member] = []
        try node.forEachPair { key, node in
            guard let name = key.string else { throw error("a key is not a scalar", key) }
            let value = try value(node, depth: depth + 1)
            guard key.isPlain, name == "<<" else {
                members.append(.init(name, value))
                return
            }
            for source in value.array ?? [value] {
                guard let own = source.members else { throw error("\"<<\" needs a mapping", key) }
                merged += own
            }
        }
        var known: Set<String> = []
        for member in members where !known.insert(member.key).inserted {
            throw error("the key \"\(member.key)\" occurs twice in one mapping", node)
        }
        return members + merged.filter { known.insert($0.key).inserted }
    }

    private func scalar(_ text: String, _ node: YAMLNode) throws -> JSONValue {
        guard node.isPlain, node.tag != YAMLText.core + "str" else { return .string(text) }
        switch YAMLScalarKind(plain: text) {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return node.tag == YAMLText.core + "float" ? .double(Double(value)) : .int(Int64(value))
        case .double(let value): return .double(value)
        case .text, .timestamp, .merge, .value: return .string(text)
        case .hugeInt: throw error("the number \(text) does not fit 64 bits", node)
        }
    }

    /// Refuses tags that stand for objects which only Python can make.
    private func checkTag(of node: YAMLNode) throws {
        guard let tag = node.tag else { return }
        let known: Set = ["map", "seq", "omap", "str", "int", "float", "bool", "null", "timestamp", "python/tuple"]
        if tag.hasPrefix(YAMLText.core), known.contains(String(tag.dropFirst(YAMLText.core.count))) { return }
        guard !isTrusted(tag) else { return }
        throw error("the tag \"\(tag)\" stands for an object that only Python can make", node)
    }

    // MARK: Errors

    private func error(_ problem: String, _ node: YAMLNode) -> ButlerError {
        source.corrupt("it is not usable YAML: \(problem)", line: node.line)
    }
}

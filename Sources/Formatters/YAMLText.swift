internal import ButlerConfig
internal import Datastores
internal import StewardCore
internal import Yams

/// Converts YAML text from and to JSON values, in the dialect of the reference's loader and dumper.
struct YAMLText {
    /// Values that may be made; aliases can multiply a small file without end.
    private static let valueLimit = 10_000_000
    /// Levels of nesting; more would exhaust the stack.
    private static let depthLimit = 200
    private static let core = "tag:yaml.org,2002:"

    private let source: FileSource
    private let isTrusted: (String) -> Bool
    private var budget = YAMLText.valueLimit

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
        try reader.checkDepth(text)
        let root: Node?
        do {
            root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw reader.syntaxError(error)
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

    private mutating func value(_ node: Node, depth: Int) throws -> JSONValue {
        budget -= 1
        guard budget > 0 else { throw error("aliases expand to too many values", node) }
        guard depth < YAMLText.depthLimit else { throw error("it is nested too deeply", node) }
        switch node {
        case .scalar(let scalar):
            try check(scalar.tag, node)
            return try self.scalar(scalar, node)
        case .sequence(let sequence):
            try check(sequence.tag, node)
            return .array(try sequence.map { try value($0, depth: depth + 1) })
        case .mapping(let mapping):
            try check(mapping.tag, node)
            return .object(try members(mapping, depth: depth))
        case .alias: throw error("this alias cannot be followed", node)
        }
    }

    private mutating func members(_ mapping: Node.Mapping, depth: Int) throws -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var merged: [JSONValue.Member] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else { throw error("a key is not a scalar", key) }
            let value = try self.value(value, depth: depth + 1)
            guard name.style == .plain, name.string == "<<" else {
                members.append(.init(name.string, value))
                continue
            }
            for source in value.array ?? [value] {
                guard let own = source.members else { throw error("\"<<\" needs a mapping", key) }
                merged += own
            }
        }
        guard !merged.isEmpty else { return members }
        var known = Set(members.map(\.key))
        return members + merged.filter { known.insert($0.key).inserted }
    }

    private func scalar(_ scalar: Node.Scalar, _ node: Node) throws -> JSONValue {
        let isText = scalar.tag.rawValue == YAMLText.core + "str"
        guard scalar.style == .plain, !isText else { return .string(scalar.string) }
        switch YAMLScalarKind(plain: scalar.string) {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value):
            return scalar.tag.rawValue == YAMLText.core + "float" ? .double(Double(value)) : .int(Int64(value))
        case .double(let value): return .double(value)
        case .text, .timestamp, .merge, .value: return .string(scalar.string)
        case .hugeInt: throw error("the number \(scalar.string) does not fit 64 bits", node)
        }
    }

    /// Refuses tags that stand for objects which only Python can make.
    private func check(_ nodeTag: Tag, _ node: Node) throws {
        let tag = nodeTag.rawValue
        guard !tag.isEmpty, tag != "!" else { return }
        let known: Set = ["map", "seq", "omap", "str", "int", "float", "bool", "null", "timestamp", "python/tuple"]
        if tag.hasPrefix(YAMLText.core), known.contains(String(tag.dropFirst(YAMLText.core.count))) { return }
        guard !isTrusted(tag) else { return }
        throw error("the tag \"\(tag)\" stands for an object that only Python can make", node)
    }

    // MARK: Errors

    private func error(_ problem: String, _ node: Node) -> ButlerError {
        source.corrupt("it is not usable YAML: \(problem)", line: node.mark?.line)
    }

    private func syntaxError(_ error: YamlError) -> ButlerError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return source.corrupt("it is not valid YAML: \(problem)", line: mark.line)
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            return source.corrupt("the key \"\(key)\" occurs twice in one mapping", line: context.mark.line)
        case .reader(let problem, let offset, _, let text):
            let line = text.prefix(offset ?? 0).count { $0.isNewline } + 1
            return source.corrupt("it is not valid YAML: \(problem)", line: line)
        default: return source.corrupt("it is not valid YAML: \(error)")
        }
    }

    /// Refuses runs of opening brackets or dashes that the recursive composer would follow off the stack.
    private func checkDepth(_ text: String) throws {
        var run = 0
        var line = 1
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "-"), UInt8(ascii: "?"): run += 1
            case UInt8(ascii: " "): break
            case 0x0A: line += 1
            default: run = 0
            }
            guard run < 4 * YAMLText.depthLimit else {
                throw source.corrupt("it is nested too deeply", line: line)
            }
        }
    }
}

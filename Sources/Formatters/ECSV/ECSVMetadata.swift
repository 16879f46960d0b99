internal import StewardCore
internal import Yams

/// The facts about tables and columns in ECSV headers.
enum ECSVMetadata {
    /// The key under which astropy notes how columns of richer types are made.
    static let serializedColumns = "__serialized_columns__"

    /// The value of YAML; ordered maps are objects, tags are dropped.
    static func value(_ node: Node) -> JSONValue {
        switch node {
        case .scalar(let scalar): return self.scalar(scalar, node)
        case .mapping(let mapping):
            return .object(mapping.map { .init($0.key.scalar?.string ?? "", value($0.value)) })
        case .sequence(let sequence):
            let items = sequence.map(value)
            guard sequence.tag.rawValue.hasSuffix("omap") else { return .array(items) }
            return .object(items.flatMap { $0.members ?? [] })
        case .alias: return .null
        }
    }

    private static func scalar(_ scalar: Node.Scalar, _ node: Node) -> JSONValue {
        guard scalar.style == .plain else { return .string(scalar.string) }
        if let flag = node.bool { return .bool(flag) }
        if let number = node.int { return .int(Int64(number)) }
        if let number = node.float { return .double(number) }
        return node.null == nil ? .string(scalar.string) : .null
    }

    /// The lines below the key of serialized columns, without their common indent; nil if there are none.
    static func serializedText(_ lines: [String]) -> String? {
        guard let index = lines.firstIndex(where: { $0.hasPrefix("- \(serializedColumns):") }) else { return nil }
        let body = lines[(index + 1)...].prefix { $0.hasPrefix(" ") }
        let indent = body.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        let text = body.map { String($0.dropFirst(indent)) }.joined(separator: "\n")
        return text.isEmpty ? nil : text
    }

    /// Whether serialized columns can be written for a table: all plain columns are there, and every alias is defined.
    static func fits(_ text: String, _ table: Table) -> Bool {
        let names = text.matches(of: /SerializedColumn\s*\{name: ([^,}]+)\}/).map { match in
            String(match.1).trimmingCharacters(of: "'\"")
        }
        let aliases = Set(text.matches(of: /: \*(\w+)/).map { String($0.1) })
        let anchors = Set(text.matches(of: /&(\w+)/).map { String($0.1) })
        return names.allSatisfy { table[$0] != nil } && aliases.isSubset(of: anchors)
    }
}

extension String {
    fileprivate func trimmingCharacters(of set: String) -> String {
        var text = Substring(self)
        while let first = text.first, set.contains(first) { text.removeFirst() }
        while let last = text.last, set.contains(last) { text.removeLast() }
        return String(text)
    }
}

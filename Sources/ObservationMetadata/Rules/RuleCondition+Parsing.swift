import StewardCore

extension RuleCondition {
    /// Reads `{keyword: K, ...}`, `{property: P, equals: V}`, `{begin: {after: T, before: T}}` or `{any: [...]}`.
    init(_ node: DefinitionNode) throws {
        let given = Set(try node.dictionary().map(\.key))
        if given.contains("property") {
            let mapping = try node.mapping(["property", "equals", "starts_with"])
            let property: ObservationProperty = try mapping.required("property").choice()
            guard property.kind == .text else {
                throw node.error("\"\(property.rawValue)\" is \(property.kind.rawValue); only texts can be compared")
            }
            if let words = mapping["starts_with"] {
                self = .prefix(property, of: try words.oneOrMore().map { try $0.text() })
            } else {
                self = .property(property, equals: try mapping.required("equals").oneOrMore().map { try $0.text() })
            }
        } else if given.contains("begin") {
            self = .begin(try InstantBounds(node.mapping(["begin"]).required("begin")))
        } else if given.contains("always") {
            let value = try node.mapping(["always"]).required("always")
            guard try value.flag() else { throw value.error("\"always\" can only be true") }
            self = .always
        } else if given.contains("any") {
            self = .any(try node.mapping(["any"]).required("any").oneOrMore().map { try Self.list($0) })
        } else {
            self = .header(try HeaderCondition(node))
        }
    }

    /// Reads a list of conditions, or a single one.
    static func list(_ node: DefinitionNode?) throws -> [RuleCondition] {
        try node?.oneOrMore().map { try RuleCondition($0) } ?? []
    }
}

extension RuleGuard {
    /// The keys of a guard.
    static let keys = ["when", "unless"]

    /// Reads the keys `when` and `unless`.
    init(_ mapping: DefinitionMapping) throws {
        when = try RuleCondition.list(mapping["when"])
        unless = try RuleCondition.list(mapping["unless"])
    }
}

/// The conditions that a definition gives names to, which stand for their content wherever conditions are written.
struct NamedConditions {
    private var groups: [String: DefinitionNode] = [:]

    /// Reads the section `conditions`: for each name alternatives, each a condition or a list of them.
    ///
    /// - Parameter node: The section, if there is one; a condition may use the names above it.
    /// - Throws: `ButlerError` of code `instrument` for a condition that cannot be read.
    init(_ node: DefinitionNode?) throws {
        for entry in try node?.dictionary() ?? [] {
            let content = DefinitionNode(
                .sequence(try entry.value.oneOrMore().map { try expanding(group: $0) }),
                file: entry.value.file,
                line: entry.value.line,
                path: entry.value.path
            )
            let any = wrapped(content)
            _ = try RuleCondition(any)
            groups[entry.key] = any
        }
    }

    /// The tree with every name of a condition replaced by what it stands for.
    func expanding(_ node: DefinitionNode) throws -> DefinitionNode {
        if let entries = node.entries {
            let expanded = try entries.map { entry in
                let isGuard = RuleGuard.keys.contains(entry.key) || entry.key == "allowed_unless"
                return DefinitionNode.Entry(
                    entry.key,
                    isGuard ? try expanding(group: entry.value) : try expanding(entry.value)
                )
            }
            return DefinitionNode(.mapping(expanded), file: node.file, line: node.line, path: node.path)
        }
        guard let items = node.items else { return node }
        return DefinitionNode(
            .sequence(try items.map { try expanding($0) }),
            file: node.file,
            line: node.line,
            path: node.path
        )
    }

    /// A condition or a list of them, names replaced.
    private func expanding(group node: DefinitionNode) throws -> DefinitionNode {
        if let items = node.items {
            let expanded = try items.map { try expanding(group: $0) }
            return DefinitionNode(.sequence(expanded), file: node.file, line: node.line, path: node.path)
        }
        guard node.entries == nil, !node.isNull else { return node }
        let name = try node.text()
        guard let condition = groups[name] else {
            throw node.error(
                "no condition is called \"\(name)\"",
                candidates: Candidates.nearest(to: name, in: Array(groups.keys))
            )
        }
        return condition
    }

    private func wrapped(_ node: DefinitionNode) -> DefinitionNode {
        DefinitionNode(.mapping([.init("any", node)]), file: node.file, line: node.line, path: node.path)
    }
}

extension DefinitionNode {
    /// The node in the compact form of YAML, on one line.
    package var flow: String {
        switch content {
        case .null: "null"
        case .scalar(let text, let isQuoted): isQuoted ? "\"\(text)\"" : text
        case .sequence(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ") + "}"
        }
    }

    /// The value at the end of some keys; nil when there is none.
    package func value(at keys: String...) -> DefinitionNode? {
        keys.reduce(Optional(self)) { node, key in node?.entries?.first { $0.key == key }?.value }
    }
}

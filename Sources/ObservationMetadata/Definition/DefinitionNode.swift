/// A value in a definition file together with its place, so that every complaint can name file, line and key.
package struct DefinitionNode: Sendable {
    /// What a node holds.
    package enum Content: Sendable {
        /// Nothing, `null` or `~`.
        case null
        /// A text as written; whether it was quoted.
        case scalar(String, isQuoted: Bool)
        /// A list.
        case sequence([DefinitionNode])
        /// Keys with values in the order of the file.
        case mapping([Entry])
    }

    /// A key with its value.
    package struct Entry: Sendable {
        /// The key.
        package let key: String
        /// The value.
        package let value: DefinitionNode

        /// Creates an entry.
        package init(_ key: String, _ value: DefinitionNode) {
            self.key = key
            self.value = value
        }
    }

    /// What the node holds.
    package let content: Content
    /// Name of the file.
    package let file: String
    /// Line in the file, from 1.
    package let line: Int
    /// Keys from the top of the file to here, for instance `camera.detectors[3].raft`.
    package let path: String

    /// Creates a node.
    package init(_ content: Content, file: String, line: Int, path: String) {
        self.content = content
        self.file = file
        self.line = line
        self.path = path
    }

    /// Whether the node holds nothing.
    package var isNull: Bool {
        if case .null = content { true } else { false }
    }

    /// The entries of a mapping; nil for anything else.
    package var entries: [Entry]? {
        if case .mapping(let entries) = content { entries } else { nil }
    }

    /// The items of a list; nil for anything else.
    package var items: [DefinitionNode]? {
        if case .sequence(let items) = content { items } else { nil }
    }
}

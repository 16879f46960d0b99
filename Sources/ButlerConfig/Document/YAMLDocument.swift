/// A YAML document as a flat tree: nodes in the order of the text, each of which knows where its subtree ends.
///
/// Texts of scalars are ranges of one array of bytes, so that a document of a million lines is a few arrays.
package struct YAMLDocument: Sendable {
    /// What a node is.
    enum Kind: UInt8, Sendable {
        /// A scalar without quotes, whose text says what it stands for.
        case plain
        /// A scalar that is text, whatever it looks like.
        case quoted
        case sequence
        /// Keys and values in turn.
        case mapping
    }

    struct Entry: Sendable {
        var kind: Kind
        /// Index of the tag; -1 for none.
        var tag: Int32 = -1
        /// Line, counted from 1.
        var line: Int32
        /// Where the text of a scalar lies.
        var text: Range<Int> = 0..<0
        /// Index of the first node behind the subtree.
        var end: Int = 0
    }

    var bytes: [UInt8]
    var entries: [Entry] = []
    var tags: [String] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Index of a tag, which is remembered.
    mutating func index(ofTag tag: String) -> Int32 {
        if let known = tags.firstIndex(of: tag) { return Int32(truncatingIfNeeded: known) }
        tags.append(tag)
        return Int32(truncatingIfNeeded: tags.count - 1)
    }

    /// The topmost node.
    package var root: YAMLNode? {
        entries.isEmpty ? nil : YAMLNode(tree: YAMLNode.Tree(self), index: 0)
    }
}

/// A node of a YAML document.
package struct YAMLNode: Sendable {
    final class Tree: Sendable {
        let document: YAMLDocument

        init(_ document: YAMLDocument) {
            self.document = document
        }
    }

    let tree: Tree
    let index: Int

    private var entry: YAMLDocument.Entry { tree.document.entries[index] }

    /// Line of the text, counted from 1.
    package var line: Int { Int(entry.line) }

    /// The tag as written, `!!` spelled out; nil without one.
    package var tag: String? {
        let tag = Int(entry.tag)
        return tag < 0 ? nil : tree.document.tags[tag]
    }

    /// Whether this is a scalar, and without quotes.
    package var isPlain: Bool { entry.kind == .plain }

    /// The text of a scalar; nil for others.
    package var string: String? {
        let entry = entry
        guard entry.kind == .plain || entry.kind == .quoted else { return nil }
        return String(decoding: tree.document.bytes[entry.text], as: UTF8.self)
    }

    /// The items of a sequence; nil for others.
    package var items: [YAMLNode]? { entry.kind == .sequence ? Array(children) : nil }

    /// Whether this is a mapping.
    package var isMapping: Bool { entry.kind == .mapping }

    /// Takes the keys and values of a mapping, in the order of the text; those of others are none.
    package func forEachPair(_ body: (_ key: YAMLNode, _ value: YAMLNode) throws -> Void) rethrows {
        guard isMapping else { return }
        var children = children.makeIterator()
        while let key = children.next(), let value = children.next() { try body(key, value) }
    }

    /// The value of a key of a mapping; of a key that occurs twice the last, as in the reference.
    package subscript(key: String) -> YAMLNode? {
        guard isMapping else { return nil }
        var found: YAMLNode?
        var children = children.makeIterator()
        while let name = children.next(), let value = children.next() {
            if key.utf8.elementsEqual(tree.document.bytes[name.entry.text]) { found = value }
        }
        return found
    }

    private var children: Children { Children(parent: self) }

    /// The nodes right below a node.
    private struct Children: Sequence, IteratorProtocol {
        private let tree: Tree
        private var index: Int
        private let end: Int

        init(parent: YAMLNode) {
            tree = parent.tree
            index = parent.index + 1
            end = parent.entry.end
        }

        mutating func next() -> YAMLNode? {
            guard index < end else { return nil }
            defer { index = tree.document.entries[index].end }
            return YAMLNode(tree: tree, index: index)
        }
    }
}

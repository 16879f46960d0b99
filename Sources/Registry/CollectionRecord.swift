public import Datasets

/// A collection as the tables know it.
public struct CollectionRecord: Sendable, Hashable {
    /// What identifies it in other tables.
    public let key: CollectionKey
    /// Name, unique in the repository.
    public let name: String
    /// Kind.
    public let kind: CollectionKind
    /// Names of the children of a chain in search order; empty for other kinds.
    public let children: [String]
    /// Positions of ``children`` in their table; ascending, with gaps and negatives.
    let positions: [Int64]

    init(key: CollectionKey, name: String, kind: CollectionKind, children: [String] = [], positions: [Int64] = []) {
        self.key = key
        self.name = name
        self.kind = kind
        self.children = children
        self.positions = positions
    }
}

/// Which collections are meant: names in order, or patterns.
public struct CollectionExpression: Sendable, Hashable {
    /// Names given in full, in order.
    public let names: [String]
    /// Patterns.
    public let patterns: [GlobPattern]
    /// Whether every collection is meant.
    public let isEverything: Bool

    /// Reads words that may be patterns; the word `*` alone means everything.
    public init(_ words: [String]) {
        names = words.filter { !GlobPattern.isPattern($0) }
        patterns = words.filter(GlobPattern.isPattern).map { GlobPattern($0) }
        isEverything = words.contains("*")
    }

    /// Takes names literally, whatever characters they have.
    public init(names: [String]) {
        self.names = names
        patterns = []
        isEverything = false
    }

    /// Every collection.
    public static let everything = CollectionExpression(["*"])

    /// Whether the collections and their order follow from the expression alone, as a first-match search needs.
    public var isOrdered: Bool { patterns.isEmpty }
}

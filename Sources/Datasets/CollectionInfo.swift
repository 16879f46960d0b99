/// Kind of a collection; the raw value is stored in the registry.
public enum CollectionKind: Int, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Holds the datasets that were put into it; each dataset is in exactly one.
    case run = 1
    /// Holds references to datasets of runs, at most one for each dataset type and data ID.
    case tagged = 2
    /// An ordered list of other collections, searched in turn.
    case chained = 3
    /// Holds references to datasets with ranges of validity.
    case calibration = 4

    /// The reference's word: `RUN`, `TAGGED`, `CHAINED` or `CALIBRATION`.
    public var description: String {
        switch self {
        case .run: "RUN"
        case .tagged: "TAGGED"
        case .chained: "CHAINED"
        case .calibration: "CALIBRATION"
        }
    }

    /// The kind that a word in any case names, or nil.
    public init?(word: String) {
        guard let kind = Self.allCases.first(where: { $0.description == word.uppercased() }) else { return nil }
        self = kind
    }
}

/// A collection as users see it.
public struct CollectionInfo: Sendable, Hashable {
    /// Name, unique in the repository.
    public var name: String
    /// Kind.
    public var kind: CollectionKind
    /// Documentation; empty when there is none.
    public var documentation: String
    /// Children of a chain in search order; empty for other kinds.
    public var children: [String]
    /// Chains that hold this collection, sorted by name; nil when they were not asked for.
    public var parents: [String]?

    /// Creates a description of a collection.
    public init(
        name: String,
        kind: CollectionKind,
        documentation: String = "",
        children: [String] = [],
        parents: [String]? = nil
    ) {
        self.name = name
        self.kind = kind
        self.documentation = documentation
        self.children = children
        self.parents = parents
    }
}

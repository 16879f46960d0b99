/// How two regions lie to each other; no bit set means that they intersect or that nothing is known.
///
/// The raw values are the reference's (`sphgeom: Relationship.h`). An empty region is disjoint from and within any other.
public struct Relationship: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Creates a relationship from its bits.
    @inline(__always)
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The regions have no point in common.
    public static let disjoint = Relationship(rawValue: 1)
    /// The first region contains the second.
    public static let contains = Relationship(rawValue: 2)
    /// The first region lies within the second.
    public static let within = Relationship(rawValue: 4)

    /// The relationship seen from the second region.
    public var inverted: Relationship {
        Relationship(rawValue: rawValue & 1 | (rawValue & 2) << 1 | (rawValue & 4) >> 1)
    }

    /// What an approximate relation says about overlap: nothing, unless a bit is set.
    var overlap: Overlap {
        if contains(.disjoint) { return .no }
        return isEmpty ? .unknown : .yes
    }

    /// The relation of two regions of which the first is empty.
    static func ofEmpty(toEmpty isEmpty: Bool) -> Relationship {
        isEmpty ? [.disjoint, .contains, .within] : [.disjoint, .within]
    }
}

/// Whether two regions overlap, as far as that can be told.
///
/// Filters keep what is unknown: only a definite no removes a row.
public enum Overlap: Hashable, Sendable {
    /// The regions have no point in common.
    case no
    /// The approximation in use cannot tell.
    case unknown
    /// The regions have a point in common.
    case yes

    /// Creates a definite answer.
    init(_ value: Bool) {
        self = value ? .yes : .no
    }

    /// The answer as a Boolean, or nil for unknown.
    public var value: Bool? {
        switch self {
        case .no: false
        case .unknown: nil
        case .yes: true
        }
    }

    /// Whether a filter keeps a row with this answer: anything but a definite no.
    public var mayOverlap: Bool { self != .no }

    /// Yes if either is, no if both are, else unknown.
    public static func || (left: Overlap, right: Overlap) -> Overlap {
        if left == .yes || right == .yes { return .yes }
        return left == .no && right == .no ? .no : .unknown
    }

    /// No if either is, yes if both are, else unknown.
    public static func && (left: Overlap, right: Overlap) -> Overlap {
        if left == .no || right == .no { return .no }
        return left == .yes && right == .yes ? .yes : .unknown
    }

    /// The opposite answer; unknown stays unknown.
    public static prefix func ! (overlap: Overlap) -> Overlap {
        switch overlap {
        case .no: .yes
        case .unknown: .unknown
        case .yes: .no
        }
    }
}

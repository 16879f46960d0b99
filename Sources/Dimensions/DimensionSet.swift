/// A set of elements of one universe, by their position in its order.
public struct DimensionSet: Hashable, Sendable {
    /// Most elements a universe may have.
    public static let capacity = 128

    private(set) var bits: UInt128 = 0

    /// The empty set.
    public init() {}

    /// A set of the given positions.
    public init(_ positions: some Sequence<Int>) {
        for position in positions { insert(position) }
    }

    /// Whether a position is a member.
    public func contains(_ position: Int) -> Bool { bits >> UInt128(position) & 1 == 1 }

    /// Adds a position below ``capacity``.
    public mutating func insert(_ position: Int) { bits |= 1 << UInt128(position) }

    /// Adds all members of another set.
    public mutating func formUnion(_ other: DimensionSet) { bits |= other.bits }

    /// Members of either set.
    public func union(_ other: DimensionSet) -> DimensionSet {
        var result = self
        result.formUnion(other)
        return result
    }

    /// Members of both sets.
    public func intersection(_ other: DimensionSet) -> DimensionSet {
        var result = self
        result.bits &= other.bits
        return result
    }

    /// Members of this set that are not in the other.
    public func subtracting(_ other: DimensionSet) -> DimensionSet {
        var result = self
        result.bits &= ~other.bits
        return result
    }

    /// Whether every member is in the other set too.
    public func isSubset(of other: DimensionSet) -> Bool { bits & ~other.bits == 0 }

    /// Whether no member is in the other set.
    public func isDisjoint(with other: DimensionSet) -> Bool { bits & other.bits == 0 }

    /// Whether there are no members.
    public var isEmpty: Bool { bits == 0 }

    /// Number of members.
    public var count: Int { bits.nonzeroBitCount }

    /// The members in ascending order.
    public var positions: [Int] {
        var rest = bits
        var result: [Int] = []
        while rest != 0 {
            result.append(rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return result
    }
}

/// A set of unsigned integers, kept as sorted, disjoint, half-open ranges that do not touch.
///
/// Two sets with the same members have the same ranges. All operations take time proportional to the number of ranges.
public struct RangeSet: Hashable, Sendable {
    /// One half-open range of integers; it is never empty.
    public struct Element: Hashable, Sendable {
        /// The first integer of the range.
        public let lowerBound: UInt64
        /// The last integer of the range.
        public let last: UInt64

        /// Creates the closed range between two integers in order.
        @inline(__always)
        init(first: UInt64, last: UInt64) {
            lowerBound = first
            self.last = last
        }

        /// The integer after the last one; 0 stands for 2 to the power 64, as in the reference.
        public var upperBound: UInt64 { last &+ 1 }

        /// The members as a closed range.
        public var members: ClosedRange<UInt64> { lowerBound...last }
    }

    /// The ranges in ascending order.
    public private(set) var ranges: [Element]

    /// Creates an empty set.
    public init() {
        ranges = []
    }

    /// Creates a set of one half-open range; empty when the bounds are equal.
    public init(_ range: Range<UInt64>) {
        ranges = range.isEmpty ? [] : [Element(first: range.lowerBound, last: range.upperBound - 1)]
    }

    /// Creates a set of one closed range.
    public init(_ range: ClosedRange<UInt64>) {
        ranges = [Element(first: range.lowerBound, last: range.upperBound)]
    }

    /// Creates a set of integers in any order.
    public init(members: some Sequence<UInt64>) {
        self.init()
        for member in members.sorted() {
            appendOrMerge(first: member, last: member)
        }
    }

    /// Creates a set of half-open ranges in any order, which may overlap.
    public init(ranges: some Sequence<Range<UInt64>>) {
        self.init()
        for range in ranges.filter({ !$0.isEmpty }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            appendOrMerge(first: range.lowerBound, last: range.upperBound - 1)
        }
    }

    /// The set of all 64-bit integers.
    public static let all = RangeSet(UInt64.min...UInt64.max)

    /// Whether the set has no member.
    public var isEmpty: Bool { ranges.isEmpty }

    /// Number of members; nil when it is 2 to the power 64.
    public var memberCount: UInt64? {
        var count: UInt64 = 0
        for range in ranges {
            let (size, overflow) = (range.last - range.lowerBound).addingReportingOverflow(1)
            if overflow { return nil }
            count += size
        }
        return count
    }

    /// The members in ascending order, one by one.
    public var members: some Sequence<UInt64> {
        ranges.lazy.flatMap(\.members)
    }

    /// Whether an integer is a member; takes logarithmic time.
    public func contains(_ member: UInt64) -> Bool {
        let position = firstRange(endingAtOrAfter: member)
        return position < ranges.count && ranges[position].lowerBound <= member
    }

    /// Position of the first range that does not end before an integer.
    private func firstRange(endingAtOrAfter member: UInt64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].last < member { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether all integers of a closed range are members; takes logarithmic time.
    public func contains(_ members: ClosedRange<UInt64>) -> Bool {
        let position = firstRange(endingAtOrAfter: members.lowerBound)
        return position < ranges.count && ranges[position].lowerBound <= members.lowerBound
            && ranges[position].last >= members.upperBound
    }

    /// Adds a closed range that begins no lower than the last range of the set.
    @inline(__always)
    mutating func appendOrMerge(first: UInt64, last: UInt64) {
        if let end = ranges.last, end.last >= first || end.last + 1 == first {
            if last > end.last {
                ranges[ranges.count - 1] = Element(first: end.lowerBound, last: last)
            }
        } else {
            ranges.append(Element(first: first, last: last))
        }
    }

    /// Adds a range without a look at the others; the caller vouches for the order and for a gap.
    mutating func append(first: UInt64, last: UInt64) {
        ranges.append(Element(first: first, last: last))
    }

    /// Makes room for a number of ranges.
    mutating func reserveCapacity(_ count: Int) {
        ranges.reserveCapacity(count)
    }
}

extension RangeSet: RandomAccessCollection {
    /// Position of the first range.
    public var startIndex: Int { ranges.startIndex }
    /// Position after the last range.
    public var endIndex: Int { ranges.endIndex }
    /// The range at a position.
    public subscript(position: Int) -> Element { ranges[position] }
}

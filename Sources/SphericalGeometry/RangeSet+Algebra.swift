extension RangeSet {
    /// The integers that are members of either set.
    public func union(_ other: RangeSet) -> RangeSet {
        var result = RangeSet()
        result.reserveCapacity(count + other.count)
        var (i, j) = (0, 0)
        while i < count || j < other.count {
            let takeMine = j == other.count || (i < count && self[i].lowerBound <= other[j].lowerBound)
            let next = takeMine ? self[i] : other[j]
            if takeMine { i += 1 } else { j += 1 }
            result.appendOrMerge(first: next.lowerBound, last: next.last)
        }
        return result
    }

    /// The integers that are members of both sets.
    public func intersection(_ other: RangeSet) -> RangeSet {
        var result = RangeSet()
        var (i, j) = (0, 0)
        while i < count, j < other.count {
            let (mine, theirs) = (self[i], other[j])
            let first = Swift.max(mine.lowerBound, theirs.lowerBound)
            let last = Swift.min(mine.last, theirs.last)
            if first <= last { result.append(first: first, last: last) }
            if mine.last < theirs.last { i += 1 } else { j += 1 }
        }
        return result
    }

    /// The 64-bit integers that are not members.
    public var complement: RangeSet {
        var result = RangeSet()
        var next: UInt64? = 0
        for range in self {
            if let first = next, first < range.lowerBound {
                result.append(first: first, last: range.lowerBound - 1)
            }
            next = range.last == .max ? nil : range.last + 1
        }
        if let first = next { result.append(first: first, last: .max) }
        return result
    }

    /// The members that are not members of the other set.
    public func difference(_ other: RangeSet) -> RangeSet {
        intersection(other.complement)
    }

    /// Whether the sets have a member in common.
    public func intersects(_ other: RangeSet) -> Bool {
        var (i, j) = (0, 0)
        while i < count, j < other.count {
            let (mine, theirs) = (self[i], other[j])
            if mine.lowerBound <= theirs.last, theirs.lowerBound <= mine.last { return true }
            if mine.last < theirs.last { i += 1 } else { j += 1 }
        }
        return false
    }

    /// Whether every member of the other set is a member of this one.
    public func isSuperset(of other: RangeSet) -> Bool {
        other.difference(self).isEmpty
    }

    /// The set whose ranges begin and end at those of this set times a factor; what exceeds 64 bits is cut.
    ///
    /// With factor four to the power k, pixels of a hierarchy become their descendants k levels down.
    public func scaled(by factor: UInt64) -> RangeSet {
        var result = RangeSet()
        guard factor > 0 else { return result }
        for range in self {
            let (first, overflow) = range.lowerBound.multipliedReportingOverflow(by: factor)
            if overflow { break }
            let (end, cut) = (range.last &+ 1).multipliedReportingOverflow(by: factor)
            result.appendOrMerge(first: first, last: cut || range.last == .max ? .max : end - 1)
        }
        return result
    }

    /// Widens all ranges until their bounds are multiples of two to the power given.
    mutating func widen(toMultiplesOf bits: Int) {
        guard !isEmpty, bits > 0 else { return }
        guard bits < 64 else {
            self = .all
            return
        }
        let mask = UInt64(1) << UInt64(bits) - 1
        var result = RangeSet()
        for range in self {
            result.appendOrMerge(first: range.lowerBound & ~mask, last: range.last | mask)
        }
        self = result
    }
}

extension Timespan {
    /// Whether some instant is in both spans.
    public func overlaps(_ other: Timespan) -> Bool {
        endNanoseconds > other.beginNanoseconds && other.endNanoseconds > beginNanoseconds
    }

    /// Whether every instant of another span is in this one; the empty span is in every span.
    public func contains(_ other: Timespan) -> Bool {
        beginNanoseconds <= other.beginNanoseconds && endNanoseconds >= other.endNanoseconds
    }

    /// Whether an instant is inside.
    public func contains(_ instant: TAI) -> Bool {
        beginNanoseconds <= instant.nanoseconds && endNanoseconds > instant.nanoseconds
    }

    /// Whether this span ends before or where another one begins; false if either is empty.
    public func isBefore(_ other: Timespan) -> Bool {
        endNanoseconds <= other.beginNanoseconds && beginNanoseconds < other.endNanoseconds
    }

    /// Whether this span ends before or at an instant; false for the empty span.
    public func isBefore(_ instant: TAI) -> Bool {
        endNanoseconds <= instant.nanoseconds && beginNanoseconds < instant.nanoseconds
    }

    /// Whether this span begins where or after another one ends; false if either is empty.
    public func isAfter(_ other: Timespan) -> Bool {
        beginNanoseconds >= other.endNanoseconds && endNanoseconds > other.beginNanoseconds
    }

    /// Whether this span begins after an instant; false for the empty span.
    public func isAfter(_ instant: TAI) -> Bool {
        beginNanoseconds > instant.nanoseconds && endNanoseconds > instant.nanoseconds
    }

    /// The instants that are in both spans.
    public func intersection(_ other: Timespan) -> Timespan {
        Timespan(
            beginNanoseconds: max(beginNanoseconds, other.beginNanoseconds),
            endNanoseconds: min(endNanoseconds, other.endNanoseconds)
        )
    }

    /// The instants of this span that are not in another one, as disjoint spans in order.
    ///
    /// A span that the other does not touch comes back whole, so the empty span gives itself.
    public func difference(_ other: Timespan) -> [Timespan] {
        let common = intersection(other)
        guard !common.isEmpty else { return [self] }
        let parts = [
            Timespan(beginNanoseconds: beginNanoseconds, endNanoseconds: common.beginNanoseconds),
            Timespan(beginNanoseconds: common.endNanoseconds, endNanoseconds: endNanoseconds),
        ]
        return parts.filter { !$0.isEmpty }
    }
}

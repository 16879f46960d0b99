/// A closed interval of numbers; empty unless its lower end is at most its upper end.
public struct ClosedInterval: Sendable {
    /// Lower end.
    public var lower: Double
    /// Upper end.
    public var upper: Double

    /// The empty interval.
    public static let empty = ClosedInterval(1.0, 0.0)

    /// Creates an interval from its ends; it is empty when the first is greater or one is NaN.
    @inline(__always)
    public init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Whether no number lies in the interval.
    @inline(__always)
    public var isEmpty: Bool { !(lower <= upper) }

    /// The number half way between the ends.
    public var center: Double { 0.5 * (lower + upper) }

    /// Whether a number lies in the interval; NaN counts as lying in any.
    @inline(__always)
    func contains(_ x: Double) -> Bool { (lower <= x && x <= upper) || x != x }

    /// Whether two intervals have a number in common.
    func intersects(_ other: ClosedInterval) -> Bool {
        guard !isEmpty, !other.isEmpty else { return false }
        return !(lower > other.upper || upper < other.lower)
    }

    /// Relation to another interval.
    func relate(_ other: ClosedInterval) -> Relationship {
        if isEmpty { return .ofEmpty(toEmpty: other.isEmpty) }
        if other.isEmpty { return [.contains, .disjoint] }
        if lower == other.lower && upper == other.upper { return [.contains, .within] }
        if lower > other.upper || upper < other.lower { return .disjoint }
        if lower <= other.lower && upper >= other.upper { return .contains }
        return other.lower <= lower && other.upper >= upper ? .within : []
    }

    /// Shrinks to what both intervals hold.
    mutating func clip(to other: ClosedInterval) {
        if other.isEmpty {
            self = other
        } else if !isEmpty {
            lower = greater(lower, other.lower)
            upper = lesser(upper, other.upper)
        }
    }

    /// Grows until it holds the other interval as well.
    mutating func expand(to other: ClosedInterval) {
        if isEmpty {
            self = other
        } else if !other.isEmpty {
            lower = lesser(lower, other.lower)
            upper = greater(upper, other.upper)
        }
    }

    /// Grows until it holds a number.
    mutating func expand(to x: Double) {
        if isEmpty {
            self = ClosedInterval(x, x)
        } else if x < lower {
            lower = x
        } else if x > upper {
            upper = x
        }
    }

    /// The interval with both ends moved outwards; unchanged when it is empty or the width NaN.
    func dilated(by width: Double) -> ClosedInterval {
        width == width && !isEmpty ? ClosedInterval(lower - width, upper + width) : self
    }
}

/// The lesser of two numbers, the first when they are equal or one is NaN.
@inline(__always)
func lesser(_ a: Double, _ b: Double) -> Double { b < a ? b : a }

/// The greater of two numbers, the first when they are equal or one is NaN.
@inline(__always)
func greater(_ a: Double, _ b: Double) -> Double { a < b ? b : a }

/// Whole numbers from a first one up to an end, in steps.
public struct IntegerRange: Sendable, Hashable {
    /// First member.
    public let first: Int64
    /// End, not a member.
    public let end: Int64
    /// Distance of members, at least 1.
    public let step: Int64

    /// Creates a range from bounds that are not checked.
    public init(first: Int64, end: Int64, step: Int64 = 1) {
        self.first = first
        self.end = end
        self.step = step
    }
}

extension IntegerRange: CustomStringConvertible {
    /// `first:end[:step]`, as the reference prints ranges: without a first of 0.
    public var description: String {
        (first == 0 ? "" : String(first)) + ":\(end)" + (step == 1 ? "" : ":\(step)")
    }
}

import StewardCore

/// A half-open span of time, `[begin, end)`, in TAI.
///
/// A bound at ``TAI/earliest`` or ``TAI/latest`` means "unbounded" on that side. The empty span has the bounds
/// (latest, earliest); every pair with begin >= end becomes it.
public struct Timespan: Hashable, Sendable {
    /// First instant, in TAI nanoseconds since 1970; 0 if unbounded, the maximum if empty.
    public let beginNanoseconds: Int64
    /// First instant after the span, in TAI nanoseconds since 1970; the maximum if unbounded, 0 if empty.
    public let endNanoseconds: Int64

    /// The span without any instant.
    public static let empty = Timespan(
        beginNanoseconds: TAI.latest.nanoseconds,
        endNanoseconds: TAI.earliest.nanoseconds
    )
    /// The span unbounded on both sides.
    public static let all = Timespan(
        beginNanoseconds: TAI.earliest.nanoseconds,
        endNanoseconds: TAI.latest.nanoseconds
    )

    /// Creates a span from stored bounds; begin >= end gives the empty span.
    public init(beginNanoseconds: Int64, endNanoseconds: Int64) {
        let isEmpty = beginNanoseconds >= endNanoseconds
        self.beginNanoseconds = isEmpty ? TAI.latest.nanoseconds : beginNanoseconds
        self.endNanoseconds = isEmpty ? TAI.earliest.nanoseconds : endNanoseconds
    }

    /// Creates a span between two instants.
    ///
    /// - Parameters:
    ///   - begin: First instant; nil for unbounded.
    ///   - end: First instant after the span; nil for unbounded.
    ///   - padsInstants: Whether equal bounds give a span of one nanosecond instead of the empty span.
    /// - Throws: ``ButlerError`` with `.time` if both bounds are the same extreme, or padding reaches the maximum.
    public init(begin: TAI?, end: TAI?, padsInstants: Bool = true) throws {
        let first = min(max(begin ?? .earliest, .earliest), .latest).nanoseconds
        var last = min(max(end ?? .latest, .earliest), .latest).nanoseconds
        if first == last {
            guard first != TAI.earliest.nanoseconds, first != TAI.latest.nanoseconds else {
                throw Timespan.unrepresentable(first)
            }
            if padsInstants {
                last += 1
                guard last != TAI.latest.nanoseconds else { throw Timespan.unrepresentable(first) }
            }
        }
        self.init(beginNanoseconds: first, endNanoseconds: last)
    }

    /// The span of one nanosecond that begins at an instant.
    ///
    /// - Parameter instant: The one instant inside.
    /// - Throws: ``ButlerError`` with `.time` within one nanosecond of ``TAI/latest``.
    public init(instant: TAI) throws {
        let begin = min(max(instant, .earliest), .latest).nanoseconds
        guard begin < TAI.latest.nanoseconds - 1 else { throw Timespan.unrepresentable(begin) }
        self.init(beginNanoseconds: begin, endNanoseconds: begin + 1)
    }

    /// First instant; nil if the span is unbounded from below, or empty.
    public var begin: TAI? {
        isEmpty || beginNanoseconds == TAI.earliest.nanoseconds ? nil : TAI(nanoseconds: beginNanoseconds)
    }

    /// First instant after the span; nil if the span is unbounded from above, or empty.
    public var end: TAI? {
        isEmpty || endNanoseconds == TAI.latest.nanoseconds ? nil : TAI(nanoseconds: endNanoseconds)
    }

    /// Whether no instant is inside.
    public var isEmpty: Bool { beginNanoseconds >= endNanoseconds }

    private static func unrepresentable(_ nanoseconds: Int64) -> ButlerError {
        ButlerError(
            .time,
            "The instant \(TAI(nanoseconds: nanoseconds).isot()) TAI cannot be a timespan: times before 1970-01-01 "
                + "and from 2100-01-01 on stand for unbounded.",
            remedy: "Give two different bounds, or leave one out."
        )
    }
}

extension Timespan: Codable {
    /// Decodes the array `[begin, end]` of nanoseconds.
    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        let begin = try container.decode(Int64.self)
        let end = try container.decode(Int64.self)
        self.init(beginNanoseconds: begin, endNanoseconds: end)
    }

    /// Encodes the array `[begin, end]` of nanoseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(beginNanoseconds)
        try container.encode(endNanoseconds)
    }
}

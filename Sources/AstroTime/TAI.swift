/// An instant: nanoseconds since 1970-01-01 00:00:00 TAI.
///
/// Repositories hold times between ``earliest`` and ``latest``; every conversion into this type clamps to that
/// range, silently. In a ``Timespan`` the two extremes stand for "unbounded".
public struct TAI: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01 00:00:00 TAI.
    public let nanoseconds: Int64

    /// 1970-01-01 TAI.
    public static let earliest = TAI(nanoseconds: 0)
    /// 2100-01-01 TAI.
    public static let latest = TAI(nanoseconds: 4_102_444_800_000_000_000)

    /// Creates an instant from a stored count; the range is not checked.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Creates an instant from a count, moved into the range of stored times.
    init(clamping nanoseconds: Int64) {
        self.nanoseconds = min(max(nanoseconds, TAI.earliest.nanoseconds), TAI.latest.nanoseconds)
    }

    /// Creates an instant from a day number and the nanoseconds since 0h of that day in a scale; clamped.
    init(day: Int, nanosecond: Int64, scale: TimeScale) {
        guard day > -10 else {
            self = .earliest
            return
        }
        guard day < 50_000 else {
            self = .latest
            return
        }
        switch scale {
        case .utc: self.init(clamping: LeapSeconds.tai(day: day, nanosecond: nanosecond))
        case .tai: self.init(clamping: Int64(day) * CivilDate.nanosecondsPerDay + nanosecond)
        case .tt:
            let elapsed = nanosecond - TimeScale.terrestrialOffset
            self.init(clamping: Int64(day) * CivilDate.nanosecondsPerDay + elapsed)
        }
    }

    /// The present instant of the system clock.
    public static func now() -> TAI {
        let (seconds, nanoseconds) = SystemClock.now()
        let (day, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        return TAI(day: Int(day), nanosecond: second * 1_000_000_000 + nanoseconds, scale: .utc)
    }

    /// Orders by time.
    public static func < (left: TAI, right: TAI) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant a number of nanoseconds later (earlier if negative), clamped.
    public func advanced(byNanoseconds interval: Int64) -> TAI {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(interval)
        guard !overflow else { return interval < 0 ? .earliest : .latest }
        return TAI(clamping: sum)
    }

    /// The instant a number of seconds later (earlier if negative), rounded to nanoseconds and clamped; NaN counts as 0.
    public func advanced(bySeconds interval: Double) -> TAI {
        let nanoseconds = (interval * 1e9).rounded(.toNearestOrEven)
        guard !nanoseconds.isNaN else { return self }
        return advanced(byNanoseconds: Int64(min(max(nanoseconds, -9e18), 9e18)))
    }

    /// Seconds from another instant to this one.
    public func seconds(since other: TAI) -> Double {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return overflow ? (Double(nanoseconds) - Double(other.nanoseconds)) / 1e9 : Double(difference) / 1e9
    }

    /// Day number and nanoseconds since 0h of that day in a scale.
    func civil(_ scale: TimeScale) -> (day: Int, nanosecond: Int64) {
        let (day, nanosecond) = CivilDate.split(nanoseconds)
        switch scale {
        case .tai: return (day, nanosecond)
        case .utc: return LeapSeconds.utc(taiDay: day, nanosecond: nanosecond)
        case .tt:
            let shifted = nanosecond + TimeScale.terrestrialOffset
            guard shifted >= CivilDate.nanosecondsPerDay else { return (day, shifted) }
            return (day + 1, shifted - CivilDate.nanosecondsPerDay)
        }
    }
}

extension TAI: Codable {
    /// Decodes the count of nanoseconds.
    public init(from decoder: any Decoder) throws {
        nanoseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Encodes the count of nanoseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanoseconds)
    }
}

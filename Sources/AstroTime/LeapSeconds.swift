/// The difference TAI - UTC.
///
/// From 1972 on it is a whole number of seconds that changes with each leap second (IERS Bulletin C); none is known
/// after 2017. Before 1972 UTC ran at a slightly different rate: TAI - UTC grew by 2.592 ms a day, and 1971-12-31 was
/// 107.758 ms longer. Dates before 1968-02-01 get the same formula, which is of no consequence since times before
/// 1970 are not representable.
enum LeapSeconds {
    /// First day of the present form of UTC, 1972-01-01.
    static let firstDay = 730
    /// Extra length of 1971-12-31 in nanoseconds.
    static let lastStretchedDayExcess: Int64 = 107_758_000

    /// First month of each value of TAI - UTC; the n-th entry stands for 10 + n seconds.
    private static let months: [(year: Int, month: Int)] = [
        (1972, 1), (1972, 7), (1973, 1), (1974, 1), (1975, 1), (1976, 1), (1977, 1), (1978, 1), (1979, 1), (1980, 1),
        (1981, 7), (1982, 7), (1983, 7), (1985, 7), (1988, 1), (1990, 1), (1991, 1), (1992, 7), (1993, 7), (1994, 7),
        (1996, 1), (1997, 7), (1999, 1), (2006, 1), (2009, 1), (2012, 7), (2015, 7), (2017, 1),
    ]

    /// Day numbers on which the values begin, ascending.
    private static let days = months.map { CivilDate.dayNumber(year: $0.year, month: $0.month, day: 1) }
    private static let lastDay = days.last ?? firstDay
    private static let lastOffset = Int64(months.count + 9) * 1_000_000_000

    /// Seconds by which UTC's clock lost against TAI on each day before 1972.
    static func drift(day: Int) -> Double {
        day < firstDay ? 0.002592 : 0
    }

    /// TAI - UTC in nanoseconds at 0h UTC of a day.
    static func offset(day: Int) -> Int64 {
        if day >= lastDay { return lastOffset }
        guard day >= firstDay else { return 4_213_170_000 + Int64(day + 1461) * 2_592_000 }
        let entry = days.lastIndex { $0 <= day } ?? 0
        return Int64(entry + 10) * 1_000_000_000
    }

    /// Nanoseconds by which the UTC day is longer than 86400 s.
    static func excess(day: Int) -> Int64 {
        guard day >= firstDay else { return day == firstDay - 1 ? lastStretchedDayExcess : 0 }
        return day >= lastDay ? 0 : offset(day: day + 1) - offset(day: day)
    }

    /// TAI nanoseconds at a moment of a UTC day, given by the UTC nanoseconds since its 0h.
    static func tai(day: Int, nanosecond: Int64) -> Int64 {
        var elapsed = nanosecond
        if day < firstDay {
            elapsed += Int64((Double(nanosecond) * 3e-8).rounded(.toNearestOrEven))
        }
        return Int64(day) * CivilDate.nanosecondsPerDay + elapsed + offset(day: day)
    }

    /// The UTC day and nanoseconds since its 0h of a TAI day and nanosecond.
    ///
    /// The result exceeds 86400 s during a leap second. On 1971-12-31 the clock reading is scaled to 86400 s, as the
    /// reference does when it writes text.
    static func utc(taiDay: Int, nanosecond: Int64) -> (day: Int, nanosecond: Int64) {
        var day = taiDay
        var elapsed = nanosecond - offset(day: day)
        if elapsed < 0 {
            day -= 1
            elapsed = nanosecond + CivilDate.nanosecondsPerDay - offset(day: day)
        }
        guard day < firstDay else { return (day, elapsed) }
        elapsed -= Int64((Double(elapsed) * 3 / 100_000_003).rounded(.toNearestOrEven))
        if day == firstDay - 1 {
            let excess = Double(lastStretchedDayExcess) / Double(CivilDate.nanosecondsPerDay + lastStretchedDayExcess)
            elapsed -= Int64((Double(elapsed) * excess).rounded(.toNearestOrEven))
        }
        return (day, elapsed)
    }
}

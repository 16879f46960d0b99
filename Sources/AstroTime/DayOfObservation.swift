import StewardCore

extension TAI {
    /// The observing day to which the instant belongs, as YYYYMMDD.
    ///
    /// Day boundaries are in TAI, `offset` seconds after midnight.
    public func dayOfObservation(offset: Int) -> Int {
        let shift = Int64(offset).multipliedReportingOverflow(by: 1_000_000_000)
        let (shifted, overflow) = nanoseconds.subtractingReportingOverflow(shift.partialValue)
        let (day, _) = CivilDate.split(shift.overflow || overflow ? nanoseconds : shifted)
        let (year, month, dayOfMonth) = CivilDate.date(dayNumber: day)
        return (year * 100 + month) * 100 + dayOfMonth
    }
}

extension Timespan {
    /// The 24 hours of an observing day.
    ///
    /// - Parameters:
    ///   - day: The day as YYYYMMDD, from 1970 on.
    ///   - offset: Seconds from TAI midnight to the beginning of the day.
    /// - Throws: ``ButlerError`` with `.time` if there is no such date, or the day is outside 1970 to 2099.
    public init(dayOfObservation day: Int, offset: Int = 0) throws {
        let (year, month, dayOfMonth) = (day / 10_000, day / 100 % 100, day % 100)
        guard 1970...9999 ~= year, 1...12 ~= month,
            1...CivilDate.daysInMonth(year: year, month: month) ~= dayOfMonth,
            abs(offset) <= 1_000_000_000
        else {
            throw ButlerError(
                .time,
                "\(day) with offset \(offset) s is not a day of observation.",
                remedy: "Give a date from 1970 on as YYYYMMDD."
            )
        }
        let midnight = CivilDate.dayNumber(year: year, month: month, day: dayOfMonth)
        let begin = TAI(day: midnight, nanosecond: Int64(offset) * 1_000_000_000, scale: .tai)
        let end = TAI(day: midnight + 1, nanosecond: Int64(offset) * 1_000_000_000, scale: .tai)
        try self.init(begin: begin, end: end)
    }
}

/// Calendar dates of the proleptic Gregorian calendar as day numbers, day 0 being 1970-01-01.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms".
enum CivilDate {
    /// Nanoseconds in a day of 86400 s.
    static let nanosecondsPerDay: Int64 = 86_400_000_000_000

    /// The day number of a date; the month must be in 1...12.
    static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Year, month and day of a day number.
    static func date(dayNumber: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Number of days of a month; the month must be in 1...12.
    static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Whether a year has a 29 February.
    static func isLeap(_ year: Int) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    /// Day number and nanosecond of the day of a count of nanoseconds, for negative counts too.
    static func split(_ nanoseconds: Int64) -> (day: Int, nanosecond: Int64) {
        var (day, nanosecond) = nanoseconds.quotientAndRemainder(dividingBy: nanosecondsPerDay)
        if nanosecond < 0 {
            day -= 1
            nanosecond += nanosecondsPerDay
        }
        return (Int(day), nanosecond)
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        (value >= 0 ? value : value - divisor + 1) / divisor
    }
}

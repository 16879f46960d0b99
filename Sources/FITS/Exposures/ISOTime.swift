/// Times as text in the proleptic Gregorian calendar, in a scale without leap seconds.
enum ISOTime {
    private static let nanosecondsPerDay: Int64 = 86_400_000_000_000

    /// Nanoseconds since 1970-01-01 of a text like `2025-01-01T03:04:05.678000000`; nil for any other form.
    static func nanoseconds(_ text: String) -> Int64? {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        let date = (parts.first ?? "").split(separator: "-").map { Int64($0) }
        guard parts.count == 2, date.count == 3, let year = date[0], let month = date[1], let day = date[2] else {
            return nil
        }
        let time = parts[1].split(separator: ":")
        guard time.count == 3, let hour = Int64(time[0]), let minute = Int64(time[1]) else { return nil }
        let second = time[2].split(separator: ".", omittingEmptySubsequences: false)
        guard second.count <= 2, let whole = second.first.flatMap({ Int64($0) }) else { return nil }
        let digits = second.count == 2 ? String(second[1].prefix(9)) : ""
        guard let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)) else { return nil }
        guard
            (1678...2261).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(whole), fraction >= 0
        else { return nil }
        let seconds = (hour * 60 + minute) * 60 + whole
        return days(year, month, day) * nanosecondsPerDay + seconds * 1_000_000_000 + fraction
    }

    /// The text of a time, with nine decimals.
    static func text(_ nanoseconds: Int64) -> String {
        var day = nanoseconds / nanosecondsPerDay
        var rest = nanoseconds % nanosecondsPerDay
        if rest < 0 {
            rest += nanosecondsPerDay
            day -= 1
        }
        let (year, month, date) = civil(day)
        let seconds = rest / 1_000_000_000
        let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(date, 2))T\(time).\(padded(rest % 1_000_000_000, 9))"
    }

    /// Days since 1970-01-01 (Howard Hinnant, chrono-compatible low-level date algorithms).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let civilMonth = month < 10 ? month + 3 : month - 9
        return (yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, day)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

/// The days that Rubin's packing can express, as dates and as numbers: 16384 days from 2010-01-01 on.
struct RubinCalendar: Sendable {
    /// How many days there are.
    static let dayCount = 16_384
    private static let firstYear = 2010

    /// The one table.
    static let table = RubinCalendar()

    /// YYYYMMDD by number of the day.
    let dates: [Int64]
    /// Number of the first day of each month, the last one the month after the table.
    private let months: [Int]

    private init() {
        var dates: [Int64] = []
        var months: [Int] = []
        var year = Self.firstYear
        while dates.count < Self.dayCount {
            for month in 1...12 {
                months.append(dates.count)
                let leap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                let length = month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
                dates += (1...length).map { Int64((year * 100 + month) * 100 + $0) }
            }
            year += 1
        }
        self.dates = Array(dates.prefix(Self.dayCount))
        self.months = months
    }

    /// The number of a date; nil when there is no such date in the table.
    func number(of date: Int64) -> Int64? {
        let (yearMonth, day) = date.quotientAndRemainder(dividingBy: 100)
        let (year, month) = yearMonth.quotientAndRemainder(dividingBy: 100)
        let index = (year - Int64(Self.firstYear)) * 12 + month - 1
        guard (1...12).contains(month), (0..<Int64(months.count)).contains(index) else { return nil }
        let number = months[Int(index)] + Int(day) - 1
        guard dates.indices.contains(number), dates[number] == date else { return nil }
        return Int64(number)
    }
}

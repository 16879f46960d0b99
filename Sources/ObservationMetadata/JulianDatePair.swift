import AstroTime

/// The wire form of an instant: a Julian Date in TAI as whole days and a fraction in -0.5 to 0.5.
struct JulianDatePair {
    let day: Double
    let fraction: Double

    private static let nanosecondsPerDay: Int64 = 86_400_000_000_000
    /// Julian Date of 1970-01-01 12:00.
    private static let epochNoon: Int64 = 2_440_588

    /// The pair of an instant; exact to the last bit of the fraction.
    init(_ instant: TAI) {
        var (number, nanosecond) = instant.nanoseconds.quotientAndRemainder(dividingBy: Self.nanosecondsPerDay)
        if nanosecond < 0 {
            number -= 1
            nanosecond += Self.nanosecondsPerDay
        }
        // Midnight lies between two whole days; the reference takes the even one.
        let isTie = nanosecond == 0 && !(number + Self.epochNoon).isMultiple(of: 2)
        day = Double(number + Self.epochNoon - (isTie ? 1 : 0))
        fraction = isTie ? 0.5 : Double(nanosecond) / Double(Self.nanosecondsPerDay) - 0.5
    }

    /// A pair read from a file; nil unless both are finite and the sum lies in the years 1970 to 2099.
    init?(day: Double, fraction: Double) {
        guard day.isFinite, fraction.isFinite, (2_440_587.0...2_488_071.0).contains(day + fraction) else { return nil }
        self.day = day
        self.fraction = fraction
    }

    /// The instant, rounded to nanoseconds.
    var instant: TAI {
        let whole = day.rounded(.toNearestOrEven)
        let rest = (day - whole) + fraction + 0.5
        let nanoseconds = (rest * Double(Self.nanosecondsPerDay)).rounded(.toNearestOrEven)
        let days = Int64(whole) - Self.epochNoon
        return TAI(nanoseconds: 0).advanced(byNanoseconds: days * Self.nanosecondsPerDay + Int64(nanoseconds))
    }
}

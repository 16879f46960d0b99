/// A Julian Date as the unevaluated sum of two doubles: a whole number of days and a fraction in -0.5...0.5.
///
/// The steps and their order follow the reference's time library, so that results agree to the last nanosecond. The
/// error-free sums and products are those of T. J. Dekker (1971) and D. E. Knuth (TAOCP 4.2.2).
struct JulianDay {
    /// Whole days; noon of 1970-01-01 is 2440588.
    var day: Double
    /// Fraction of a day since noon.
    var fraction: Double

    /// Julian Date of 1970-01-01 12:00.
    static let epochNoon = 2_440_588.0
    private static let nanosecondsPerDay = 86_400e9
    private static let secondsPerDay = 86_400.0

    /// Normalises the sum of two doubles.
    init(_ first: Double, _ second: Double = 0) {
        let (sum, error) = JulianDay.sum(first, second)
        self.init(sum: sum, error: error)
    }

    /// Normalises a double and its rounding error.
    private init(sum: Double, error: Double) {
        day = sum.rounded(.toNearestOrEven)
        let first = JulianDay.sum(sum, -day)
        fraction = first.sum + (first.error + error)
        day += fraction.rounded(.toNearestOrEven)
        let second = JulianDay.sum(sum, -day)
        fraction = second.sum + (second.error + error)
    }

    /// A number of units as days, with the rounding error of the division.
    init(_ value: Double, unitsPerDay: Double) {
        let quotient = value / unitsPerDay
        let product = JulianDay.product(quotient, unitsPerDay)
        let rest = JulianDay.sum(value, -product.product)
        let correction = (rest.sum + (rest.error - product.error)) / unitsPerDay
        let (sum, error) = JulianDay.sum(quotient, correction)
        self.init(sum: sum, error: error)
    }

    /// The Julian Date of an instant in a scale; UTC days are scaled to length one.
    init(_ instant: TAI, scale: TimeScale) {
        let (number, nanosecond) = instant.civil(scale)
        var length = JulianDay.nanosecondsPerDay
        if scale == .utc, number >= LeapSeconds.firstDay { length += Double(LeapSeconds.excess(day: number)) }
        self.init(JulianDay.epochNoon + Double(number), Double(nanosecond) / length - 0.5)
    }

    /// The nearest double.
    var value: Double { day + fraction }

    /// The same moment with two more doubles added.
    func adding(_ days: Double, _ fraction: Double) -> JulianDay {
        JulianDay(day + days, self.fraction + fraction)
    }

    /// This length of time multiplied by a number.
    func multiplied(by factor: Double) -> JulianDay {
        let product = JulianDay.product(day, factor)
        let (sum, error) = JulianDay.sum(product.product, product.error + fraction * factor)
        return JulianDay(sum: sum, error: error)
    }

    /// The moment as TAI, when this is a date in the given scale.
    func tai(from scale: TimeScale) -> JulianDay {
        switch scale {
        case .tai: return self
        case .tt: return JulianDay(day, fraction - 32.184 / JulianDay.secondsPerDay)
        case .utc:
            let whole = fraction >= 0.5 ? day + 1 : day
            let elapsed = fraction >= 0.5 ? fraction - 0.5 : fraction + 0.5
            guard let number = Int(exactly: whole - JulianDay.epochNoon), abs(number) < 1_000_000 else { return self }
            let leap = 1 + Double(LeapSeconds.excess(day: number)) / JulianDay.nanosecondsPerDay
            let drift = (JulianDay.secondsPerDay + LeapSeconds.drift(day: number)) / JulianDay.secondsPerDay
            let offset = Double(LeapSeconds.offset(day: number)) / JulianDay.nanosecondsPerDay
            return JulianDay(day, (whole - day - 0.5) + (elapsed * leap * drift + offset))
        }
    }

    /// The instant, when this is a date in TAI; rounded half to even, clamped.
    var instant: TAI {
        let split = JulianDay(day - JulianDay.epochNoon, fraction + 0.5)
        guard split.day > -10 else { return .earliest }
        guard split.day < 50_000 else { return .latest }
        let nanosecond = (split.fraction * JulianDay.nanosecondsPerDay).rounded(.toNearestOrEven)
        return TAI(clamping: Int64(split.day) * CivilDate.nanosecondsPerDay + Int64(nanosecond))
    }

    /// The sum of two doubles and its exact rounding error.
    private static func sum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
        let sum = a + b
        let shadow = sum - a
        return (sum, (a - (sum - shadow)) + (b - shadow))
    }

    /// The product of two doubles and its exact rounding error.
    private static func product(_ a: Double, _ b: Double) -> (product: Double, error: Double) {
        let product = a * b
        return (product, (-product).addingProduct(a, b))
    }
}

import StewardCore

extension TAI {
    /// The instant that a number stands for; clamped.
    ///
    /// Days and seconds of UTC are those of the reference: a UTC day is stretched to its own length, so that
    /// fractions of a day with a leap second do not count 86400 s.
    ///
    /// - Parameters:
    ///   - value: Days, seconds or years, as the format says.
    ///   - format: A format that is one number.
    ///   - scale: The scale of the date; the format's own default if nil. Formats that count from a fixed instant
    ///     mean the same in every scale.
    /// - Throws: ``ButlerError`` with `.time` if the value is not finite or the format is textual.
    public init(_ value: Double, format: TimeFormat, scale: TimeScale? = nil) throws {
        guard value.isFinite else {
            throw ButlerError(.time, "\"\(value)\" is not a time.", remedy: "Give a finite number.")
        }
        let scale = scale ?? format.defaultScale
        switch format {
        case .jd: self = JulianDay(value).tai(from: scale).instant
        case .mjd:
            let date = JulianDay(value)
            self = date.adding(2_400_000.5, 0).tai(from: scale).instant
        case .jyear: self = JulianDay(2_400_000.5, 51_544.5 + (value - 2000) * 365.25).tai(from: scale).instant
        case .byear:
            let days = 15_019.81352 + (value - 1900) * 365.242_198_781
            self = JulianDay(2_400_000.5, days).tai(from: scale).instant
        case .decimalyear: self = TAI.decimalYear(value, scale: scale)
        case .unix: self = TAI.since(JulianDay.epochNoon, -0.5, value, unitsPerDay: 86_400, scale: .utc)
        case .unixTAI: self = TAI.since(JulianDay.epochNoon, -0.5, value, unitsPerDay: 86_400, scale: .tai)
        case .cxcsec: self = TAI.since(2_450_815, -0.5, value, unitsPerDay: 86_400, scale: .tt)
        case .gps: self = TAI.since(2_444_245, -0.5 + 19 / 86_400, value, unitsPerDay: 86_400, scale: .tai)
        case .galexsec: self = TAI.since(2_444_245, -0.5, value, unitsPerDay: 86_400, scale: .utc)
        case .plotDate: self = TAI.since(1_721_424, 0.5, value, unitsPerDay: 1, scale: .utc)
        case .iso, .isot, .fits, .yday:
            throw ButlerError(
                .time,
                "The number \(value) is not a time in the format \"\(format.rawValue)\".",
                remedy: "Write \(format.shape), or use a format such as mjd."
            )
        }
    }

    /// Modified Julian Date in a scale.
    public func modifiedJulianDate(_ scale: TimeScale = .tai) -> Double {
        let date = JulianDay(self, scale: scale)
        return (date.day - 2_400_000.5) + date.fraction
    }

    /// Julian Date in a scale.
    public func julianDate(_ scale: TimeScale = .tai) -> Double {
        JulianDay(self, scale: scale).value
    }

    /// Seconds since 1970-01-01 UTC, leap seconds not counted.
    public var unixSeconds: Double {
        let date = JulianDay(self, scale: .utc)
        return (date.day - JulianDay.epochNoon) * 86_400 + (date.fraction + 0.5) * 86_400
    }

    /// The instant some units after an epoch.
    private static func since(
        _ day: Double,
        _ fraction: Double,
        _ value: Double,
        unitsPerDay: Double,
        scale: TimeScale
    ) -> TAI {
        let elapsed = JulianDay(value, unitsPerDay: unitsPerDay)
        return elapsed.adding(day, fraction).tai(from: scale).instant
    }

    /// The instant at a fraction of a calendar year.
    private static func decimalYear(_ value: Double, scale: TimeScale) -> TAI {
        guard value > 1960 else { return .earliest }
        guard value < 2110 else { return .latest }
        let year = Int(value.rounded(.down))
        let begin = yearStart(year, scale: scale)
        let end = yearStart(year + 1, scale: scale)
        let length = JulianDay(end.day - begin.day, end.fraction - begin.fraction)
        let elapsed = length.multiplied(by: value - Double(year))
        return begin.adding(elapsed.day, elapsed.fraction).instant
    }

    /// 1 January 0h of a year in a scale, as a TAI date.
    private static func yearStart(_ year: Int, scale: TimeScale) -> JulianDay {
        let day = CivilDate.dayNumber(year: year, month: 1, day: 1)
        return JulianDay(JulianDay.epochNoon + Double(day), -0.5).tai(from: scale)
    }
}

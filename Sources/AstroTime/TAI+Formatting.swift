extension TAI: CustomStringConvertible {
    /// The tag of times in the reference's YAML files.
    public static let yamlTag = "!butler_time/tai/iso"

    /// The time in TAI with nine decimals, `2020-01-01T00:00:00.000000000`.
    public var description: String { isot() }

    /// The scalar that exports hold behind ``yamlTag``: TAI, blank between date and time, nine decimals.
    public var yamlText: String { iso() }

    /// The time as `2020-01-01 12:34:56.123456789`.
    ///
    /// - Parameters:
    ///   - decimals: Digits after the decimal point of the seconds, 0 to 9; rounded half up.
    ///   - scale: The scale to write in. A leap second of UTC has second 60.
    /// - Returns: The text, without the name of the scale.
    public func iso(decimals: Int = 9, scale: TimeScale = .tai) -> String {
        text(separator: " ", decimals: decimals, scale: scale)
    }

    /// The time as `2020-01-01T12:34:56.123456789`.
    ///
    /// - Parameters:
    ///   - decimals: Digits after the decimal point of the seconds, 0 to 9; rounded half up.
    ///   - scale: The scale to write in. A leap second of UTC has second 60.
    /// - Returns: The text, without the name of the scale.
    public func isot(decimals: Int = 9, scale: TimeScale = .tai) -> String {
        text(separator: "T", decimals: decimals, scale: scale)
    }

    /// The time in TAI to the second, rounded to microseconds first and then cut, as the reference prints timespans.
    var wholeSeconds: String {
        String(isot(decimals: 6).prefix(19))
    }

    private func text(separator: Unicode.Scalar, decimals: Int, scale: TimeScale) -> String {
        let decimals = min(max(decimals, 0), 9)
        let (dayNumber, nanosecond) = rounded(civil(scale), decimals: decimals, scale: scale)
        let (year, month, day) = CivilDate.date(dayNumber: dayNumber)
        let minutes = min(Int(nanosecond / 60_000_000_000), 1439)
        let rest = Int(nanosecond - Int64(minutes) * 60_000_000_000)
        return String(unsafeUninitializedCapacity: 30) { buffer in
            var writer = DigitWriter(buffer: buffer)
            writer.write(year, width: 4)
            writer.write("-")
            writer.write(month, width: 2)
            writer.write("-")
            writer.write(day, width: 2)
            writer.write(separator)
            writer.write(minutes / 60, width: 2)
            writer.write(":")
            writer.write(minutes % 60, width: 2)
            writer.write(":")
            writer.write(rest / 1_000_000_000, width: 2)
            if decimals > 0 {
                writer.write(".")
                writer.write(rest % 1_000_000_000 / Int(TAI.unit(decimals)), width: decimals)
            }
            return writer.count
        }
    }

    /// Rounds the time of the day, into the next day if need be.
    private func rounded(
        _ moment: (day: Int, nanosecond: Int64),
        decimals: Int,
        scale: TimeScale
    ) -> (day: Int, nanosecond: Int64) {
        guard decimals < 9 else { return moment }
        let unit = TAI.unit(decimals)
        let nanosecond = (moment.nanosecond + unit / 2) / unit * unit
        var length = CivilDate.nanosecondsPerDay
        if scale == .utc, moment.day >= LeapSeconds.firstDay { length += LeapSeconds.excess(day: moment.day) }
        return nanosecond < length ? (moment.day, nanosecond) : (moment.day + 1, nanosecond - length)
    }

    /// Nanoseconds in one unit of the last decimal.
    private static func unit(_ decimals: Int) -> Int64 {
        var unit: Int64 = 1
        for _ in decimals..<9 { unit *= 10 }
        return unit
    }
}

/// Writes numbers with leading zeros into raw text.
private struct DigitWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    mutating func write(_ character: Unicode.Scalar) {
        buffer[count] = UInt8(ascii: character)
        count += 1
    }

    mutating func write(_ value: Int, width: Int) {
        var value = value
        for place in stride(from: count + width - 1, through: count, by: -1) {
            buffer[place] = UInt8(truncatingIfNeeded: 0x30 + value % 10)
            value /= 10
        }
        count += width
    }
}

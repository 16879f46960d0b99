import StewardCore

extension TAI {
    /// The instant that text stands for; clamped.
    ///
    /// Hours run to 23 and minutes to 59. Seconds below 61 are taken everywhere, as the reference does: 60 is the
    /// leap second where there is one, the next minute elsewhere. With more than nine decimals the result is that of
    /// the reference's double arithmetic.
    ///
    /// - Parameters:
    ///   - text: The time, without zone and without surrounding blanks.
    ///   - format: The format; for a numeric one the text is read as a number.
    ///   - scale: The scale; the format's own default if nil.
    /// - Throws: ``ButlerError`` with `.time` if the text does not have the form, or no such date or time exists.
    public init(_ text: some StringProtocol, format: TimeFormat, scale: TimeScale? = nil) throws {
        guard format.isText else {
            guard let value = Double(text) else { throw TAI.error(String(text), format, .shape) }
            try self.init(value, format: format, scale: scale)
            return
        }
        var copy = String(text)
        do throws(TimeTextProblem) {
            self.init(try copy.withUTF8Fields(format), scale: scale ?? format.defaultScale)
        } catch {
            throw TAI.error(copy, format, error)
        }
    }

    /// The instant that a date in the notation of exports stands for: TAI, blank between date and time.
    ///
    /// - Parameter text: The scalar behind the tag ``yamlTag``.
    /// - Throws: ``ButlerError`` with `.time` if the text has another form, for instance with a `T`.
    public init(yaml text: some StringProtocol) throws {
        try self.init(text, format: .iso, scale: .tai)
    }

    /// The instant of a date and time; exact up to nine decimals, else in the two doubles of the reference.
    private init(_ fields: TimeFields, scale: TimeScale) {
        guard let fraction = fields.fraction else {
            let nanosecond = Int64(fields.second) * 1_000_000_000 + fields.nanosecond
            self.init(day: fields.day, nanosecond: nanosecond, scale: scale)
            return
        }
        let (minutes, second) = fields.second.quotientAndRemainder(dividingBy: 60)
        let elapsed = Double(minutes * 60) + (Double(second) + fraction)
        let excess = scale == .utc ? Double(LeapSeconds.excess(day: fields.day)) / 1e9 : 0
        let midnight = JulianDay.epochNoon - 0.5 + Double(fields.day)
        self = JulianDay(midnight, elapsed / (86_400 + excess)).tai(from: scale).instant
    }

    private static func error(_ text: String, _ format: TimeFormat, _ problem: TimeTextProblem) -> ButlerError {
        let reason =
            switch problem {
            case .shape: ""
            case .range(let field, let value): ": there is no \(field) \(value)"
            }
        return ButlerError(
            .time,
            "\"\(text)\" is not a time in the format \"\(format.rawValue)\"\(reason).",
            remedy: "Write \(format.shape)."
        )
    }
}

extension String {
    /// Reads the fields of a textual format.
    fileprivate mutating func withUTF8Fields(
        _ format: TimeFormat
    ) throws(TimeTextProblem) -> TimeFields {
        let result = withUTF8 { bytes -> Result<TimeFields, TimeTextProblem> in
            var scanner = TimeScanner(bytes)
            return Result { () throws(TimeTextProblem) in try scanner.fields(format) }
        }
        return try result.get()
    }
}

extension TimeScanner {
    /// Reads a date and the time of the day, if there is one.
    fileprivate mutating func fields(_ format: TimeFormat) throws(TimeTextProblem) -> TimeFields {
        var fields = TimeFields(day: try format == .yday ? ordinalDate() : calendarDate(isFITS: format == .fits))
        guard !isAtEnd else { return fields }
        switch format {
        case .yday: try expect(":")
        case .iso: try expect(" ")
        default: try expect("T")
        }
        try timeOfDay(isFITS: format == .fits, into: &fields)
        guard isAtEnd else { throw .shape }
        return fields
    }

    /// Reads year, month and day.
    private mutating func calendarDate(isFITS: Bool) throws(TimeTextProblem) -> Int {
        let digits = isFITS ? 2...2 : 1...2
        let year = try isFITS ? signedYear() : number(digits: 4...4)
        try expect("-")
        let month = try number(digits: digits)
        try expect("-")
        let day = try number(digits: digits)
        guard 1...12 ~= month else { throw .range("month", month) }
        guard 1...CivilDate.daysInMonth(year: year, month: month) ~= day else { throw .range("day", day) }
        return CivilDate.dayNumber(year: year, month: month, day: day)
    }

    /// Reads four digits, or a sign and five.
    private mutating func signedYear() throws(TimeTextProblem) -> Int {
        if skip("+") { return try number(digits: 5...5) }
        if skip("-") { return try -number(digits: 5...5) }
        return try number(digits: 4...4)
    }

    /// Reads year and day of the year; day 366 is taken in every year.
    private mutating func ordinalDate() throws(TimeTextProblem) -> Int {
        let year = try number(digits: 4...4)
        try expect(":")
        let day = try number(digits: 1...3)
        guard 1...366 ~= day else { throw .range("day of the year", day) }
        return CivilDate.dayNumber(year: year, month: 1, day: 1) + day - 1
    }

    /// Reads hour, minute and, unless the text ends, second and decimals.
    private mutating func timeOfDay(isFITS: Bool, into fields: inout TimeFields) throws(TimeTextProblem) {
        let digits = isFITS ? 2...2 : 1...2
        let hour = try number(digits: digits)
        try expect(":")
        let minute = try number(digits: digits)
        var second = 0
        if !isAtEnd || isFITS {
            try expect(":")
            second = try number(digits: digits)
            if skip(".") { (fields.nanosecond, fields.fraction) = decimals() }
        }
        guard hour < 24 else { throw .range("hour", hour) }
        guard minute < 60 else { throw .range("minute", minute) }
        guard second < 61 else { throw .range("second", second) }
        fields.second = (hour * 60 + minute) * 60 + second
    }
}

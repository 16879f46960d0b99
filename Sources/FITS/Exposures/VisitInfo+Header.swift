internal import StewardCore

extension VisitInfo {
    /// Reads the cards of an exposure's primary header.
    ///
    /// - Parameter header: The header.
    /// - Throws: `ButlerError` of code `header` for a time scale other than TAI, and values that are no numbers.
    public init(_ header: FITSHeader) throws {
        for (keyword, path) in Self.numbers { self[keyPath: path] = try Self.number(header, keyword) }
        for (keyword, path) in Self.texts { self[keyPath: path] = try header.stringIfPresent(keyword) }
        boresightRADec = try Self.pair(header, "BORE-RA", "BORE-DEC")
        boresightAzAlt = try Self.pair(header, "BORE-AZ", "BORE-ALT")
        rotationType = try header.stringIfPresent("ROTTYPE").flatMap(RotationType.init) ?? .unknown
        id = try header.integerIfPresent("IDNUM")
        hasSimulatedContent = try header.logicalIfPresent("HAS-SIMULATED-CONTENT") ?? false
        guard let text = try header.stringIfPresent("DATE-AVG") else { return }
        let scale = try header.stringIfPresent("TIMESYS") ?? "TAI"
        guard scale == "TAI" else {
            throw header.error("TIMESYS", "has the value \"\(scale)\"; exposure files have times in TAI")
        }
        guard let date = ISOTime.nanoseconds(text) else {
            throw header.error("DATE-AVG", "has the value \"\(text)\", which is no ISO 8601 time")
        }
        self.date = date
    }

    /// The cards for an exposure's primary header, without values that are absent or not finite.
    public var cards: [FITSCard] {
        var cards: [FITSCard] = []
        func add(_ keyword: String, _ value: Double?) {
            if let value, value.isFinite { cards.append(FITSCard(keyword, .real(value))) }
        }
        for (keyword, path) in Self.numbers { add(keyword, self[keyPath: path]) }
        if let date {
            cards.append(FITSCard("DATE-AVG", .string(ISOTime.text(date))))
            cards.append(FITSCard("TIMESYS", "TAI"))
        }
        add("BORE-RA", boresightRADec?[0])
        add("BORE-DEC", boresightRADec?[1])
        add("BORE-AZ", boresightAzAlt?[0])
        add("BORE-ALT", boresightAzAlt?[1])
        cards.append(FITSCard("ROTTYPE", .string(rotationType.rawValue)))
        for (keyword, path) in Self.texts {
            if let value = self[keyPath: path], !value.isEmpty { cards.append(FITSCard(keyword, .string(value))) }
        }
        if let id, id != 0 { cards.append(FITSCard("IDNUM", .integer(id))) }
        cards.append(FITSCard("HAS-SIMULATED-CONTENT", .logical(hasSimulatedContent)))
        return cards
    }

    /// All keywords of the description.
    static let keywords: Set<String> = Set(numbers.map(\.0) + texts.map(\.0)).union([
        "BORE-RA", "BORE-DEC", "BORE-AZ", "BORE-ALT", "ROTTYPE", "IDNUM", "HAS-SIMULATED-CONTENT", "DATE-AVG",
        "TIMESYS",
        "TIME-MID",
    ])

    private static var numbers: [(String, WritableKeyPath<VisitInfo, Double?>)] {
        [
            ("EXPTIME", \.exposureTime), ("DARKTIME", \.darkTime), ("MJD-AVG-UT1", \.ut1),
            ("AVG-ERA", \.earthRotationAngle),
            ("BORE-AIRMASS", \.boresightAirmass), ("BORE-ROTANG", \.boresightRotationAngle), ("OBS-LONG", \.longitude),
            ("OBS-LAT", \.latitude), ("OBS-ELEV", \.elevation), ("AIRTEMP", \.airTemperature),
            ("AIRPRESS", \.airPressure),
            ("HUMIDITY", \.humidity), ("FOCUSZ", \.focusZ),
        ]
    }

    private static var texts: [(String, WritableKeyPath<VisitInfo, String?>)] {
        [
            ("INSTRUMENT", \.instrument), ("OBSTYPE", \.observationType), ("PROGRAM", \.scienceProgram),
            ("REASON", \.observationReason), ("OBJECT", \.object),
        ]
    }

    private static func pair(_ header: FITSHeader, _ first: String, _ second: String) throws -> SIMD2<Double>? {
        guard let a = try number(header, first), let b = try number(header, second) else { return nil }
        return SIMD2(a, b)
    }

    /// A number, also one written as a string.
    private static func number(_ header: FITSHeader, _ keyword: String) throws -> Double? {
        if let text = header[keyword]?.stringValue {
            guard let value = Double(text) else {
                throw header.error(keyword, "has the value \"\(text)\", which is no number")
            }
            return value
        }
        return try header.realIfPresent(keyword)
    }
}

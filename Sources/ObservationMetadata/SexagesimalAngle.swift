/// Reads angles as headers write them: a number, or hours (degrees), minutes and seconds between colons or blanks.
enum SexagesimalAngle {
    /// Unit of an angle in a header.
    enum Unit: String, CaseIterable, Sendable {
        /// Hours of right ascension.
        case hours
        /// Degrees.
        case degrees

        /// Degrees in one unit.
        ///
        /// For hours this is the double that the reference's unit conversion uses, one step below 15: right
        /// ascensions then agree to the last bit.
        var inDegrees: Double {
            switch self {
            case .hours: 14.999999999999998
            case .degrees: 1
            }
        }
    }

    /// The angle in its own unit, or nil if the text is none.
    ///
    /// Minutes and seconds must be below 60 (a second of 60 counts as the next minute); hours below 24.
    static func value(of text: String, _ unit: Unit) -> Double? {
        var rest = Substring(text.drop { $0 == " " })
        while rest.last == " " { rest.removeLast() }
        if let number = Double(rest) { return number.isFinite ? number : nil }
        var sign = 1.0
        if let first = rest.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            rest = rest.dropFirst()
        }
        let parts =
            rest.contains(":")
            ? rest.split(separator: ":", omittingEmptySubsequences: false) : rest.split(separator: " ")
        guard (2...3).contains(parts.count) else { return nil }
        let numbers = parts.compactMap { $0.first?.isNumber == true ? Double($0) : nil }
        guard numbers.count == parts.count, numbers.dropFirst().allSatisfy({ (0...60).contains($0) }),
            numbers[1] < 60, unit != .hours || numbers[0] < 24
        else { return nil }
        return sign * (numbers[0] + numbers[1] / 60 + (numbers.count == 3 ? numbers[2] : 0) / 3600)
    }
}

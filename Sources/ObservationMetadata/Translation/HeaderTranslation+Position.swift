import FITS
import StewardCore

extension HeaderTranslation {
    // MARK: Places

    /// Follows a location rule: the first form whose first number is there, else the last form.
    func location(_ rule: LocationRule) throws(ButlerError) -> GeocentricLocation {
        guard let form = rule.forms.first(where: { isThere($0.first) }) ?? rule.forms.last else {
            throw failure("the location has no form")
        }
        return try location(form)
    }

    private func isThere(_ number: HeaderNumber) -> Bool {
        switch number {
        case .constant: true
        case .keyword(let keyword, _): header.defined(keyword) != nil
        }
    }

    private func location(_ form: LocationRule.Form) throws(ButlerError) -> GeocentricLocation {
        switch form {
        case .geodetic(let longitude, let latitude, let height):
            GeocentricLocation(
                longitude: try number(longitude),
                latitude: try number(latitude),
                height: try number(height)
            )
        case .geocentric(let x, let y, let z):
            GeocentricLocation(x: try number(x), y: try number(y), z: try number(z))
        }
    }

    private func number(_ number: HeaderNumber) throws(ButlerError) -> Double {
        switch number {
        case .constant(let value): return value
        case .keyword(let keyword, let factor):
            guard header.defined(keyword) != nil else { throw missing([keyword]) }
            return try self.number(keyword, inText: factor == 1) * factor
        }
    }

    private func number(_ keyword: String, inText: Bool = false) throws(ButlerError) -> Double {
        let number = inText ? header[keyword]?.number : header[keyword]?.realValue
        guard let value = number, value.isFinite else {
            throw header.error(keyword, "is not a finite number")
        }
        return value
    }

    // MARK: Directions

    /// Follows a rule for right ascension and declination; nil for moving targets, or when none is there and that is
    /// allowed.
    mutating func equatorial(_ rule: EquatorialRule) throws(ButlerError) -> SkyPosition? {
        let frame = rule.frames.lazy.compactMap { [header] in header.defined($0)?.text.trimmingBlanks.lowercased() }
            .first
        guard frame != "gappt" else { return nil }
        for (rightAscension, declination) in rule.pairs
        where header.defined(rightAscension) != nil && header.defined(declination) != nil {
            let alpha = try angle(rightAscension, rule.rightAscensionUnit)
            let delta = try angle(declination, rule.declinationUnit)
            guard let position = SkyPosition(longitude: alpha, latitude: delta) else {
                throw header.error(declination, "gives a declination of \(delta) degrees")
            }
            try needWhenAndWhere()
            return try icrs(position, frame: frame ?? "icrs", keyword: rule.frames.first ?? "")
        }
        try absent(rule.absence, rule.pairs.flatMap { [$0.rightAscension, $0.declination] })
        return nil
    }

    /// A direction is one of an instant and a place: where these fail, it does.
    private mutating func needWhenAndWhere() throws(ButlerError) {
        _ = try instant(.datetimeBegin)
        _ = try value(.location)
    }

    private func icrs(_ position: SkyPosition, frame: String, keyword: String) throws(ButlerError) -> SkyPosition {
        switch frame {
        case "icrs": return position
        case "fk5": return FK5Frame.icrs(position)
        default:
            throw header.error(keyword, "names the frame \"\(frame)\", which is not ICRS, FK5 or GAPPT")
        }
    }

    /// The angle of a keyword in degrees.
    func angle(_ keyword: String, _ unit: SexagesimalAngle.Unit) throws(ButlerError) -> Double {
        let value = header.defined(keyword)
        let number = value?.realValue ?? value?.stringValue.flatMap { SexagesimalAngle.value(of: $0, unit) }
        guard let number, number.isFinite else {
            throw header.error(keyword, "is not an angle in \(unit.rawValue)")
        }
        return number * unit.inDegrees
    }

    /// Follows a rule for azimuth and altitude; nil when none is there or to be believed, and that is allowed.
    mutating func horizontal(_ rule: HorizontalRule) throws(ButlerError) -> SkyPosition? {
        _ = try instant(.datetimeBegin)
        for pair in rule.pairs where header.defined(pair.altitude) != nil && header.defined(pair.azimuth) != nil {
            let measured = try number(pair.altitude)
            let altitude = pair.isZenithDistance ? 90 - measured : measured
            let azimuth = try number(pair.azimuth)
            guard azimuth >= -360, altitude >= -90 else { break }
            try needWhenAndWhere()
            let limited = min(max(altitude, rule.altitudes.lowerBound), rule.altitudes.upperBound)
            return SkyPosition(longitude: rule.azimuth.applied(to: azimuth), latitude: limited)
        }
        try absent(rule.absence, rule.pairs.flatMap { [$0.altitude, $0.azimuth] })
        return nil
    }
}

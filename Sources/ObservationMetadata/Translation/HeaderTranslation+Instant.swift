import AstroTime
import FITS
import StewardCore

extension HeaderTranslation {
    /// Follows an instant rule; nil when no source is there and that is allowed.
    mutating func instant(_ rule: InstantRule) throws(ButlerError) -> TAI? {
        for source in rule.sources {
            guard let instant = try instant(source) else { continue }
            guard let notBefore = rule.notBefore, let earliest = try self.instant(notBefore) else { return instant }
            return max(instant, earliest)
        }
        try absent(rule.absence, rule.sources.compactMap(\.keyword))
        return nil
    }

    private mutating func instant(_ source: InstantSource) throws(ButlerError) -> TAI? {
        let base: TAI?
        switch source.origin {
        case .property(let property): base = try instant(property)
        case .date(let keyword): base = try date(keyword, source)
        case .modifiedJulianDate(let keyword): base = try modifiedJulianDate(keyword, source)
        }
        guard var instant = base else { return nil }
        for (property, factor) in source.plus {
            guard let seconds = try real(property) else { return nil }
            if source.goesForwardOnly, seconds * factor < 0 { continue }
            instant = instant.advanced(bySeconds: factor == 1 ? seconds : seconds * factor)
        }
        return instant
    }

    private func date(_ keyword: String, _ source: InstantSource) throws(ButlerError) -> TAI? {
        guard let value = header.defined(keyword) else { return nil }
        var text = value.text
        if let timeKeyword = source.timeOfDay {
            guard let time = header.defined(timeKeyword) else { throw missing([timeKeyword]) }
            text = "\(text.prefix(10))T\(time.text)"
        }
        let scale = try scale(source)
        do {
            return try TAI(text.trimmingBlanks, format: .isot, scale: scale)
        } catch {
            throw header.error(keyword, "gives \"\(text)\", which is not a date and time in ISO form")
        }
    }

    private func modifiedJulianDate(_ keyword: String, _ source: InstantSource) throws(ButlerError) -> TAI? {
        guard let value = header.defined(keyword) else { return nil }
        let scale = try scale(source)
        guard let number = value.number, let day = value.realValue ?? value.number?.rounded(.towardZero),
            let instant = try? TAI(day, format: .mjd, scale: scale)
        else { throw header.error(keyword, "has the value \(value), which is not a Modified Julian Date") }
        // A text may have more decimals than a number.
        let fraction = value.stringValue?.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first
        guard let fraction, let part = Double("0.\(fraction)") else {
            return number == day ? instant : try? TAI(number, format: .mjd, scale: scale)
        }
        return instant.advanced(bySeconds: (number < 0 ? -part : part) * 86_400)
    }

    /// The scale of a source: its own, that of `TIMESYS`, or UTC.
    private func scale(_ source: InstantSource) throws(ButlerError) -> TimeScale {
        if let scale = source.scale { return scale }
        guard let value = header.defined("TIMESYS") else { return .utc }
        guard let scale = try? TimeScale(name: value.text.lowercased()) else {
            throw header.error("TIMESYS", "names the time scale \(value), which is not UTC, TAI or TT")
        }
        return scale
    }
}

extension InstantSource {
    /// The keyword that holds the date.
    fileprivate var keyword: String? {
        switch origin {
        case .date(let keyword), .modifiedJulianDate(let keyword): keyword
        case .property: nil
        }
    }
}

extension String {
    /// The text without blanks at either end.
    var trimmingBlanks: String {
        var rest = self[...].drop { $0 == " " }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}

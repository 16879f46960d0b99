internal import AstroTime
internal import StewardCore

/// How dates of positions are written, and what Modified Julian Date in TAI they are.
struct EpochReading: Sendable {
    private let format: TimeFormat
    private let scale: Scale

    /// A time scale of input dates: those of repositories, and the barycentric one of Gaia.
    private enum Scale: Sendable {
        case known(TimeScale)
        /// Barycentric Coordinate Time.
        case tcb
    }

    /// Reads the names of a format and a scale.
    ///
    /// - Parameters:
    ///   - format: A format as astropy names it.
    ///   - scale: `utc`, `tai`, `tt` or `tcb`; that of the format if nil.
    /// - Throws: ``ButlerError`` with `.time` for unknown names.
    init(format: String, scale: String?) throws {
        self.format = try TimeFormat(name: format)
        if scale?.lowercased() == "tcb" {
            self.scale = .tcb
            guard !self.format.isText else {
                throw ButlerError(.time, "Dates in TCB must be numbers, such as jyear or mjd.")
            }
        } else {
            self.scale = .known(try scale.map { try TimeScale(name: $0) } ?? self.format.defaultScale)
        }
    }

    /// Whether dates are written as text of several fields.
    var isText: Bool { format.isText }

    /// Seconds by which TT is ahead of TAI, in days.
    private static let terrestrialOffset = 32.184 / 86_400

    /// The Modified Julian Date in TAI of a number; NaN for NaN.
    ///
    /// TCB follows IAU 2006 resolution B3 without the periodic terms, which are below 2 ms.
    func modifiedJulianDate(_ value: Double) throws -> Double {
        guard value.isFinite else { return .nan }
        let days: Double? =
            switch format {
            case .jyear: 51_544.5 + (value - 2000) * 365.25
            case .byear: 15_019.81352 + (value - 1900) * 365.242_198_781
            case .mjd: value
            case .jd: value - 2_400_000.5
            default: nil
            }
        switch (scale, days) {
        case (.tcb, let days?):
            let terrestrial = days - 1.550519768e-8 * (days - 43_144.0003725)
            return terrestrial - Self.terrestrialOffset
        case (.known(.tai), let days?): return days
        case (.known(.tt), let days?): return days - Self.terrestrialOffset
        case (.known(let scale), _): return try checked(TAI(value, format: format, scale: scale))
        case (.tcb, nil):
            throw ButlerError(.time, "Dates in TCB must be given as jyear, byear, mjd or jd.")
        }
    }

    /// The Modified Julian Date in TAI of a text.
    func modifiedJulianDate(_ text: String) throws -> Double {
        guard case .known(let scale) = scale, isText else { return .nan }
        return try checked(TAI(text, format: format, scale: scale))
    }

    private func checked(_ instant: TAI) throws -> Double {
        guard instant > .earliest, instant < .latest else {
            throw ButlerError(
                .time,
                "A date before 1970 or after 2100 cannot be converted from this scale.",
                remedy: "Give it as jyear or mjd in TAI or TT."
            )
        }
        return instant.modifiedJulianDate()
    }
}

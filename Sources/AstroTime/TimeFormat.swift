import StewardCore

/// A way of writing a time, named as astropy names it.
public enum TimeFormat: String, Sendable, Hashable, CaseIterable {
    /// `2020-01-01 12:34:56.5`, blank between date and time.
    case iso
    /// `2020-01-01T12:34:56.5`.
    case isot
    /// `2020-01-01T12:34:56.5` with all digits written, or a signed year of five digits.
    case fits
    /// Year and day of the year, `2020:001:12:34:56.5`.
    case yday
    /// Modified Julian Date.
    case mjd
    /// Julian Date.
    case jd
    /// Seconds since 1970-01-01 UTC, leap seconds not counted.
    case unix
    /// Seconds since 1970-01-01 TAI.
    case unixTAI = "unix_tai"
    /// Seconds since 1998-01-01 TT.
    case cxcsec
    /// Seconds since 1980-01-06 UTC, leap seconds counted.
    case gps
    /// Seconds since 1980-01-06 UTC, leap seconds not counted.
    case galexsec
    /// Days since the year 0 plus one day, as plotting libraries count.
    case plotDate = "plot_date"
    /// Julian epoch: years of 365.25 days.
    case jyear
    /// Besselian epoch: tropical years.
    case byear
    /// Year with the fraction of that calendar year.
    case decimalyear

    /// The scale that a time in this format has when none is given.
    public var defaultScale: TimeScale {
        switch self {
        case .iso, .isot, .fits, .yday, .unix: .utc
        case .cxcsec: .tt
        default: .tai
        }
    }

    /// Whether times are written as text of several fields instead of as one number.
    public var isText: Bool {
        switch self {
        case .iso, .isot, .fits, .yday: true
        default: false
        }
    }

    /// How to write a time in this format.
    var shape: String {
        switch self {
        case .iso: "YYYY-MM-DD hh:mm:ss[.fff]"
        case .isot: "YYYY-MM-DDThh:mm:ss[.fff]"
        case .fits: "[+YY]YYYY-MM-DDThh:mm:ss[.fff]"
        case .yday: "YYYY:DDD:hh:mm:ss[.fff]"
        default: "a number"
        }
    }

    /// The format of a name, in either case.
    ///
    /// - Parameter name: One of the raw values.
    /// - Throws: ``ButlerError`` with `.time` for any other name.
    public init(name: some StringProtocol) throws {
        let folded = name.lowercased()
        if let format = TimeFormat(rawValue: folded) {
            self = format
            return
        }
        let known = TimeFormat.allCases.map(\.rawValue)
        throw ButlerError(
            .time,
            "There is no time format \"\(name)\".",
            remedy: "Use one of \(known.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: folded, in: known)
        )
    }
}

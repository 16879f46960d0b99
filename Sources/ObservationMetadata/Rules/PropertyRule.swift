import AstroTime

/// How one property comes about.
enum PropertyRule: Sendable {
    /// Never known.
    case null
    /// Always the same.
    case constant(PropertyValue)
    /// From a keyword or another property.
    case value(ValueRule)
    /// Whole-number properties times whole numbers, added up.
    case sum([(property: ObservationProperty, factor: Int64)])
    /// A text with other properties in it.
    case text([TextPiece])
    /// An instant.
    case instant(InstantRule)
    /// A place on the Earth.
    case location(LocationRule)
    /// Right ascension and declination.
    case equatorial(EquatorialRule)
    /// Azimuth and altitude.
    case horizontal(HorizontalRule)
    /// Code, and the rule to follow when it gives nothing (none, or one).
    case algorithm(TranslationAlgorithm, otherwise: [PropertyRule])
    /// Never to be had, for a reason.
    case failure(String)
    /// The value of a rule, or of another one where it fails.
    indirect case attempt(PropertyRule, otherwise: PropertyRule)
    /// The first rule whose guard lets it pass; null when there is none.
    case cases([(guardian: RuleGuard, rule: PropertyRule)])
}

/// A piece of a text rule.
enum TextPiece: Sendable {
    case literal(String)
    case property(ObservationProperty)
}

/// The first source whose keyword is there, but not earlier than another instant.
struct InstantRule: Sendable {
    let sources: [InstantSource]
    let notBefore: InstantSource?
    let absence: ValueRule.Absence
}

/// Where an instant comes from.
struct InstantSource: Sendable {
    /// What holds the date.
    enum Origin: Sendable {
        /// A keyword with a date in ISO form.
        case date(String)
        /// A keyword with a Modified Julian Date.
        case modifiedJulianDate(String)
        /// Another property.
        case property(ObservationProperty)
    }

    let origin: Origin
    /// Keyword with the time of the day; only the first ten characters of the date count then.
    var timeOfDay: String?
    /// The scale; nil for that of the keyword `TIMESYS`, UTC without one.
    var scale: TimeScale?
    /// Properties in seconds, times a factor, added to the instant.
    var plus: [(property: ObservationProperty, factor: Double)] = []
    /// Whether a negative amount counts as nothing.
    var goesForwardOnly = false
}

/// A number written in the rule or found in the header.
enum HeaderNumber: Sendable {
    case constant(Double)
    case keyword(String, factor: Double)
}

/// The first form whose first number is there, else the last.
struct LocationRule: Sendable {
    /// A way to write a place.
    enum Form: Sendable {
        /// Longitude and latitude in degrees, height in metres.
        case geodetic(HeaderNumber, HeaderNumber, HeaderNumber)
        /// X, Y, Z in metres.
        case geocentric(HeaderNumber, HeaderNumber, HeaderNumber)

        /// The number that tells whether the form is used.
        var first: HeaderNumber {
            switch self {
            case .geodetic(let number, _, _), .geocentric(let number, _, _): number
            }
        }
    }

    let forms: [Form]
}

/// The first pair of keywords that is there, in the frame that a keyword names.
struct EquatorialRule: Sendable {
    /// Keywords of right ascension and declination.
    let pairs: [(rightAscension: String, declination: String)]
    let rightAscensionUnit: SexagesimalAngle.Unit
    let declinationUnit: SexagesimalAngle.Unit
    /// Keywords for the frame, tried in order; without any the frame is ICRS.
    let frames: [String]
    let absence: ValueRule.Absence
}

/// The first pair of keywords that is there.
struct HorizontalRule: Sendable {
    /// Keywords of altitude (or zenith distance) and azimuth.
    struct Pair: Sendable {
        let altitude: String
        let isZenithDistance: Bool
        let azimuth: String
    }

    let pairs: [Pair]
    /// Altitudes outside are moved to the nearer end.
    let altitudes: ClosedRange<Double>
    let azimuth: ValueRule.Linear
    let absence: ValueRule.Absence
}

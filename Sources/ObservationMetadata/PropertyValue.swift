public import AstroTime

/// The value of one property of an observation, in the property's unit.
public enum PropertyValue: Hashable, Sendable {
    /// A string.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// True or false.
    case flag(Bool)
    /// A real number.
    case real(Double)
    /// An instant.
    case instant(TAI)
    /// A place on the Earth.
    case location(GeocentricLocation)
    /// Two angles in degrees.
    case position(SkyPosition)

    /// What kind of value this is.
    public var kind: ObservationProperty.Kind {
        switch self {
        case .text: .text
        case .integer: .integer
        case .flag: .flag
        case .real: .real
        case .instant: .instant
        case .location: .location
        case .position: .position
        }
    }
}

extension PropertyValue: CustomStringConvertible {
    /// The value for people: a number, a text, an ISO time, or numbers separated by commas.
    public var description: String {
        switch self {
        case .text(let value): value
        case .integer(let value): String(value)
        case .flag(let value): String(value)
        case .real(let value): String(value)
        case .instant(let value): value.description
        case .location(let value): "\(value.x), \(value.y), \(value.z)"
        case .position(let value): "\(value.longitude), \(value.latitude)"
        }
    }
}

/// A direction as two angles in degrees: right ascension and declination, or azimuth and altitude.
///
/// Degrees, not radians, because these are the values that headers, files and database columns hold; nothing is lost
/// on the way.
public struct SkyPosition: Hashable, Sendable {
    /// Right ascension or azimuth, 0 to 360 (the end excluded).
    public let longitude: Double
    /// Declination or altitude, -90 to 90.
    public let latitude: Double

    /// A direction, its longitude brought into 0 to 360.
    ///
    /// Nil when the latitude is outside -90 to 90, or an angle is not finite.
    public init?(longitude: Double, latitude: Double) {
        guard longitude.isFinite, (-90.0...90.0).contains(latitude) else { return nil }
        self.longitude = Self.wrapped(longitude)
        self.latitude = latitude
    }

    /// A direction from angles that are known to be in range.
    init(unchecked longitude: Double, _ latitude: Double) {
        self.longitude = longitude
        self.latitude = latitude
    }

    /// An angle brought into 0 to 360 (the end excluded); angles already there are not touched.
    static func wrapped(_ angle: Double) -> Double {
        guard !(0..<360).contains(angle) else { return angle }
        let wrapped = angle - 360 * (angle / 360).rounded(.down)
        return wrapped >= 360 ? wrapped - 360 : wrapped
    }
}

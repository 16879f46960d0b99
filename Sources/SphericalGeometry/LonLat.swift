public import StewardCore

/// A position on the sphere as longitude and latitude.
public struct LonLat: Hashable, Sendable {
    /// Longitude from 0 up to and including 2π.
    public let longitude: Angle
    /// Latitude from -π/2 to π/2.
    public let latitude: Angle

    /// Creates a position.
    ///
    /// - Parameters:
    ///   - longitude: Any finite angle; it is normalized.
    ///   - latitude: From -π/2 to π/2.
    /// - Throws: ``ButlerError`` with code `.region` for a latitude beyond the poles, or when either is NaN or infinite.
    public init(longitude: Angle, latitude: Angle) throws(ButlerError) {
        guard latitude.radians.magnitude <= Angle.quarterTurn else {
            throw ButlerError(
                .region,
                "The latitude of \(latitude.degrees) degrees lies beyond the poles.",
                remedy: "Give a latitude from -90 to 90 degrees."
            )
        }
        guard longitude.radians.isFinite else {
            throw ButlerError(
                .region,
                "The longitude of \(longitude.degrees) degrees is not a finite number.",
                remedy: "Give a longitude in degrees, for instance 53.1."
            )
        }
        self.longitude = longitude.normalized
        self.latitude = latitude
    }

    /// Creates a position from degrees.
    ///
    /// - Parameters:
    ///   - longitude: Longitude in degrees; it is normalized.
    ///   - latitude: Latitude in degrees, from -90 to 90.
    /// - Throws: ``ButlerError`` with code `.region` for a latitude beyond the poles, or when either is not finite.
    public init(degrees longitude: Double, _ latitude: Double) throws(ButlerError) {
        try self.init(longitude: Angle(degrees: longitude), latitude: Angle(degrees: latitude))
    }

    /// Creates the position of a vector of any length; longitude 0 at the poles.
    public init(_ vector: some CartesianVector) {
        longitude = Angle(radians: LonLat.longitude(of: vector))
        latitude = Angle(radians: LonLat.latitude(of: vector))
    }

    /// Latitude of a direction in radians.
    static func latitude(of vector: some CartesianVector) -> Double {
        guard vector.z != 0.0 else { return 0.0 }
        let latitude = arcTangent(vector.z, (vector.x * vector.x + vector.y * vector.y).squareRoot())
        guard latitude.magnitude > Angle.quarterTurn else { return latitude }
        return latitude < 0 ? -Angle.quarterTurn : Angle.quarterTurn
    }

    /// Longitude of a direction in radians, from 0 to 2π.
    static func longitude(of vector: some CartesianVector) -> Double {
        guard vector.x * vector.x + vector.y * vector.y != 0.0 else { return 0.0 }
        let longitude = arcTangent(vector.y, vector.x)
        return longitude < 0.0 ? longitude + Angle.fullTurn : longitude
    }
}

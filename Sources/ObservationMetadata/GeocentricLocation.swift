import Foundation

/// A place on the Earth in geocentric Cartesian coordinates (ITRS), in metres.
public struct GeocentricLocation: Hashable, Sendable {
    /// Towards longitude 0 on the equator.
    public let x: Double
    /// Towards longitude 90 degrees east on the equator.
    public let y: Double
    /// Towards the north pole.
    public let z: Double

    /// Creates a place.
    public init(x: Double, y: Double, z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// A place from geodetic coordinates on the WGS 84 ellipsoid (NIMA TR8350.2).
    ///
    /// - Parameters:
    ///   - longitude: Degrees, east positive.
    ///   - latitude: Geodetic latitude in degrees.
    ///   - height: Metres above the ellipsoid.
    public init(longitude: Double, latitude: Double, height: Double) {
        let equatorialRadius = 6_378_137.0
        let flattening = 1 / 298.257223563
        let lambda = longitude * .pi / 180
        let phi = latitude * .pi / 180
        let squashed = (1 - flattening) * (1 - flattening)
        let primeVertical = equatorialRadius / (cos(phi) * cos(phi) + squashed * sin(phi) * sin(phi)).squareRoot()
        let distance = (primeVertical + height) * cos(phi)
        self.init(
            x: distance * cos(lambda),
            y: distance * sin(lambda),
            z: (squashed * primeVertical + height) * sin(phi)
        )
    }
}

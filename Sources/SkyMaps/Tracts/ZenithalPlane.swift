internal import SphericalGeometry

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The gnomonic and the stereographic projection (TAN and STG; FITS WCS paper II, sections 5.1.3 and 5.1.4) between
/// pixels and unit vectors.
///
/// Works on vectors throughout: no angle is computed, so that millions of corners take little time.
struct ZenithalPlane: Sendable {
    /// The projection from the sphere's centre, or from the point opposite to the tangent point.
    enum Kind: String, Sendable {
        case gnomonic = "TAN"
        case stereographic = "STG"
    }

    private let kind: Kind
    private let center: Vector3D
    private let east: Vector3D
    private let north: Vector3D
    /// Pixel of the tangent point, 0-based.
    private let reference: SIMD2<Double>
    /// Radians per pixel by rows, and its inverse.
    private let matrix: SIMD4<Double>
    private let inverse: SIMD4<Double>

    /// - Parameters:
    ///   - kind: The projection.
    ///   - sky: Right ascension and declination of the tangent point, radians.
    ///   - reference: Its pixel, 0-based.
    ///   - matrix: Degrees per pixel: CD1_1, CD1_2, CD2_1, CD2_2.
    init(_ kind: Kind, at sky: SIMD2<Double>, reference: SIMD2<Double>, matrix: SIMD4<Double>) {
        let (ra, dec) = (sky[0], sky[1])
        // At the north pole itself LONPOLE is 0 by default, not 180 (paper II, section 2.4), which turns the plane.
        let turn: Double = dec >= .pi / 2 ? -1 : 1
        self.kind = kind
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
        // How far along the tangent point's direction: 1 in the plane, else so that the vector meets the sphere.
        let along = kind == .gnomonic ? 1 : 1 - (xi * xi + eta * eta) / 4
        let x = along * center.x + xi * east.x + eta * north.x
        let y = along * center.y + xi * east.y + eta * north.y
        let z = along * center.z + xi * east.z + eta * north.z
        let norm = (x * x + y * y + z * z).squareRoot()
        return UnitVector3D(normalized: x / norm, y / norm, z / norm)
    }

    /// The pixel of a direction; NaN where it has none.
    @inline(__always)
    func pixel(_ vector: UnitVector3D) -> SIMD2<Double> {
        let cosine = vector.dot(center)
        let depth = kind == .gnomonic ? cosine : (1 + cosine) / 2
        guard depth > 0 else { return SIMD2(.nan, .nan) }
        let xi = vector.dot(east) / depth
        let eta = vector.dot(north) / depth
        return reference + SIMD2(inverse[0] * xi + inverse[1] * eta, inverse[2] * xi + inverse[3] * eta)
    }
}

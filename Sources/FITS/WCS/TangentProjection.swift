internal import StewardCore

#if canImport(Glibc)
internal import Glibc
#endif

/// The gnomonic projection with a linear transformation (FITS WCS paper II, section 5.1.3), in 1-based pixels.
struct TangentProjection: Sendable, Hashable {
    let referencePixel: SIMD2<Double>
    /// Right ascension and declination of the tangent point, degrees.
    let referenceSky: SIMD2<Double>
    /// Degrees per pixel: CD1_1, CD1_2, CD2_1, CD2_2.
    let matrix: SIMD4<Double>

    private let inverse: SIMD4<Double>
    private let sinRA: Double
    private let cosRA: Double
    private let sinDec: Double
    private let cosDec: Double

    private static let degree = Double.pi / 180

    /// Nil for a singular matrix, values that are not finite and a tangent point at or beyond a pole.
    init?(referencePixel: SIMD2<Double>, referenceSky: SIMD2<Double>, matrix: SIMD4<Double>) {
        let determinant = matrix[0] * matrix[3] - matrix[1] * matrix[2]
        let values = [referencePixel[0], referencePixel[1], referenceSky[0], referenceSky[1], determinant]
        guard determinant != 0, values.allSatisfy(\.isFinite), abs(referenceSky[1]) < 90 else { return nil }
        self.referencePixel = referencePixel
        self.referenceSky = referenceSky
        self.matrix = matrix
        inverse = SIMD4(matrix[3], -matrix[1], -matrix[2], matrix[0]) / determinant
        sinRA = sin(referenceSky[0] * Self.degree)
        cosRA = cos(referenceSky[0] * Self.degree)
        sinDec = sin(referenceSky[1] * Self.degree)
        cosDec = cos(referenceSky[1] * Self.degree)
    }

    /// Right ascension in [0, 360) and declination of a pixel, degrees.
    func sky(_ pixel: SIMD2<Double>) -> SIMD2<Double> {
        let offset = pixel - referencePixel
        let xi = (matrix[0] * offset[0] + matrix[1] * offset[1]) * Self.degree
        let eta = (matrix[2] * offset[0] + matrix[3] * offset[1]) * Self.degree
        let radial = cosDec - eta * sinDec
        let ra = atan2(radial * sinRA + xi * cosRA, radial * cosRA - xi * sinRA) / Self.degree
        let dec = atan2(sinDec + eta * cosDec, (radial * radial + xi * xi).squareRoot()) / Self.degree
        return SIMD2(ra < 0 ? ra + 360 : ra, dec)
    }

    /// The pixel of a position; NaN behind the tangent plane.
    func pixel(_ sky: SIMD2<Double>) -> SIMD2<Double> {
        let ra = sky[0] * Self.degree
        let dec = sky[1] * Self.degree
        let (x, y, z) = (cos(dec) * cos(ra), cos(dec) * sin(ra), sin(dec))
        let outward = x * cosRA + y * sinRA
        let along = outward * cosDec + z * sinDec
        guard along > 0 else { return SIMD2(.nan, .nan) }
        let xi = (y * cosRA - x * sinRA) / along / Self.degree
        let eta = (z * cosDec - outward * sinDec) / along / Self.degree
        return referencePixel + SIMD2(inverse[0] * xi + inverse[1] * eta, inverse[2] * xi + inverse[3] * eta)
    }
}

extension TangentProjection {
    /// The projection that a header describes, or nil when it describes anything more than a plain TAN.
    init?(_ header: FITSHeader) {
        guard
            header["CTYPE1"] == .string("RA---TAN"), header["CTYPE2"] == .string("DEC--TAN"),
            header["WCSAXES"]?.integerValue ?? 2 == 2,
            ["CUNIT1", "CUNIT2"].allSatisfy({ header[$0] == nil || header[$0] == .string("deg") }),
            ["LONPOLE", "PV1_3"].allSatisfy({ header[$0]?.realValue ?? 180 == 180 }),
            !header.cards.contains(where: { Self.isBeyondTAN($0.keyword) })
        else { return nil }
        guard
            let x = header["CRPIX1"]?.realValue, let y = header["CRPIX2"]?.realValue,
            let ra = header["CRVAL1"]?.realValue, let dec = header["CRVAL2"]?.realValue,
            let matrix = Self.matrix(header)
        else { return nil }
        self.init(referencePixel: SIMD2(x, y), referenceSky: SIMD2(ra, dec), matrix: matrix)
    }

    /// Whether a keyword describes more; `PV1_3` and `PV1_4` are the poles, of which the second does not matter here.
    private static func isBeyondTAN(_ keyword: String) -> Bool {
        guard keyword != "PV1_3", keyword != "PV1_4" else { return false }
        return ["PV", "CROTA", "A_", "B_", "CPDIS", "CQDIS", "DP", "DQ", "D2IM", "PC00", "CD00"].contains {
            keyword.hasPrefix($0)
        }
    }

    private static func matrix(_ header: FITSHeader) -> SIMD4<Double>? {
        let names = ["1_1", "1_2", "2_1", "2_2"]
        let cd = names.map { header["CD" + $0]?.realValue }
        let pc = names.map { header["PC" + $0]?.realValue }
        if cd.contains(where: { $0 != nil }) {
            guard pc.allSatisfy({ $0 == nil }) else { return nil }
            return SIMD4(cd.map { $0 ?? 0 })
        }
        guard let scaleX = header["CDELT1"]?.realValue, let scaleY = header["CDELT2"]?.realValue else { return nil }
        let scale = SIMD4(scaleX, scaleX, scaleY, scaleY)
        return scale * SIMD4(pc[0] ?? 1, pc[1] ?? 0, pc[2] ?? 0, pc[3] ?? 1)
    }
}

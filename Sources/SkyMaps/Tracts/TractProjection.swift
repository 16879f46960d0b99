internal import FITS
internal import SphericalGeometry
internal import StewardCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The world coordinate system of a tract: any FITS projection around its centre, with square pixels.
struct TractProjection: Sendable {
    let code: String
    /// Right ascension and declination of the reference point, radians.
    let sky: SIMD2<Double>
    /// Degrees per pixel: CD1_1, CD1_2, CD2_1, CD2_2.
    let matrix: SIMD4<Double>
    /// Pixel of the reference point, 0-based.
    let reference: SIMD2<Double>
    private let computation: Computation

    private enum Computation: Sendable {
        case tangent(TangentPlane)
        /// The system whose reference pixel is (0, 0).
        case library(WCS)
    }

    /// A projection with its reference pixel at (0, 0).
    ///
    /// - Parameters:
    ///   - configuration: Projection code, scale and rotation.
    ///   - ra: Right ascension of the reference point, radians.
    ///   - dec: Its declination, radians.
    /// - Throws: `ButlerError` of code `header` for a projection that does not exist.
    init(_ configuration: SkyMapConfiguration, ra: Double, dec: Double) throws {
        let scale = configuration.pixelScale / 3600
        let angle = configuration.rotation * .pi / 180
        code = configuration.projection
        sky = SIMD2(ra, dec)
        matrix = SIMD4(-scale * cos(angle), scale * sin(angle), scale * sin(angle), scale * cos(angle))
        reference = .zero
        if code == "TAN" {
            computation = .tangent(TangentPlane(ra: ra, dec: dec, reference: .zero, matrix: matrix))
        } else {
            computation = .library(try WCS(Self.header(code, sky, matrix, reference: .zero)))
        }
    }

    private init(_ other: TractProjection, reference: SIMD2<Double>) {
        code = other.code
        sky = other.sky
        matrix = other.matrix
        self.reference = reference
        switch other.computation {
        case .tangent:
            let plane = TangentPlane(ra: sky[0], dec: sky[1], reference: reference, matrix: matrix)
            computation = .tangent(plane)
        case .library: computation = other.computation
        }
    }

    /// The same projection with another reference pixel.
    func moved(to reference: SIMD2<Double>) -> TractProjection { TractProjection(self, reference: reference) }

    /// The FITS description.
    func wcs() throws -> WCS { try WCS(Self.header(code, sky, matrix, reference: reference)) }

    private static func header(
        _ code: String,
        _ sky: SIMD2<Double>,
        _ matrix: SIMD4<Double>,
        reference: SIMD2<Double>
    ) -> FITSHeader {
        let degrees = sky * (180 / .pi)
        return FITSHeader(cards: [
            FITSCard("WCSAXES", 2),
            FITSCard("CRPIX1", .real(reference[0] + 1)),
            FITSCard("CRPIX2", .real(reference[1] + 1)),
            FITSCard("CRVAL1", .real(degrees[0])),
            FITSCard("CRVAL2", .real(degrees[1])),
            FITSCard("CTYPE1", .string("RA---" + code)),
            FITSCard("CTYPE2", .string("DEC--" + code)),
            FITSCard("CD1_1", .real(matrix[0])),
            FITSCard("CD1_2", .real(matrix[1])),
            FITSCard("CD2_1", .real(matrix[2])),
            FITSCard("CD2_2", .real(matrix[3])),
            FITSCard("RADESYS", "ICRS"),
        ])
    }

    /// Directions of pixels; nil if one has none.
    func vectors(_ pixels: [SIMD2<Double>]) -> [UnitVector3D]? {
        switch computation {
        case .tangent(let plane): return pixels.map { plane.vector($0) }
        case .library(let wcs):
            var vectors: [UnitVector3D] = []
            vectors.reserveCapacity(pixels.count)
            for sky in wcs.sky(pixels.map { $0 - reference }) {
                guard let position = try? LonLat(degrees: sky[0], sky[1]) else { return nil }
                vectors.append(UnitVector3D(position))
            }
            return vectors
        }
    }

    /// Pixels of directions; NaN where a direction has none.
    func pixels(_ vectors: [UnitVector3D]) -> [SIMD2<Double>] {
        switch computation {
        case .tangent(let plane): return vectors.map { plane.pixel($0) }
        case .library(let wcs):
            let sky = vectors.map { vector in
                let position = LonLat(vector)
                return SIMD2(position.longitude.degrees, position.latitude.degrees)
            }
            return wcs.pixels(sky).map { $0 + reference }
        }
    }
}

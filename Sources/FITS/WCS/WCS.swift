internal import StewardCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The relation between pixels of an image and positions on the sky, as FITS headers describe it.
///
/// Pixels follow the field's convention: the centre of the first pixel of a file has the coordinates of the image's origin
/// `xy0`, (0, 0) unless given; FITS itself calls it (1, 1). Positions are in degrees, longitudes in [0, 360), in the
/// frame that ``frame`` names. Plain TAN is computed here, everything else (SIP, TPV, the other projections, tables) by
/// wcslib. Values are immutable and may be used by several tasks.
public struct WCS: Sendable {
    /// The cards that describe the system, in FITS pixels of the stored array.
    public let header: FITSHeader
    /// Coordinates of the file's first pixel.
    public let origin: PixelOrigin
    private let computation: Computation

    private enum Computation: Sendable {
        case tangent(TangentProjection)
        case library(LibraryWCS)
    }

    /// Reads the system that a header describes.
    ///
    /// - Parameters:
    ///   - header: A header with `CTYPE`, `CRVAL` and so on; that of a compressed image as well.
    ///   - origin: Coordinates of the file's first pixel.
    ///   - alternate: Letter of an alternate description, or nil for the primary one.
    /// - Throws: `ButlerError` of code `header` if it describes no pair of celestial axes or contradicts itself.
    public init(_ header: FITSHeader, origin: PixelOrigin = .zero, alternate: Character? = nil) throws {
        let cards = header.uncompressed
        self.header = cards
        self.origin = origin
        if alternate == nil, let projection = TangentProjection(cards) {
            computation = .tangent(projection)
            return
        }
        do {
            let letter = alternate?.asciiValue ?? UInt8(ascii: " ")
            computation = .library(
                try LibraryWCS(cards: WCSCards(cards, alternate: alternate).bytes, alternate: letter)
            )
        } catch let rejection as LibraryWCS.Rejection {
            let error = ButlerError(.header, "The header holds no usable celestial WCS: \(rejection.reason).")
            throw header.source.map { error.adding("file", $0) } ?? error
        }
    }

    /// Makes a gnomonic (TAN) system in the frame ICRS.
    ///
    /// - Parameters:
    ///   - sky: Right ascension and declination of the tangent point, degrees.
    ///   - pixel: Position of the tangent point, in pixels counted as `origin` says.
    ///   - matrix: Degrees of east and north per pixel: CD1_1, CD1_2, CD2_1, CD2_2.
    ///   - origin: Coordinates of the file's first pixel.
    /// - Throws: `ButlerError` of code `invalidArgument` for a singular matrix and for impossible positions.
    public init(
        tangentAt sky: (ra: Double, dec: Double),
        pixel: (x: Double, y: Double),
        matrix: (Double, Double, Double, Double),
        origin: PixelOrigin = .zero
    ) throws {
        let cards: [FITSCard] = [
            FITSCard("WCSAXES", 2),
            FITSCard("CRPIX1", .real(pixel.x - Double(origin.x) + 1)),
            FITSCard("CRPIX2", .real(pixel.y - Double(origin.y) + 1)),
            FITSCard("CRVAL1", .real(sky.ra)),
            FITSCard("CRVAL2", .real(sky.dec)),
            FITSCard("CTYPE1", "RA---TAN"),
            FITSCard("CTYPE2", "DEC--TAN"),
            FITSCard("CD1_1", .real(matrix.0)),
            FITSCard("CD1_2", .real(matrix.1)),
            FITSCard("CD2_1", .real(matrix.2)),
            FITSCard("CD2_2", .real(matrix.3)),
            FITSCard("RADESYS", "ICRS"),
        ]
        let values = [pixel.x, pixel.y, sky.ra, sky.dec, matrix.0, matrix.1, matrix.2, matrix.3]
        let determinant = matrix.0 * matrix.3 - matrix.1 * matrix.2
        guard values.allSatisfy(\.isFinite), determinant != 0, abs(sky.dec) <= 90 else {
            throw ButlerError(
                .invalidArgument,
                "No TAN projection has its tangent point at (\(sky.ra), \(sky.dec)) and the matrix \(matrix)."
            )
        }
        try self.init(FITSHeader(cards: cards), origin: origin)
    }

    /// The same system for an image whose first pixel has other coordinates in the same parent.
    ///
    /// - Parameter newOrigin: Coordinates of that image's first pixel.
    /// - Returns: A system that gives the same position for the same parent pixel.
    /// - Throws: `ButlerError` of code `header`.
    public func moved(to newOrigin: PixelOrigin) throws -> WCS {
        var cards = header
        for (keyword, shift) in [("CRPIX1", newOrigin.x - origin.x), ("CRPIX2", newOrigin.y - origin.y)] {
            cards[keyword] = .real((cards[keyword]?.realValue ?? 0) - Double(shift))
        }
        return try WCS(cards, origin: newOrigin)
    }

    /// The celestial frame: `ICRS`, `FK5`, `FK4`, `GALACTIC` or another that the header names; `ICRS` by default.
    public var frame: String {
        guard case .library(let system) = computation else {
            return header["RADESYS"]?.stringValue ?? "ICRS"
        }
        switch system.longitudeType {
        case "GLON": return "GALACTIC"
        case "ELON": return "ECLIPTIC"
        default: return system.frame.isEmpty ? "ICRS" : system.frame
        }
    }

    /// The projection, if the system is a plain TAN.
    var tangentProjection: TangentProjection? {
        guard case .tangent(let projection) = computation else { return nil }
        return projection
    }

    // MARK: Transformations

    /// Positions of many pixels; NaN where a pixel has none.
    ///
    /// - Parameter pixels: x and y of each pixel.
    /// - Returns: Longitude and latitude in degrees of each.
    public func sky(_ pixels: [SIMD2<Double>]) -> [SIMD2<Double>] {
        let shift = fitsShift
        switch computation {
        case .tangent(let projection): return pixels.map { projection.sky($0 + shift) }
        case .library(let system): return system.sky(pixels.map { $0 + shift }).map(Self.normalized)
        }
    }

    /// Pixels of many positions; NaN where a position has none.
    ///
    /// - Parameter sky: Longitude and latitude in degrees of each position.
    /// - Returns: x and y of each.
    public func pixels(_ sky: [SIMD2<Double>]) -> [SIMD2<Double>] {
        let shift = fitsShift
        switch computation {
        case .tangent(let projection): return sky.map { projection.pixel($0) - shift }
        case .library(let system): return system.pixels(sky).map { $0 - shift }
        }
    }

    /// The position of one pixel.
    ///
    /// - Parameters:
    ///   - x: Column.
    ///   - y: Row.
    /// - Returns: Longitude and latitude in degrees.
    /// - Throws: `ButlerError` of code `invalidArgument` if the pixel has no position.
    public func sky(x: Double, y: Double) throws -> (ra: Double, dec: Double) {
        guard let sky = sky([SIMD2(x, y)]).first, sky[0].isFinite, sky[1].isFinite else {
            throw ButlerError(.invalidArgument, "The pixel (\(x), \(y)) has no position on the sky.")
        }
        return (sky[0], sky[1])
    }

    /// The pixel of one position.
    ///
    /// - Parameters:
    ///   - ra: Longitude in degrees.
    ///   - dec: Latitude in degrees.
    /// - Returns: Column and row.
    /// - Throws: `ButlerError` of code `invalidArgument` if the projection does not reach the position.
    public func pixel(ra: Double, dec: Double) throws -> (x: Double, y: Double) {
        guard let pixel = pixels([SIMD2(ra, dec)]).first, pixel[0].isFinite, pixel[1].isFinite else {
            throw ButlerError(.invalidArgument, "The position (\(ra), \(dec)) has no pixel in this projection.")
        }
        return (pixel[0], pixel[1])
    }

    private var fitsShift: SIMD2<Double> { SIMD2(1 - Double(origin.x), 1 - Double(origin.y)) }

    private static func normalized(_ sky: SIMD2<Double>) -> SIMD2<Double> {
        var longitude = sky[0]
        if longitude < 0 { longitude += 360 }
        if longitude >= 360 { longitude -= 360 }
        return SIMD2(longitude, sky[1])
    }
}

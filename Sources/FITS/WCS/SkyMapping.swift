internal import StewardCore

/// The relation between pixels of an image, in parent coordinates, and ICRS positions, whatever it is stored as.
public struct SkyMapping: Sendable {
    /// The text of the Starlink AST library from which the mapping came, or nil.
    public let text: String?
    /// Whether the mapping approximates the exact one, which could not be decoded or is not in the file.
    public let isApproximate: Bool
    /// A FITS description: the mapping itself or, for a mapping with a text, an approximation; nil if there is none.
    public let wcs: WCS?
    private let computation: Computation

    private enum Computation: Sendable {
        case header(WCS)
        case chain(ASTMapping)
    }

    /// Creates a mapping from a FITS description.
    ///
    /// - Parameters:
    ///   - wcs: The description.
    ///   - text: The exact mapping's text, if there is one that could not be decoded.
    ///   - isApproximate: Whether the description approximates the exact mapping.
    public init(_ wcs: WCS, text: String? = nil, isApproximate: Bool = false) {
        computation = .header(wcs)
        self.wcs = wcs
        self.text = text
        self.isApproximate = isApproximate
    }

    /// Decodes a frame set from pixels to the sky, or a chain of mappings that ends in radians on the sky.
    ///
    /// - Parameters:
    ///   - text: The native text of the Starlink AST library.
    ///   - approximation: A FITS description of about the same mapping, or nil.
    /// - Throws: `ButlerError` of code `formatter` if the text holds classes that are not decoded, or another frame than
    ///   ICRS.
    public init(astText text: String, approximation: WCS? = nil) throws {
        computation = .chain(try Self.mapping(text))
        wcs = approximation
        self.text = text
        isApproximate = false
    }

    /// Decodes mappings that follow one another.
    ///
    /// - Parameter texts: The native text of each, pixels first.
    /// - Throws: As ``init(astText:approximation:)``.
    init(astTexts texts: [String]) throws {
        guard !texts.isEmpty else { throw ButlerError(.corruptFile, "A sky mapping has no parts.") }
        computation = .chain(
            .series(try texts.map { ASTMapping.Step(mapping: try Self.mapping($0), isInverted: false) })
        )
        wcs = nil
        text = texts.count == 1 ? texts.first : nil
        isApproximate = false
    }

    private static func mapping(_ text: String) throws -> ASTMapping {
        guard let object = ASTObject(text) else {
            throw ButlerError(.corruptFile, "The text of a sky mapping is malformed.")
        }
        if object.className == "FrameSet" {
            let current = object.integer("Currnt") ?? object.integer("Nframe") ?? 1
            let system = object.object("Frm\(current)")?.text("System")
            guard system == nil || system == "ICRS" else {
                throw ButlerError(.formatter, "A sky mapping to the frame \"\(system ?? "")\" is not decoded.")
            }
        }
        guard let mapping = ASTMapping(object) else {
            throw ButlerError(
                .formatter,
                "The sky mapping has parts that are not decoded.",
                remedy: "Use the approximate WCS of the image's header."
            )
        }
        // Of all inversions named in the text only the outermost object's own counts here.
        return object.flag("Invert") ? .series([ASTMapping.Step(mapping: mapping, isInverted: true)]) : mapping
    }

    /// Positions of many pixels; NaN where a pixel has none.
    ///
    /// - Parameter pixels: x and y of each pixel, in parent coordinates.
    /// - Returns: Right ascension in [0, 360) and declination in degrees of each.
    public func sky(_ pixels: [SIMD2<Double>]) -> [SIMD2<Double>] {
        switch computation {
        case .header(let wcs): return wcs.sky(pixels)
        case .chain(let mapping):
            return pixels.map { pixel in
                guard let sky = mapping.apply(SIMD3(pixel[0], pixel[1], 0), inverted: false) else {
                    return Self.nowhere
                }
                let ra = sky[0] * 180 / .pi
                return SIMD2(ra < 0 ? ra + 360 : ra, sky[1] * 180 / .pi)
            }
        }
    }

    /// Pixels of many positions; NaN where a position has none.
    ///
    /// - Parameter sky: Right ascension and declination in degrees of each position.
    /// - Returns: x and y of each, in parent coordinates.
    public func pixels(_ sky: [SIMD2<Double>]) -> [SIMD2<Double>] {
        switch computation {
        case .header(let wcs): return wcs.pixels(sky)
        case .chain(let mapping):
            return sky.map { sky in
                let point = SIMD3(sky[0] * .pi / 180, sky[1] * .pi / 180, 0)
                guard let pixel = mapping.apply(point, inverted: true) else { return Self.nowhere }
                return SIMD2(pixel[0], pixel[1])
            }
        }
    }

    private static var nowhere: SIMD2<Double> { SIMD2(.nan, .nan) }
}

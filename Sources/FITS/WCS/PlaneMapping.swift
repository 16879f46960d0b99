internal import StewardCore

/// A mapping between two planes, as the Starlink AST library describes it in text.
public struct PlaneMapping: Sendable, Hashable {
    /// The native text.
    public let text: String
    /// Whether it is used against the direction of the text.
    public let isInverted: Bool
    private let mapping: ASTMapping
    private let usesInverse: Bool

    /// Decodes a text.
    ///
    /// - Parameters:
    ///   - text: The native text of the library; what stands before its first object is passed over.
    ///   - isInverted: Whether the mapping is used against its direction.
    /// - Throws: `ButlerError` of code `formatter` for classes that are not decoded, `corruptFile` for what is no such text.
    public init(astText text: String, isInverted: Bool = false) throws {
        guard let start = text.firstRange(of: "Begin "), let object = ASTObject(String(text[start.lowerBound...]))
        else {
            throw ButlerError(.corruptFile, "The text of a mapping is malformed.")
        }
        guard let mapping = ASTMapping(object) else {
            throw ButlerError(.formatter, "A mapping of class \"\(object.className)\" has parts that are not decoded.")
        }
        self.mapping = mapping
        // Of all inversions named in the text only the outermost object's own counts here.
        usesInverse = object.flag("Invert") != isInverted
        self.text = text
        self.isInverted = isInverted
    }

    /// The point after the mapping, or nil where there is none.
    ///
    /// - Parameter point: A point of the first plane.
    /// - Returns: The point of the second plane.
    public func apply(_ point: SIMD2<Double>) -> SIMD2<Double>? {
        guard let result = mapping.apply(SIMD3(point, 0), inverted: usesInverse) else { return nil }
        return SIMD2(result[0], result[1])
    }

    /// Whether the orientation changes at a point, as in a mirror; false where that cannot be said.
    ///
    /// - Parameter point: A point of the first plane.
    /// - Returns: Whether the determinant of the derivatives is negative.
    public func isMirror(at point: SIMD2<Double>) -> Bool {
        guard let centre = apply(point), let right = apply(point + SIMD2(1, 0)), let up = apply(point + SIMD2(0, 1))
        else {
            return false
        }
        let (x, y) = (right - centre, up - centre)
        return x[0] * y[1] - x[1] * y[0] < 0
    }

    /// Compares text and direction.
    public static func == (left: PlaneMapping, right: PlaneMapping) -> Bool {
        left.text == right.text && left.isInverted == right.isInverted
    }

    /// Feeds text and direction to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
        hasher.combine(isInverted)
    }
}

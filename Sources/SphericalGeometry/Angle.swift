/// An angle, kept in radians.
public struct Angle: Hashable, Sendable, Comparable {
    /// The angle in radians.
    public var radians: Double

    /// Creates an angle from radians.
    public init(radians: Double) {
        self.radians = radians
    }

    /// Creates an angle from degrees, with the reference's conversion factor.
    public init(degrees: Double) {
        radians = degrees * Angle.radiansPerDegree
    }

    /// The angle in degrees.
    public var degrees: Double { radians * Angle.degreesPerRadian }

    /// The equivalent angle from 0 up to and including 2π.
    ///
    /// An angle of exactly 2π stays 2π: it is a box end different from 0 (`sphgeom: NormalizedAngle.h`).
    public var normalized: Angle { Angle(radians: Angle.normalize(radians)) }

    /// The nearest double to π.
    static let pi = 3.1415926535897932384626433832795
    /// The nearest double to 2π.
    static let fullTurn = 2.0 * pi
    /// The nearest double to π/2.
    static let quarterTurn = 0.5 * pi
    /// Factor from degrees to radians.
    static let radiansPerDegree = 0.0174532925199432957692369076849
    /// Factor from radians to degrees.
    static let degreesPerRadian = 57.2957795130823208767981548141

    /// Reduces radians to 0 up to and including 2π; NaN stays NaN.
    static func normalize(_ a: Double) -> Double {
        if a < 0.0 { return truncatedRemainder(a, fullTurn) + fullTurn }
        if a > fullTurn { return truncatedRemainder(a, fullTurn) }
        return a
    }

    /// Whether the first angle is the smaller.
    public static func < (left: Angle, right: Angle) -> Bool { left.radians < right.radians }

    /// Sum of two angles, not normalized.
    public static func + (left: Angle, right: Angle) -> Angle { Angle(radians: left.radians + right.radians) }

    /// Difference of two angles, not normalized.
    public static func - (left: Angle, right: Angle) -> Angle { Angle(radians: left.radians - right.radians) }

    /// The opposite angle.
    public static prefix func - (angle: Angle) -> Angle { Angle(radians: -angle.radians) }

    /// An angle times a factor.
    public static func * (factor: Double, angle: Angle) -> Angle { Angle(radians: factor * angle.radians) }
}

/// Bounds on rounding errors that the relations allow for (`sphgeom: constants.h`).
enum Tolerance {
    /// Largest error of an inverse sine whose argument is off by one unit in the last place, in radians.
    static let arcSine = 1.5e-8
    /// Largest error of a squared chord length between two unit vectors.
    static let squaredChord = 2.5e-15
    /// Half a unit in the last place of 1.
    static let epsilon = 1.1102230246251565e-16
    /// Padding of polygon bounding boxes, in radians.
    static let polygonBox = 5.0e-10
}

/// A circle on the sphere, its edge included.
///
/// Squared chord length and opening angle are kept both, because both are stored: a circle of more than half a turn keeps
/// the angle it was given (`sphgeom: Circle.h`).
public struct Circle: Sendable {
    /// Centre of the circle.
    public private(set) var center: UnitVector3D
    /// Squared length of the chord from the centre to the edge; negative when empty, 4 or more when full.
    public private(set) var squaredChordLength: Double
    /// Angle from the centre to the edge.
    public private(set) var openingAngle: Angle

    /// The circle that holds no point.
    public static let empty = Circle(center: .zAxis, squaredChordLength: -1.0, openingAngle: Angle(radians: -1.0))
    /// The circle that holds the whole sphere.
    public static let full = Circle(center: .zAxis, squaredChordLength: 4.0, openingAngle: Angle(radians: Angle.pi))

    /// Takes stored values as they are.
    init(center: UnitVector3D, squaredChordLength: Double, openingAngle: Angle) {
        self.center = center
        self.squaredChordLength = squaredChordLength
        self.openingAngle = openingAngle
    }

    /// Creates the circle that holds a single point.
    public init(point: UnitVector3D) {
        self.init(center: point, squaredChordLength: 0.0, openingAngle: Angle(radians: 0.0))
    }

    /// Creates a circle; empty for a negative angle or NaN, full for π and more.
    public init(center: UnitVector3D, openingAngle: Angle) {
        let squaredChordLength = Circle.squaredChordLength(openingAngle: openingAngle.radians)
        self.init(center: center, squaredChordLength: squaredChordLength, openingAngle: openingAngle)
    }

    /// Creates a circle from the squared length of the chord to its edge; empty when negative, full for 4 and more.
    public init(center: UnitVector3D, squaredChordLength: Double) {
        let openingAngle = Angle(radians: Circle.openingAngle(squaredChordLength: squaredChordLength))
        self.init(center: center, squaredChordLength: squaredChordLength, openingAngle: openingAngle)
    }

    /// Squared chord length of an angle in radians.
    static func squaredChordLength(openingAngle: Double) -> Double {
        if openingAngle < 0.0 { return -1.0 }
        if openingAngle >= Angle.pi { return 4.0 }
        let half = sine(0.5 * openingAngle)
        return 4.0 * half * half
    }

    /// Angle in radians of a squared chord length.
    static func openingAngle(squaredChordLength: Double) -> Double {
        if squaredChordLength < 0.0 { return -1.0 }
        if squaredChordLength >= 4.0 { return Angle.pi }
        return 2.0 * arcSine(0.5 * squaredChordLength.squareRoot())
    }

    /// Whether the circle holds no point.
    @inline(__always)
    public var isEmpty: Bool { !(squaredChordLength >= 0.0) }

    /// Whether the circle is the whole sphere.
    @inline(__always)
    public var isFull: Bool { squaredChordLength >= 4.0 }

    /// Area in steradians.
    public var area: Double { Angle.pi * greater(0.0, lesser(squaredChordLength, 4.0)) }

    /// Whether a point lies in the circle or on its edge.
    @inline(__always)
    public func contains(_ point: UnitVector3D) -> Bool {
        isFull || point.squaredDistance(to: center) <= squaredChordLength
    }
}

extension Circle: Hashable {
    /// Whether all stored values have the same bits.
    public static func == (left: Circle, right: Circle) -> Bool {
        left.center == right.center && left.squaredChordLength.bitPattern == right.squaredChordLength.bitPattern
            && left.openingAngle.radians.bitPattern == right.openingAngle.radians.bitPattern
    }

    /// Feeds the bits of the stored values to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(center)
        hasher.combine(squaredChordLength.bitPattern)
        hasher.combine(openingAngle.radians.bitPattern)
    }
}

/// An ellipse on the sphere: the points whose angles to two foci sum to at most twice its greater semi-axis angle.
public struct Ellipse: Sendable {
    /// Unit vectors along the greater axis, the lesser axis and the centre: the rows of an orthogonal matrix.
    let axes: (UnitVector3D, UnitVector3D, UnitVector3D)
    /// First semi-axis angle less π/2, in radians.
    let reducedAlpha: Double
    /// Second semi-axis angle less π/2, in radians.
    let reducedBeta: Double
    /// Half the angle between the foci, in radians.
    let gamma: Double
    /// Absolute tangent of the first reduced angle.
    let tangentAlpha: Double
    /// Absolute tangent of the second reduced angle.
    let tangentBeta: Double

    /// The ellipse that holds no point.
    public static let empty = Ellipse(
        axes: (.xAxis, .yAxis, .zAxis),
        reducedAlpha: -2.0,
        reducedBeta: -2.0,
        gamma: 0.0,
        tangentAlpha: .infinity,
        tangentBeta: .infinity
    )

    /// The ellipse that holds the whole sphere.
    public static let full = Ellipse(
        axes: (-.xAxis, .yAxis, -.zAxis),
        reducedAlpha: 2.0,
        reducedBeta: 2.0,
        gamma: 0.0,
        tangentAlpha: .infinity,
        tangentBeta: .infinity
    )

    /// Takes stored values as they are.
    init(
        axes: (UnitVector3D, UnitVector3D, UnitVector3D),
        reducedAlpha: Double,
        reducedBeta: Double,
        gamma: Double,
        tangentAlpha: Double,
        tangentBeta: Double
    ) {
        self.axes = axes
        self.reducedAlpha = reducedAlpha
        self.reducedBeta = reducedBeta
        self.gamma = gamma
        self.tangentAlpha = tangentAlpha
        self.tangentBeta = tangentBeta
    }

    /// Centre of the ellipse.
    public var center: UnitVector3D { axes.2 }

    /// First semi-axis angle.
    public var alpha: Angle { Angle(radians: Angle.quarterTurn + reducedAlpha) }

    /// Second semi-axis angle.
    public var beta: Angle { Angle(radians: Angle.quarterTurn + reducedBeta) }

    /// Whether the ellipse holds no point.
    public var isEmpty: Bool { Angle.quarterTurn + reducedAlpha < gamma }

    /// Whether the ellipse is the whole sphere.
    public var isFull: Bool { Angle.quarterTurn - reducedAlpha <= gamma }

    /// Whether a point lies in the ellipse or on its edge.
    public func contains(_ point: UnitVector3D) -> Bool {
        let cosine = point.dot(center)
        var offset = Vector3D(point.x, point.y, point.z)
        var shift = 0.0
        if cosine > 0.5 {
            offset = point - center
            shift = 1.0
        } else if cosine < -0.5 {
            offset = point + center
            shift = -1.0
        }
        let x = axes.0.dot(offset) * tangentAlpha
        let y = axes.1.dot(offset) * tangentBeta
        let z = axes.2.dot(offset) + shift
        let excess = (x * x + y * y) - z * z
        return reducedAlpha > 0.0 ? z >= 0.0 || excess >= 0.0 : z >= 0.0 && excess <= 0.0
    }
}

extension Ellipse: Hashable {
    /// The stored numbers in the order of the encoding.
    var values: [Double] {
        let (u, v, w) = axes
        return [
            u.x, u.y, u.z, v.x, v.y, v.z, w.x, w.y, w.z,
            reducedAlpha, reducedBeta, gamma, tangentAlpha, tangentBeta,
        ]
    }

    /// Whether all stored values have the same bits.
    public static func == (left: Ellipse, right: Ellipse) -> Bool {
        left.values.map(\.bitPattern) == right.values.map(\.bitPattern)
    }

    /// Feeds the bits of the stored values to the hasher.
    public func hash(into hasher: inout Hasher) {
        for value in values { hasher.combine(value.bitPattern) }
    }
}

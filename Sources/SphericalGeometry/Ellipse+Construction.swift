public import StewardCore

extension Ellipse {
    /// Creates an ellipse from its semi-axes.
    ///
    /// Both angles must lie on the same side of π/2, or both be π/2. The greater one is made the first, which turns the
    /// orientation by a right angle.
    ///
    /// - Parameters:
    ///   - center: Centre of the ellipse.
    ///   - alpha: First semi-axis angle; negative gives an empty ellipse, more than π a full one.
    ///   - beta: Second semi-axis angle.
    ///   - orientation: Angle of the first axis, from north towards east.
    /// - Throws: ``ButlerError`` with code `.region` when an angle is NaN, the orientation is not finite, or the
    ///   semi-axes lie on different sides of π/2.
    public init(center: UnitVector3D, alpha: Angle, beta: Angle, orientation: Angle) throws(ButlerError) {
        guard orientation.radians.isFinite else {
            throw Ellipse.error("The orientation of \(orientation.degrees) degrees is not finite.")
        }
        var (a, b) = (alpha.radians, beta.radians)
        let (right, half) = (Angle.quarterTurn, Angle.pi)
        guard !a.isNaN, !b.isNaN, (a < right) == (b < right), (a > right) == (b > right) else {
            throw Ellipse.error(
                "The semi-axes of \(alpha.degrees) and \(beta.degrees) degrees lie on different sides of 90 degrees."
            )
        }
        if a < 0.0 || b < 0.0 {
            self = .empty
        } else if a > half || b > half || (a == half && b == half) {
            self = .full
        } else if a == b {
            self.init(circleAround: center, reducedAlpha: a - right)
        } else {
            var turn = orientation.radians
            if (a < right && a < b) || (a > right && a > b) {
                swap(&a, &b)
                turn += right
            }
            let north = Ellipse.north(from: center)
            let first = UnitVector3D(unchecked: Ellipse.rotate(north, around: center, by: -turn))
            let second = UnitVector3D(unchecked: first.cross(center))
            let ratio = lesser(1.0, greater(-1.0, cosine(a) / cosine(b)))
            self.init(
                axes: (first, second, center),
                reducedAlpha: a - right,
                reducedBeta: b - right,
                gamma: arcCosine(ratio),
                tangentAlpha: tangent(a - right).magnitude,
                tangentBeta: tangent(b - right).magnitude
            )
        }
    }

    /// Creates an ellipse from its foci.
    ///
    /// - Parameters:
    ///   - first: One focus.
    ///   - second: The other focus.
    ///   - alpha: Half the greatest sum of angles to the foci; less than half their distance gives an empty ellipse.
    /// - Throws: ``ButlerError`` with code `.region` when the angle is NaN.
    public init(foci first: UnitVector3D, _ second: UnitVector3D, alpha: Angle) throws(ButlerError) {
        guard !alpha.radians.isNaN else {
            throw Ellipse.error("The semi-axis angle is not a number.")
        }
        let reducedAlpha = alpha.radians - Angle.quarterTurn
        let gamma =
            first.coincides(with: second)
            ? 0.0 : first.isAntipodal(to: second) ? Angle.quarterTurn : 0.5 * first.angle(to: second)
        if Angle.quarterTurn + reducedAlpha < gamma {
            self = .empty
        } else if Angle.quarterTurn - reducedAlpha <= gamma {
            self = .full
        } else if gamma == 0.0 {
            self.init(circleAround: first, reducedAlpha: reducedAlpha)
        } else {
            let (difference, sum) = (first - second, first + second)
            let ratio = lesser(1.0, greater(-1.0, cosine(alpha.radians) / cosine(gamma)))
            var reducedBeta = arcCosine(ratio) - Angle.quarterTurn
            if reducedAlpha <= 0.0 ? reducedBeta > reducedAlpha : reducedBeta < reducedAlpha {
                reducedBeta = reducedAlpha
            }
            self.init(
                axes: (
                    UnitVector3D(unchecked: difference), UnitVector3D(unchecked: difference.cross(sum)),
                    UnitVector3D(unchecked: sum)
                ),
                reducedAlpha: reducedAlpha,
                reducedBeta: reducedBeta,
                gamma: gamma,
                tangentAlpha: tangent(reducedAlpha).magnitude,
                tangentBeta: tangent(reducedBeta).magnitude
            )
        }
    }

    /// Creates an ellipse that is a circle, with any two axes across its centre.
    private init(circleAround center: UnitVector3D, reducedAlpha: Double) {
        let first = Ellipse.orthogonal(to: center)
        let slope = tangent(reducedAlpha).magnitude
        self.init(
            axes: (first, UnitVector3D(unchecked: center.cross(first)), center),
            reducedAlpha: reducedAlpha,
            reducedBeta: reducedAlpha,
            gamma: 0.0,
            tangentAlpha: slope,
            tangentBeta: slope
        )
    }

    /// A unit vector at right angles to a vector.
    static func orthogonal(to v: some CartesianVector) -> UnitVector3D {
        v.x.magnitude > v.y.magnitude
            ? UnitVector3D(unchecked: Vector3D(-v.z, 0.0, v.x)) : UnitVector3D(unchecked: Vector3D(0.0, v.z, -v.y))
    }

    /// The direction of north at a point; at a pole, the meridian of longitude 180 degrees for the north pole.
    private static func north(from v: UnitVector3D) -> UnitVector3D {
        let direction = Vector3D(-v.x * v.z, -v.y * v.z, v.x * v.x + v.y * v.y)
        guard direction.isZero else { return UnitVector3D(unchecked: direction) }
        return UnitVector3D(normalized: v.z.sign == .minus ? 1.0 : -1.0, 0.0, 0.0)
    }

    /// A vector turned around an axis (the formula of Rodrigues).
    private static func rotate(_ v: UnitVector3D, around axis: UnitVector3D, by angle: Double) -> Vector3D {
        let (s, c) = (sine(angle), cosine(angle))
        let along = Vector3D(v.x, v.y, v.z) * c
        let across = axis.cross(v) * s
        let rest = Vector3D(axis.x, axis.y, axis.z) * (axis.dot(v) * (1.0 - c))
        return along + across + rest
    }

    private static func error(_ message: String) -> ButlerError {
        ButlerError(.region, message, remedy: "Give two semi-axes below, at, or above 90 degrees and an orientation.")
    }
}

extension Circle {
    /// Slack of comparisons between circles, in radians.
    private static let slack = 4.0 * Tolerance.arcSine

    /// Whether two circles are the same as numbers, or both empty, or both full.
    private func isSame(as other: Circle) -> Bool {
        (isEmpty && other.isEmpty) || (isFull && other.isFull)
            || (center.coincides(with: other.center) && squaredChordLength == other.squaredChordLength
                && openingAngle.radians == other.openingAngle.radians)
    }

    /// Relation to another circle, with a slack of 6e-8 radians.
    func relate(_ other: Circle) -> Relationship {
        if isEmpty { return .ofEmpty(toEmpty: other.isEmpty) }
        if other.isEmpty { return [.contains, .disjoint] }
        if isFull { return other.isFull ? [.contains, .within] : .contains }
        if other.isFull { return .within }
        if isSame(as: other) { return [.contains, .within] }
        let distance = center.angle(to: other.center)
        let (r1, r2) = (openingAngle.radians, other.openingAngle.radians)
        if distance > r1 + r2 + Circle.slack { return .disjoint }
        if distance + r2 + Circle.slack <= r1 { return .contains }
        return distance + r1 + Circle.slack <= r2 ? .within : []
    }

    /// Whether two circles have no point in common, with a slack of 6e-8 radians.
    func isDisjoint(from other: Circle) -> Bool {
        if isEmpty || other.isEmpty { return true }
        if isFull || other.isFull { return false }
        let distance = center.angle(to: other.center)
        return distance > openingAngle.radians + other.openingAngle.radians + Circle.slack
    }

    /// Shrinks to a circle that holds what both have in common: the smaller of the two, or none.
    mutating func clip(to other: Circle) {
        if isEmpty || other.isFull { return }
        if isFull || other.isEmpty {
            self = other
            return
        }
        let (r1, r2) = (openingAngle.radians, other.openingAngle.radians)
        if center.angle(to: other.center) > r1 + r2 + Circle.slack {
            self = .empty
        } else if r2 < r1 {
            self = other
        }
    }

    /// Grows to the smallest circle that holds both, padded by 1.5e-8 radians.
    mutating func expand(to other: Circle) {
        if isEmpty || other.isFull {
            self = other
            return
        }
        if other.isEmpty || isFull { return }
        let distance = center.angle(to: other.center)
        let (r1, r2) = (openingAngle.radians, other.openingAngle.radians)
        if distance + r2 + Circle.slack <= r1 { return }
        if distance + r1 + Circle.slack <= r2 {
            self = other
            return
        }
        let radius = 0.5 * (distance + r1 + r2)
        if radius + 2.0 * Tolerance.arcSine >= Angle.pi {
            self = .full
            return
        }
        // The new centre lies on the arc between the centres, so far that both edges are reached.
        let cross = (other.center + center).cross(other.center - center)
        let axis = cross.isZero ? Ellipse.orthogonal(to: center) : UnitVector3D(unchecked: cross)
        let turn = radius - r1
        let along = Vector3D(center.x, center.y, center.z) * cosine(turn)
        let moved = UnitVector3D(unchecked: along + axis.cross(center) * sine(turn))
        self = Circle(center: moved, openingAngle: Angle(radians: radius + Tolerance.arcSine))
    }

    /// A box that holds the circle, padded by 3e-8 radians in latitude.
    public var boundingBox: Box {
        let position = LonLat(center)
        let height = openingAngle.radians + 2.0 * Tolerance.arcSine
        let halfWidth = Box.halfWidth(ofCircle: height, at: position.latitude.radians)
        let width = Angle.normalize(Angle.normalize(halfWidth) + Tolerance.arcSine)
        return Box(center: position, halfWidth: Angle(radians: width), halfHeight: Angle(radians: height))
    }

    /// A three-dimensional box that holds the circle.
    public var boundingBox3D: Box3D {
        if isEmpty { return .empty }
        if isFull { return .aroundUnitSphere }
        let (s, c) = (sine(openingAngle.radians), cosine(openingAngle.radians))
        return Box3D(extent(center.x, s, c), extent(center.y, s, c), extent(center.z, s, c))
    }

    /// Extent along one axis, from the centre's component and the sine and cosine of the opening angle.
    private func extent(_ component: Double, _ s: Double, _ c: Double) -> ClosedInterval {
        let margin = 6.2e-16
        let across = (1.0 - component * component).squareRoot()
        var highest = 2.0 - 2.0 * component <= squaredChordLength ? 1.0 : -1.0
        var lowest = 2.0 + 2.0 * component <= squaredChordLength ? -1.0 : 1.0
        for bound in [component * c + across * s, component * c - across * s] {
            highest = greater(highest, bound + margin)
            lowest = lesser(lowest, bound - margin)
        }
        return ClosedInterval(greater(-1.0, lowest), lesser(1.0, highest))
    }
}

extension Ellipse {
    /// The circle around the centre with the greater semi-axis, padded by 3e-8 radians.
    public var boundingCircle: Circle {
        let radius = greater(alpha.radians, beta.radians) + 2.0 * Tolerance.arcSine
        return Circle(center: center, openingAngle: Angle(radians: radius))
    }
}

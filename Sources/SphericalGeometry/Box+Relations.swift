extension Box {
    /// Relation to another box: that of the longitudes and of the latitudes together.
    func relate(_ other: Box) -> Relationship {
        let ofLongitudes = longitudes.relate(other.longitudes)
        let ofLatitudes = latitudes.relate(other.latitudes)
        let both = ofLongitudes.intersection(ofLatitudes).intersection([.contains, .within])
        return both.union(ofLongitudes.union(ofLatitudes).intersection(.disjoint))
    }

    /// Whether two boxes have a point in common.
    func intersects(_ other: Box) -> Bool {
        latitudes.intersects(other.latitudes) && !longitudes.isDisjoint(from: other.longitudes)
    }

    /// Relation to a circle, with a tolerance of 2.5e-15 on squared chord lengths.
    func relate(_ circle: Circle) -> Relationship {
        if isEmpty { return .ofEmpty(toEmpty: circle.isEmpty) }
        if circle.isEmpty { return [.contains, .disjoint] }
        if isFull { return circle.isFull ? [.contains, .within] : .contains }
        if circle.isFull { return .within }
        let corners = BoxCorners(self)
        var isInside = false
        for (i, corner) in [corners.southWest, corners.northWest, corners.southEast, corners.northEast].enumerated() {
            let distance = corner.squaredDistance(to: circle.center)
            if (distance - circle.squaredChordLength).magnitude < Tolerance.squaredChord { return [] }
            let inside = distance < circle.squaredChordLength
            if i == 0 {
                isInside = inside
            } else if inside != isInside {
                return []
            }
        }
        return isInside ? relateInner(circle, corners) : relateOuter(circle, corners)
    }

    /// Relation of a box whose corners all lie in the circle.
    private func relateInner(_ circle: Circle, _ corners: BoxCorners) -> Relationship {
        let limit = circle.squaredChordLength - Tolerance.squaredChord
        for edge in corners.meridians(of: longitudes)
        where ArcDistance.greatestSquaredChord(
            from: circle.center,
            to: edge.north,
            edge.south,
            normal: edge.normal
        ) > limit {
            return []
        }
        let antipode = LonLat(-circle.center)
        if longitudes.contains(antipode.longitude.radians) {
            let angle = Angle.pi - angleToNearestParallel(from: antipode)
            if Circle.squaredChordLength(openingAngle: angle) > limit { return [] }
        }
        // A box may hold the complement of a circle of more than half the sphere: then neither contains the other.
        return contains(antipode) ? [] : .within
    }

    /// Relation of a box whose corners all lie outside the circle.
    private func relateOuter(_ circle: Circle, _ corners: BoxCorners) -> Relationship {
        let limit = circle.squaredChordLength + Tolerance.squaredChord
        for edge in corners.meridians(of: longitudes)
        where ArcDistance.leastSquaredChord(
            from: circle.center,
            to: edge.north,
            edge.south,
            normal: edge.normal
        ) < limit {
            return []
        }
        let center = LonLat(circle.center)
        if longitudes.contains(center.longitude.radians) {
            let angle = angleToNearestParallel(from: center)
            if Circle.squaredChordLength(openingAngle: angle) < limit { return [] }
        }
        return contains(center) ? .contains : .disjoint
    }

    /// Least angle from a position to the parallels at the box's southern and northern ends, in radians.
    private func angleToNearestParallel(from position: LonLat) -> Double {
        let latitude = position.latitude.radians
        return lesser((latitude - latitudes.lower).magnitude, (latitude - latitudes.upper).magnitude)
    }
}

/// The corners of a box that is neither empty nor full.
struct BoxCorners {
    let southWest: UnitVector3D
    let northWest: UnitVector3D
    let southEast: UnitVector3D
    let northEast: UnitVector3D

    init(_ box: Box) {
        let (west, east) = (Angle(radians: box.longitudes.west), Angle(radians: box.longitudes.east))
        let (south, north) = (Angle(radians: box.latitudes.lower), Angle(radians: box.latitudes.upper))
        southWest = UnitVector3D(longitude: west, latitude: south)
        northWest = UnitVector3D(longitude: west, latitude: north)
        southEast = UnitVector3D(longitude: east, latitude: south)
        northEast = UnitVector3D(longitude: east, latitude: north)
    }

    /// The western and eastern edge, with the normals of their meridian planes.
    func meridians(
        of longitudes: LongitudeInterval
    ) -> [(north: UnitVector3D, south: UnitVector3D, normal: Vector3D)] {
        [
            (northWest, southWest, BoxCorners.normal(longitudes.west)),
            (northEast, southEast, BoxCorners.normal(longitudes.east)),
        ]
    }

    private static func normal(_ longitude: Double) -> Vector3D {
        Vector3D(-sine(longitude), cosine(longitude), 0.0)
    }
}

extension Box {
    /// Half the width in longitude of a circle of radius r around a latitude, all in radians.
    static func halfWidth(ofCircle r: Double, at latitude: Double) -> Double {
        if r <= 0.0 { return 0.0 }
        if latitude.magnitude + r >= Angle.quarterTurn { return Angle.pi }
        let s = (sine(r) / cosine(latitude)).magnitude
        return s >= 1.0 ? Angle.quarterTurn : arcSine(s)
    }

    /// A circle that holds the box.
    ///
    /// A box of at most half a turn has its corners on the edge; wider ones get the smaller of a circle around a pole
    /// and one around the middle of the equator.
    public var boundingCircle: Circle {
        if isEmpty { return .empty }
        if isFull { return .full }
        guard longitudes.width <= Angle.pi else { return wideBoundingCircle }
        let corners = BoxCorners(self)
        let center = boundingCircleCenter(corners)
        var chord = center.squaredDistance(to: corners.southWest)
        chord = greater(chord, center.squaredDistance(to: corners.northWest))
        chord = greater(chord, center.squaredDistance(to: corners.southEast))
        chord = greater(chord, center.squaredDistance(to: corners.northEast))
        return Circle(center: center, squaredChordLength: chord + 2.0 * Tolerance.squaredChord)
    }

    /// The point on the middle meridian whose greatest distance to the corners is least.
    private func boundingCircleCenter(_ corners: BoxCorners) -> UnitVector3D {
        let middle = Angle(radians: longitudes.center)
        let point = { (latitude: Double) in UnitVector3D(longitude: middle, latitude: Angle(radians: latitude)) }
        let c = cosine(0.5 * longitudes.width)
        // Nearest to the southern corners, nearest to the northern ones, and equally far from all four.
        let south =
            c == 0.0 ? (latitudes.lower < 0 ? -1 : 1) * Angle.quarterTurn : arcTangent(tangent(latitudes.lower) / c)
        let north =
            c == 0.0 ? (latitudes.upper < 0 ? -1 : 1) * Angle.quarterTurn : arcTangent(tangent(latitudes.upper) / c)
        let between = c == 0.0 ? 0.0 : arcTangent(c * tangent(latitudes.center))
        if south <= between, between <= north { return point(between) }
        let (p, q) = (point(south), point(north))
        return p.dot(corners.southWest) > q.dot(corners.northWest) ? q : p
    }

    /// The bounding circle of a box wider than half a turn.
    private var wideBoundingCircle: Circle {
        let isNorthern = latitudes.lower.magnitude <= latitudes.upper.magnitude
        var radius = isNorthern ? Angle.quarterTurn - latitudes.lower : latitudes.upper + Angle.quarterTurn
        var center: UnitVector3D = isNorthern ? .zAxis : -.zAxis
        let halfWidth = 0.5 * longitudes.width
        if !longitudes.isFull, halfWidth < radius {
            radius = halfWidth
            center = UnitVector3D(longitude: Angle(radians: longitudes.center), latitude: Angle(radians: 0.0))
        }
        return Circle(center: center, openingAngle: Angle(radians: radius + 4.0 * Tolerance.arcSine))
    }

    /// A three-dimensional box that holds the box.
    public var boundingBox3D: Box3D {
        if isEmpty { return .empty }
        if isFull { return .aroundUnitSphere }
        let crossesEquator = latitudes.contains(0.0)
        let (south, north) = (cosine(latitudes.lower), cosine(latitudes.upper))
        let widest = crossesEquator ? 1.0 : greater(south, north) + Tolerance.epsilon
        let radii = (south, north, crossesEquator)
        return Box3D(
            extent(cosine(longitudes.west), cosine(longitudes.east), radii, widest, top: 0.0, bottom: Angle.pi),
            extent(
                sine(longitudes.west),
                sine(longitudes.east),
                radii,
                widest,
                top: 0.5 * Angle.pi,
                bottom: 1.5 * Angle.pi
            ),
            ClosedInterval(
                greater(-1.0, sine(latitudes.lower) - Tolerance.epsilon),
                lesser(1.0, sine(latitudes.upper) + Tolerance.epsilon)
            )
        )
    }

    /// Extent along x or y, from the components of both meridians and the longitudes where the axis lies.
    private func extent(
        _ west: Double,
        _ east: Double,
        _ radii: (south: Double, north: Double, crossesEquator: Bool),
        _ widest: Double,
        top: Double,
        bottom: Double
    ) -> ClosedInterval {
        let corners = [west * radii.south, east * radii.south, west * radii.north, east * radii.north]
        var lowest = corners.reduce(.infinity, lesser) - 2.5 * Tolerance.epsilon
        var highest = corners.reduce(-.infinity, greater) + 2.5 * Tolerance.epsilon
        if radii.crossesEquator {
            lowest = lesser(lowest, lesser(west, east) - Tolerance.epsilon)
            highest = greater(highest, greater(west, east) + Tolerance.epsilon)
        }
        if longitudes.contains(top) { highest = greater(highest, widest) }
        if longitudes.contains(bottom) { lowest = lesser(lowest, -widest) }
        return ClosedInterval(greater(-1.0, lowest), lesser(1.0, highest))
    }
}

/// Centroid and bounds of a polygon given by its vertices (`sphgeom: ConvexPolygonImpl.h` sets the order of operations).
enum PolygonBounds {
    /// The area-weighted centroid (Brock 1974, for triangles); nil where an edge or the sum has no direction.
    static func centroid(of vertices: VertexBuffer) -> UnitVector3D? {
        var sum = Vector3D(0.0, 0.0, 0.0)
        guard var start = vertices.last else { return nil }
        for end in vertices {
            let cross = start.robustCross(end)
            guard !cross.isZero else { return nil }
            let direction = UnitVector3D(unchecked: cross)
            let s = 0.5 * normalizedLength(of: cross)
            let c = start.dot(end)
            let angle = s == 0.0 && c == 0.0 ? 0.0 : arcTangent(s, c)
            sum = sum + Vector3D(direction.x, direction.y, direction.z) * angle
            start = end
        }
        guard !sum.isZero else { return nil }
        let centroid = UnitVector3D(unchecked: sum)
        return centroid.x.isFinite && centroid.y.isFinite && centroid.z.isFinite ? centroid : nil
    }

    /// Length of a vector as normalization computes it, the largest component drawn out first.
    private static func normalizedLength(of v: Vector3D) -> Double {
        let (ax, ay, az) = (v.x.magnitude, v.y.magnitude, v.z.magnitude)
        if ax > az, ax > ay {
            let (y, z) = (v.y / ax, v.z / ax)
            return (1.0 + (y * y + z * z)).squareRoot() * ax
        }
        if ay > az {
            let (x, z) = (v.x / ay, v.z / ay)
            return (1.0 + (x * x + z * z)).squareRoot() * ay
        }
        let (x, y) = (v.x / az, v.y / az)
        return (1.0 + (x * x + y * y)).squareRoot() * az
    }

    /// The smallest circle around the centroid that holds all vertices, padded; the full circle without a centroid.
    static func circle(around vertices: VertexBuffer) -> Circle {
        guard let center = centroid(of: vertices) else { return .full }
        var chord = 0.0
        for vertex in vertices {
            chord = greater(chord, vertex.squaredDistance(to: center))
        }
        return Circle(center: center, squaredChordLength: chord + 2.0 * Tolerance.squaredChord)
    }

    /// A box around the vertices, the highest and lowest points of edges, and poles inside.
    static func box(around vertices: VertexBuffer) -> Box {
        guard var start = vertices.last else { return .empty }
        let padding = Tolerance.polygonBox
        var bounds = Box.empty
        var hasClockwise = false
        var hasCounterclockwise = false
        for end in vertices {
            let angle = Angle(radians: padding)
            bounds.expand(to: Box(center: LonLat(end), halfWidth: angle, halfHeight: angle))
            if !hasClockwise || !hasCounterclockwise {
                let turn = Orientation.sign(.zAxis, start, end)
                hasCounterclockwise = hasCounterclockwise || turn > 0
                hasClockwise = hasClockwise || turn < 0
            }
            if let latitude = extremeLatitude(from: start, to: end) {
                var latitudes = bounds.latitudes
                latitudes.expand(to: latitude)
                bounds = Box(longitudes: bounds.longitudes, latitudes: latitudes)
            }
            start = end
        }
        if !hasClockwise || !hasCounterclockwise {
            let pole = hasClockwise ? -Angle.quarterTurn : Angle.quarterTurn
            bounds.expand(to: Box(longitudes: .full, latitudes: ClosedInterval(pole, pole)))
        }
        return bounds
    }

    /// Latitude of the highest or lowest point of an edge in radians, padded, when that point lies inside the edge.
    private static func extremeLatitude(from start: UnitVector3D, to end: UnitVector3D) -> Double? {
        let n = start.robustCross(end)
        let top = Vector3D(-n.x * n.z, -n.y * n.z, n.x * n.x + n.y * n.y)
        guard !top.isZero else { return nil }
        let before = start.y * n.x - start.x * n.y
        let after = end.y * n.x - end.x * n.y
        if before > 0.0, after < 0.0 { return LonLat.latitude(of: top) + Tolerance.polygonBox }
        if before < 0.0, after > 0.0 {
            return LonLat.latitude(of: Vector3D(-top.x, -top.y, -top.z)) - Tolerance.polygonBox
        }
        return nil
    }

    /// A box around the vertices, the extreme points of edges along each axis, and axes inside.
    static func box3D(around vertices: VertexBuffer) -> Box3D {
        Box3D(
            extent(of: vertices, along: .xAxis) { $0.x },
            extent(of: vertices, along: .yAxis) { $0.y },
            extent(of: vertices, along: .zAxis) { $0.z }
        )
    }

    /// Extent along one axis, with an error margin of 1e-14.
    private static func extent(
        of vertices: VertexBuffer,
        along axis: UnitVector3D,
        component: (UnitVector3D) -> Double
    ) -> ClosedInterval {
        guard var start = vertices.last else { return .empty }
        var (lowest, highest) = (component(start), component(start))
        var (holdsAxis, holdsAntipode) = (true, true)
        for end in vertices {
            lowest = lesser(lowest, component(end))
            highest = greater(highest, component(end))
            let normal = UnitVector3D(unchecked: start.robustCross(end))
            let n = component(normal)
            let d = (1.0 - n * n).magnitude
            if d > 0.0 {
                // The point of the great circle that lies lowest along the axis, times its distance from the axis.
                let low = Vector3D(normal.x, normal.y, normal.z) * n - axis
                let across = low.cross(normal)
                let (before, after) = (across.dot(start), across.dot(end))
                if before >= 0.0, after <= 0.0 { lowest = lesser(lowest, -d.squareRoot()) }
                if before <= 0.0, after >= 0.0 { highest = greater(highest, d.squareRoot()) }
            }
            let turn = Orientation.sign(axis, start, end)
            holdsAxis = holdsAxis && turn >= 0
            holdsAntipode = holdsAntipode && turn <= 0
            start = end
        }
        return ClosedInterval(
            holdsAntipode ? -1.0 : greater(-1.0, lowest - 1.0e-14),
            holdsAxis ? 1.0 : lesser(1.0, highest + 1.0e-14)
        )
    }
}

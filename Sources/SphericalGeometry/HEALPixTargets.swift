/// How far inside a region a pixel lies, as far as its centre and the greatest radius of its order tell.
enum HEALPixZone: Int, Comparable {
    /// No point of the pixel lies in the region.
    case outside
    /// The centre lies outside, but a part of the pixel may lie in the region.
    case near
    /// The centre lies in the region.
    case centered
    /// The whole pixel lies in the region.
    case inside

    static func < (left: HEALPixZone, right: HEALPixZone) -> Bool { left.rawValue < right.rawValue }
}

/// A region that tells the zone of HEALPix pixels.
protocol HEALPixTarget {
    /// Zone of a pixel.
    func zone(of cell: HEALPixCell) -> HEALPixZone

    /// Whether all points of a pixel certainly lie in the region.
    func holds(_ cell: HEALPixCell) -> Bool
}

extension HEALPixTarget {
    func holds(_ cell: HEALPixCell) -> Bool { zone(of: cell) == .inside }
}

/// Cosines of an angle widened by the greatest pixel radius, as it is, and narrowed, for each order.
struct HEALPixLimits {
    private let byOrder: [(outer: Double, exact: Double, inner: Double)]

    init(angle: Double, orders: Int) {
        byOrder = (0...orders).map { order in
            let radius = HEALPixCell.greatestRadius(order: order)
            return (
                outer: angle + radius > Angle.pi ? -1.0 : cosine(angle + radius),
                exact: cosine(angle),
                inner: angle - radius < 0.0 ? 1.0 : cosine(angle - radius)
            )
        }
    }

    @inline(__always)
    subscript(order: Int) -> (outer: Double, exact: Double, inner: Double) { byOrder[order] }
}

/// The whole sphere, as a target of HEALPix searches.
struct HEALPixSphere: HEALPixTarget {
    func zone(of cell: HEALPixCell) -> HEALPixZone { .inside }
}

/// A circle, as a target of HEALPix searches.
struct HEALPixCircle: HEALPixTarget {
    private let z: Double
    private let longitude: Double
    private let limits: HEALPixLimits

    /// Creates a target for an opening angle from 0 to less than π.
    init(_ circle: Circle, orders: Int) {
        let position = LonLat(circle.center)
        z = cosine(Angle.quarterTurn - position.latitude.radians)
        longitude = position.longitude.radians
        limits = HEALPixLimits(angle: circle.openingAngle.radians, orders: orders)
    }

    func zone(of cell: HEALPixCell) -> HEALPixZone {
        let center = cell.center
        let radii = ((1.0 - z * z) * (1.0 - center.z * center.z)).squareRoot()
        let cosineOfDistance = z * center.z + cosine(longitude - center.longitude) * radii
        let limit = limits[cell.order]
        guard cosineOfDistance > limit.outer else { return .outside }
        if cosineOfDistance < limit.exact { return .near }
        return cosineOfDistance <= limit.inner ? .centered : .inside
    }
}

/// A convex polygon, as a target of HEALPix searches: the half spaces of its edges and the smallest circle around it.
struct HEALPixPolygon: HEALPixTarget {
    private let normals: [Vector3D]
    private let halfSpace: HEALPixLimits
    private let circleCenter: Vector3D
    private let circle: HEALPixLimits

    /// Creates a target; nil when a corner is degenerate or turns the wrong way.
    init?(_ polygon: ConvexPolygon, orders: Int) {
        let vertices = polygon.vertices.map { vertex in
            let colatitude = arcCosine(vertex.z)
            let longitude = vertex.x == 0.0 && vertex.y == 0.0 ? 0.0 : arcTangent(vertex.y, vertex.x)
            let radius = sine(colatitude)
            return Vector3D(radius * cosine(longitude), radius * sine(longitude), cosine(colatitude))
        }
        var normals: [Vector3D] = []
        var direction = 1.0
        for i in vertices.indices {
            let (next, second) = (vertices[(i + 1) % vertices.count], vertices[(i + 2) % vertices.count])
            let cross = vertices[i].cross(next)
            let normal = cross * (1.0 / cross.norm)
            let turn = normal.dot(second)
            // Vertices that coincide give NaN, which passes: such an edge cuts nothing off.
            if turn.magnitude < 1e-10 { return nil }
            if i == 0 { direction = turn < 0.0 ? -1.0 : 1.0 }
            if direction * turn <= 0.0 { return nil }
            normals.append(normal * direction)
        }
        self.normals = normals
        halfSpace = HEALPixLimits(angle: Angle.quarterTurn, orders: orders)
        let enclosing = EnclosingCircle(around: vertices)
        circleCenter = enclosing.center
        circle = HEALPixLimits(angle: arcCosine(enclosing.cosineOfRadius), orders: orders)
    }

    func zone(of cell: HEALPixCell) -> HEALPixZone {
        let center = cell.center
        let point = HEALPixCell.point(z: center.z, longitude: center.longitude)
        let limit = halfSpace[cell.order]
        var zone = HEALPixZone.inside
        for normal in normals {
            zone = min(zone, HEALPixPolygon.zone(point.dot(normal), limit))
            if zone == .outside { return zone }
        }
        return min(zone, HEALPixPolygon.zone(point.dot(circleCenter), circle[cell.order]))
    }

    /// An edge between vertices that coincide takes no part in zones, but does in the polygon.
    func holds(_ cell: HEALPixCell) -> Bool {
        normals.allSatisfy { $0.x.isFinite } && zone(of: cell) == .inside
    }

    @inline(__always)
    private static func zone(
        _ cosineOfDistance: Double,
        _ limit: (outer: Double, exact: Double, inner: Double)
    ) -> HEALPixZone {
        if cosineOfDistance < limit.outer { return .outside }
        if cosineOfDistance < limit.exact { return .near }
        return cosineOfDistance < limit.inner ? .centered : .inside
    }
}

/// The smallest circle around points in less than half the sphere, built point by point in their order.
struct EnclosingCircle {
    private(set) var center: Vector3D
    private(set) var cosineOfRadius: Double

    /// Creates the circle around two or more points.
    init(around points: [Vector3D]) {
        center = Vector3D(0.0, 0.0, 1.0)
        cosineOfRadius = 1.0
        grow(around: points[...], through: [])
    }

    /// Finds the smallest circle around points whose edge passes through up to two others.
    private mutating func grow(around points: ArraySlice<Vector3D>, through fixed: [Vector3D]) {
        var next = points.startIndex
        if fixed.count < 2 {
            let edge = Array(points.prefix(2 - fixed.count)) + fixed
            guard edge.count == 2 else { return }
            set(direction: edge[0] + edge[1], edge: edge[0])
            next += 2 - fixed.count
        } else {
            set(direction: fixed[0] + fixed[1], edge: fixed[0])
        }
        while next < points.endIndex {
            let point = points[next]
            if point.dot(center) < cosineOfRadius {
                if fixed.count < 2 {
                    grow(around: points[..<next], through: fixed + [point])
                } else {
                    set(direction: (fixed[0] - point).cross(fixed[1] - point), edge: point)
                }
            }
            next += 1
        }
    }

    /// Sets the centre to a direction and the radius so that the edge passes through a point.
    private mutating func set(direction: Vector3D, edge: Vector3D) {
        center = direction * (1.0 / direction.norm)
        cosineOfRadius = edge.dot(center)
        if cosineOfRadius < 0.0 {
            center = center * -1.0
            cosineOfRadius = -cosineOfRadius
        }
    }
}

/// A box in longitude and latitude, as a target of HEALPix searches.
struct HEALPixBox: HEALPixTarget {
    private let colatitudes: ClosedInterval
    private let middle: Double
    private let halfWidth: Double
    private let radii: [Double]

    /// Slack of all comparisons, so that intervals are closed in spite of rounding.
    private static let slack = 2.2e-16

    /// Creates a target for a box of some width and height.
    init(_ box: Box, orders: Int) {
        colatitudes = ClosedInterval(
            Angle.quarterTurn - box.latitudes.upper,
            Angle.quarterTurn - box.latitudes.lower
        )
        middle = box.longitudes.center
        halfWidth = box.longitudes.isFull ? .infinity : 0.5 * box.longitudes.width
        radii = (0...orders).map { HEALPixCell.greatestRadius(order: $0) }
    }

    func zone(of cell: HEALPixCell) -> HEALPixZone {
        let center = cell.center
        let colatitude = arcCosine(center.z)
        let radius = radii[cell.order]
        let height = HEALPixBox.zone(
            depth: min(colatitude - colatitudes.lower, colatitudes.upper - colatitude),
            radius: radius
        )
        guard height != .outside, halfWidth.isFinite else { return height }
        let width = HEALPixBox.zone(
            depth: halfWidth - angle(to: center.longitude),
            radius: radius / sine(colatitude)
        )
        return min(height, width)
    }

    /// Angle between a longitude and the box's middle.
    private func angle(to longitude: Double) -> Double {
        let angle = (longitude - middle).magnitude
        return angle > Angle.pi ? Angle.fullTurn - angle : angle
    }

    /// Zone of a pixel that lies so deep in an interval.
    private static func zone(depth: Double, radius: Double) -> HEALPixZone {
        if depth + radius < -slack { return .outside }
        if depth < -slack { return .near }
        return depth - radius < -slack ? .centered : .inside
    }

    /// A circle around the pixel reaches farther in longitude than the zones allow for.
    func holds(_ cell: HEALPixCell) -> Bool {
        guard zone(of: cell) == .inside else { return false }
        guard halfWidth.isFinite else { return true }
        let center = cell.center
        let reach = sine(radii[cell.order]) / sine(arcCosine(center.z))
        return reach < 1.0 && angle(to: center.longitude) + arcSine(reach) < halfWidth
    }
}

/// A single point, as a target of HEALPix searches: just the member cell that holds it.
struct HEALPixPoint: HEALPixTarget {
    private let order: Int
    private let number: UInt64

    /// Creates a target for searches at a level.
    init(_ point: UnitVector3D, level: Int) {
        order = level + HEALPixSearch<HEALPixPoint>.membershipDepth
        let position = LonLat(point)
        let colatitude = Angle.quarterTurn - position.latitude.radians
        let z = cosine(colatitude)
        let cell = HEALPixCell(
            order: order,
            z: z,
            longitude: position.longitude.radians,
            radius: z.magnitude > 0.99 ? sine(colatitude) : nil
        )
        number = cell.number
    }

    func zone(of cell: HEALPixCell) -> HEALPixZone {
        guard cell.order < order else { return cell.number == number ? .centered : .outside }
        return cell.number == number >> UInt64(2 * (order - cell.order)) ? .near : .outside
    }
}

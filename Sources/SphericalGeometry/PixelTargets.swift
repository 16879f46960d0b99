/// A cap of less than a quarter turn, and whether a pixel lies clearly beyond it.
struct BoundingCap {
    private let center: UnitVector3D
    /// Squared sine of the opening angle and a margin.
    private let squaredReach: Double

    /// Creates a cap; nil when it is too wide for a test against planes.
    init?(center: UnitVector3D, squaredChordLength chord: Double, margin: Double) {
        guard chord >= 0.0, chord < 1.9, (center.squaredNorm - 1.0).magnitude < 1e-10 else { return nil }
        self.center = center
        let reach = (chord * (1.0 - 0.25 * chord)).squareRoot() + margin
        squaredReach = reach * reach
    }

    /// Whether an edge's great circle separates the cap from the inner side of the edge by more than the margin.
    @inline(__always)
    func isBeyond(normal: Vector3D) -> Bool {
        let distance = center.dot(normal)
        return distance < 0.0 && distance * distance > squaredReach * normal.squaredNorm
    }
}

/// A circle to search for.
struct CircleTarget: PixelTarget {
    private let circle: Circle
    private let cap: BoundingCap?

    /// The margin of 1e-6 radians exceeds the tolerance of chord lengths, squared, by a factor of 400.
    init(_ circle: Circle) {
        self.circle = circle
        cap = BoundingCap(center: circle.center, squaredChordLength: circle.squaredChordLength, margin: 1e-6)
    }

    func relation(of pixel: VertexBuffer) -> Relationship {
        if let cap, var start = pixel.last {
            for end in pixel {
                if cap.isBeyond(normal: start.cross(end)) { return .disjoint }
                start = end
            }
        }
        return PolygonRelations.relate(pixel, circle)
    }
}

/// A box to search for.
struct BoxTarget: PixelTarget {
    let box: Box

    func relation(of pixel: VertexBuffer) -> Relationship {
        PolygonRelations.relate(pixel, box)
    }
}

/// A polygon to search for, with the vector products of its edges.
struct PolygonTarget: PixelTarget {
    private let polygon: EdgeView
    /// A cap around the polygon; nil when it is too wide or the vertices are not in convex position.
    private let cap: BoundingCap?
    private let pixelNormals: UnsafeMutablePointer<Vector3D>

    /// Lends memory for the comparison with pixels of a number of vertices.
    static func with(
        _ polygon: ConvexPolygon,
        pixelVertexCount: Int,
        _ body: (PolygonTarget) -> RangeSet
    ) -> RangeSet {
        let count = polygon.vertices.count
        return polygon.vertices.withUnsafeBufferPointer { vertices in
            withUnsafeTemporaryAllocation(of: Vector3D.self, capacity: count + pixelVertexCount) { memory in
                guard let normals = memory.baseAddress else { return RangeSet() }
                return body(PolygonTarget(EdgeView(vertices, normals: normals), pixelNormals: normals + count))
            }
        }
    }

    private init(_ polygon: EdgeView, pixelNormals: UnsafeMutablePointer<Vector3D>) {
        self.polygon = polygon
        self.pixelNormals = pixelNormals
        cap = PolygonTarget.cap(around: polygon)
    }

    /// A cap around the vertices, if they are in convex position so that it holds the whole polygon.
    private static func cap(around polygon: EdgeView) -> BoundingCap? {
        let sum = polygon.vertices.reduce(Vector3D(0.0, 0.0, 0.0)) { $0 + $1 }
        let center = UnitVector3D(unchecked: sum)
        var chord = 0.0
        var hasInside = false
        for vertex in polygon.vertices {
            guard (vertex.squaredNorm - 1.0).magnitude < 1e-10 else { return nil }
            chord = greater(chord, vertex.squaredDistance(to: center))
            for edge in 0..<polygon.count {
                let sign = polygon.sign(vertex, edge: edge)
                if sign < 0 { return nil }
                hasInside = hasInside || sign > 0
            }
        }
        return hasInside ? BoundingCap(center: center, squaredChordLength: chord, margin: 1e-9) : nil
    }

    func relation(of pixel: VertexBuffer) -> Relationship {
        let pixel = EdgeView(pixel, normals: pixelNormals)
        if let cap {
            for edge in 0..<pixel.count where cap.isBeyond(normal: pixel.normal(edge)) { return .disjoint }
        }
        return PolygonRelations.relate(pixel, polygon, areConvex: cap != nil)
    }
}

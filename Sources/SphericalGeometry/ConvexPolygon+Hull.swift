public import StewardCore

extension ConvexPolygon {
    /// Creates the convex hull of points.
    ///
    /// The hull grows point by point, so its first vertex depends on the order of the points, and the stored bytes with
    /// it. Takes time proportional to the number of points times the number of hull vertices.
    ///
    /// - Parameter points: At least three points that do not all lie on one great circle.
    /// - Throws: ``ButlerError`` with code `.region` when a point is not finite, when there are fewer than three that
    ///   span a polygon, or when the hull would be the whole sphere.
    public init(hullOf points: some Collection<UnitVector3D>) throws(ButlerError) {
        guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
            throw ButlerError(
                .region,
                "A vertex of the polygon has a component that is not finite.",
                remedy: "Give vertices with finite coordinates."
            )
        }
        var hull = ConvexHull()
        var rest = points.makeIterator()
        try hull.findTriangle(&rest)
        while let point = rest.next() {
            try hull.add(point)
        }
        self.init(unchecked: hull.vertices)
    }
}

/// A convex hull that grows point by point.
///
/// The order of vertices is that of the reference (`sphgeom: ConvexPolygon.cc`).
private struct ConvexHull {
    /// The hull so far, counter-clockwise.
    private(set) var vertices: [UnitVector3D] = []
    /// The vector products of the edges; edge j runs from the vertex before j to vertex j.
    private var normals: [Vector3D] = []

    private static let wholeSphere = ButlerError(
        .region,
        "The convex hull of the points is the whole sphere.",
        remedy: "Give points that fit into less than half the sphere."
    )
    private static let tooFewPoints = ButlerError(
        .region,
        "The points do not span a polygon.",
        remedy: "Give at least three points that do not lie on one great circle."
    )

    /// Takes points until three of them turn counter-clockwise.
    mutating func findTriangle(_ rest: inout some IteratorProtocol<UnitVector3D>) throws(ButlerError) {
        guard var v0 = rest.next() else { throw ConvexHull.tooFewPoints }
        var v1 = v0
        while v1.coincides(with: v0) {
            guard let next = rest.next() else { throw ConvexHull.tooFewPoints }
            guard !next.isAntipodal(to: v0) else { throw ConvexHull.wholeSphere }
            v1 = next
        }
        let normal = UnitVector3D(unchecked: v0.robustCross(v1))
        while let point = rest.next() {
            let turn = Orientation.sign(v0, v1, point)
            if turn != 0 {
                vertices = turn > 0 ? [v0, v1, point] : [v1, v0, point]
                normals = [point.cross(vertices[0]), vertices[0].cross(vertices[1]), vertices[1].cross(point)]
                return
            }
            try ConvexHull.extend(&v0, &v1, by: point, normal: normal)
        }
        throw ConvexHull.tooFewPoints
    }

    /// Extends an arc by a point on the same great circle.
    private static func extend(
        _ v0: inout UnitVector3D,
        _ v1: inout UnitVector3D,
        by point: UnitVector3D,
        normal: UnitVector3D
    ) throws(ButlerError) {
        if point.coincides(with: v0) || point.coincides(with: v1) { return }
        guard !point.isAntipodal(to: v0), !point.isAntipodal(to: v1) else { throw wholeSphere }
        let before = Orientation.sign(normal, v0, point)
        let after = Orientation.sign(normal, point, v1)
        guard before != after else { return }
        let along = Orientation.sign(normal, v0, v1)
        if along == -after {
            v1 = point
        } else if along == -before {
            v0 = point
        } else {
            throw wholeSphere
        }
    }

    /// Adds a point: vertices that it hides are dropped.
    mutating func add(_ point: UnitVector3D) throws(ButlerError) {
        // Edges that have the point strictly inside turn counter-clockwise about it.
        let first = isInside(point, edge: 0)
        var isVisible = first
        // Vertices where the orientation about the point turns to, and away from, counter-clockwise.
        var gain: Int?
        var loss: Int?
        for j in 1..<vertices.count {
            let turns = isInside(point, edge: j)
            if turns, !isVisible { gain = j - 1 }
            if !turns, isVisible { loss = j }
            isVisible = turns
        }
        if first, !isVisible { gain = vertices.count - 1 }
        if !first, isVisible { loss = 0 }
        guard let gain, let loss else {
            if first { return }
            throw ConvexHull.wholeSphere
        }
        insert(point, gain: gain, loss: loss)
    }

    private func isInside(_ point: UnitVector3D, edge: Int) -> Bool {
        let determinant = point.dot(normals[edge])
        if determinant.magnitude > Orientation.maximumError { return determinant > 0.0 }
        let start = vertices[edge == 0 ? vertices.count - 1 : edge - 1]
        return Orientation.refinedSign(point, start, vertices[edge]) > 0
    }

    /// Puts a point between two vertices and drops those that are hidden.
    private mutating func insert(_ point: UnitVector3D, gain: Int, loss: Int) {
        var position = loss
        if gain < loss {
            vertices.removeSubrange(loss...)
            normals.removeSubrange(loss...)
            vertices.removeSubrange(..<gain)
            normals.removeSubrange(..<gain)
            position = vertices.count
        } else if gain > loss {
            vertices.removeSubrange(loss..<gain)
            normals.removeSubrange(loss..<gain)
        } else if loss == 0 {
            position = vertices.count
        }
        vertices.insert(point, at: position)
        let before = vertices[position == 0 ? vertices.count - 1 : position - 1]
        normals.insert(before.cross(point), at: position)
        let next = position + 1 == vertices.count ? 0 : position + 1
        normals[next] = point.cross(vertices[next])
    }
}

/// Relations of a polygon, given by its vertices, to points and other regions.
enum PolygonRelations {
    /// Whether a point lies in a polygon or on its edge: on no edge's outer side.
    static func contains(_ vertices: VertexBuffer, _ point: UnitVector3D) -> Bool {
        guard var start = vertices.last else { return false }
        for end in vertices {
            if Orientation.sign(point, start, end) < 0 { return false }
            start = end
        }
        return true
    }

    /// Relation of two polygons.
    static func relate(_ first: VertexBuffer, _ second: VertexBuffer) -> Relationship {
        withUnsafeTemporaryAllocation(of: Vector3D.self, capacity: first.count + second.count) { memory in
            guard let normals = memory.baseAddress else { return .disjoint }
            return relate(
                EdgeView(first, normals: normals),
                EdgeView(second, normals: normals + first.count),
                areConvex: false
            )
        }
    }

    /// Relation of two polygons.
    ///
    /// - Parameters:
    ///   - p: The first polygon.
    ///   - q: The second polygon.
    ///   - areConvex: Whether both are known to be convex, so that an edge with the other polygon wholly outside it
    ///     settles the matter.
    /// - Returns: The relation of the first to the second.
    @inline(__always)
    static func relate(_ p: EdgeView, _ q: EdgeView, areConvex: Bool) -> Relationship {
        let ofFirst = VertexCensus(of: p.vertices, in: q)
        if ofFirst == .some {
            // The answer is known as soon as one vertex of the other polygon lies outside.
            return q.vertices.allSatisfy(p.contains) ? .contains : []
        }
        let ofSecond = VertexCensus(of: q.vertices, in: p)
        if ofFirst == .all || ofSecond == .all {
            return Relationship(rawValue: (ofFirst == .all ? 4 : 0) | (ofSecond == .all ? 2 : 0))
        }
        if ofSecond == .some { return [] }
        return haveCrossing(p, q, areConvex: areConvex) ? [] : .disjoint
    }

    /// Whether an edge of one polygon crosses an edge of the other properly, with no vertex on the other's great circle.
    ///
    /// Arcs cross when the ends of each lie on different sides of the other, turned such that the arcs meet and not their
    /// antipodes.
    @inline(__always)
    private static func haveCrossing(_ p: EdgeView, _ q: EdgeView, areConvex: Bool) -> Bool {
        var start = q.count &- 1
        for end in 0..<q.count {
            var highest = -1
            var before = q.sign(p.vertices[p.count &- 1], edge: end)
            for i in 0..<p.count {
                let side = q.sign(p.vertices[i], edge: end)
                highest = max(highest, side)
                if side != 0, before == -side, p.sign(q.vertices[end], edge: i) == before,
                    p.sign(q.vertices[start], edge: i) == side
                {
                    return true
                }
                before = side
            }
            if areConvex, highest < 0 { return false }
            start = end
        }
        return false
    }
}

/// How many of a polygon's vertices lie in another.
private enum VertexCensus {
    case none
    case some
    case all

    /// Counts until the answer is known.
    @inline(__always)
    init(of vertices: VertexBuffer, in polygon: EdgeView) {
        var (isAny, isAll) = (false, true)
        for vertex in vertices {
            let isInside = polygon.contains(vertex)
            isAny = isAny || isInside
            isAll = isAll && isInside
            if isAny, !isAll { break }
        }
        self = isAll ? .all : isAny ? .some : .none
    }
}

extension PolygonRelations {
    /// Relation of a polygon to a box: that of its bounding box, as far as it is conclusive.
    static func relate(_ vertices: VertexBuffer, _ box: Box) -> Relationship {
        PolygonBounds.box(around: vertices).relate(box).intersection([.disjoint, .within])
    }

    /// Relation of a polygon to a circle, with a tolerance of 2.5e-15 on squared chord lengths.
    static func relate(_ vertices: VertexBuffer, _ circle: Circle) -> Relationship {
        if circle.isEmpty { return [.contains, .disjoint] }
        if circle.isFull { return .within }
        let chord = circle.squaredChordLength
        var isInside = false
        for i in 0..<vertices.count {
            let distance = vertices[i].squaredDistance(to: circle.center)
            if (distance - chord).magnitude < Tolerance.squaredChord { return [] }
            let inside = distance < chord
            if i == 0 {
                isInside = inside
            } else if inside != isInside {
                return []
            }
        }
        return isInside ? relateInner(vertices, circle) : relateOuter(vertices, circle)
    }

    /// Relation of a polygon whose vertices all lie in the circle.
    private static func relateInner(_ vertices: VertexBuffer, _ circle: Circle) -> Relationship {
        guard var start = vertices.last else { return [] }
        let limit = circle.squaredChordLength - Tolerance.squaredChord
        for end in vertices {
            let normal = start.robustCross(end)
            if ArcDistance.greatestSquaredChord(from: circle.center, to: start, end, normal: normal) > limit {
                return []
            }
            start = end
        }
        // A circle of more than half the sphere may lie around the polygon's edge but leave a hole inside it.
        return contains(vertices, -circle.center) ? [] : .within
    }

    /// Relation of a polygon whose vertices all lie outside the circle.
    private static func relateOuter(_ vertices: VertexBuffer, _ circle: Circle) -> Relationship {
        guard var start = vertices.last else { return [] }
        let limit = circle.squaredChordLength + Tolerance.squaredChord
        for end in vertices {
            let normal = start.robustCross(end)
            if ArcDistance.leastSquaredChord(from: circle.center, to: start, end, normal: normal) < limit {
                return []
            }
            start = end
        }
        return contains(vertices, circle.center) ? .contains : .disjoint
    }
}

/// Distances from a point to the inside of an arc, as squared chord lengths.
enum ArcDistance {
    /// Least squared chord to a point inside the arc; 4 when the nearest point of its great circle lies outside the arc.
    static func leastSquaredChord(
        from v: UnitVector3D,
        to a: UnitVector3D,
        _ b: UnitVector3D,
        normal n: some CartesianVector
    ) -> Double {
        let across = v.cross(n)
        guard across.dot(a) > 0.0, across.dot(b) < 0.0 else { return 4.0 }
        let c = across.norm
        let angle = c == 0.0 ? Angle.quarterTurn : arcTangent(v.dot(n).magnitude / c)
        let d = sine(0.5 * angle)
        return 4.0 * d * d
    }

    /// Greatest squared chord to a point inside the arc; 0 when the farthest point of its great circle lies outside it.
    static func greatestSquaredChord(
        from v: UnitVector3D,
        to a: UnitVector3D,
        _ b: UnitVector3D,
        normal n: some CartesianVector
    ) -> Double {
        let across = v.cross(n)
        guard across.dot(a) < 0.0, across.dot(b) > 0.0 else { return 0.0 }
        let d = sine(0.5 * arcTangent(v.dot(n).magnitude, -across.norm))
        return 4.0 * d * d
    }
}

public import SphericalGeometry

extension ConvexPolygon {
    /// Whether another polygon is the same but for rounding: as many vertices, each within a distance of its
    /// counterpart, wherever the two lists begin.
    ///
    /// - Parameters:
    ///   - other: The other polygon.
    ///   - tolerance: Greatest distance in radians; 1e-9, 0.2 milliarcseconds, unless given.
    /// - Returns: Whether they are the same.
    public func matches(_ other: ConvexPolygon, tolerance: Double = 1e-9) -> Bool {
        let count = vertices.count
        guard other.vertices.count == count else { return false }
        return (0..<count).contains { shift in
            (0..<count).allSatisfy { index in
                vertices[index].isNear(other.vertices[(index + shift) % count], tolerance)
            }
        }
    }
}

extension UnitVector3D {
    fileprivate func isNear(_ other: UnitVector3D, _ tolerance: Double) -> Bool {
        let (dx, dy, dz) = (x - other.x, y - other.y, z - other.z)
        return dx * dx + dy * dy + dz * dz <= tolerance * tolerance
    }
}

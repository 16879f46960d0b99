internal import SphericalGeometry

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

extension Dodecahedron.Direction {
    /// The direction at a distance along the great circle that leaves with a bearing; radians, bearing 0 is east.
    func offset(bearing: Double, by distance: Double) -> UnitVector3D {
        let east = Vector3D(-sin(ra), cos(ra), 0)
        let north = vector.cross(east)
        let along = east * cos(bearing) + north * sin(bearing)
        let moved = vector * cos(distance) + along * sin(distance)
        return UnitVector3D(normalized: moved.x, moved.y, moved.z)
    }
}

extension UnitVector3D {
    fileprivate static func * (vector: UnitVector3D, factor: Double) -> Vector3D {
        Vector3D(vector.x * factor, vector.y * factor, vector.z * factor)
    }
}

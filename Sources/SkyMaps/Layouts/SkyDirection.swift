internal import SphericalGeometry

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A direction with the right ascension that is used for it, which matters at the poles; radians.
struct SkyDirection: Sendable {
    let vector: UnitVector3D
    let ra: Double
    let dec: Double

    init(ra: Double, dec: Double) {
        self.ra = ra
        self.dec = dec
        vector = UnitVector3D(longitude: Angle(radians: ra), latitude: Angle(radians: dec))
    }

    /// The direction of a vector; at the north pole it has a given right ascension, at the south pole the opposite one.
    init(_ vector: UnitVector3D, poleRA: Double) {
        let position = LonLat(vector)
        let isPole = abs(vector.z) > 1 - 1e-12
        self.vector = vector
        ra = isPole ? (vector.z > 0 ? poleRA : poleRA + .pi) : position.longitude.radians
        dec = isPole ? (vector.z > 0 ? .pi / 2 : -.pi / 2) : position.latitude.radians
    }

    /// The direction at a distance along the great circle that leaves with a bearing; bearing 0 is east, π/2 north.
    func offset(bearing: Double, by distance: Double) -> UnitVector3D {
        let east = Vector3D(-sin(ra), cos(ra), 0)
        let north = vector.cross(east)
        let along = east * cos(bearing) + north * sin(bearing)
        let start = Vector3D(vector.x, vector.y, vector.z)
        let moved = start * cos(distance) + along * sin(distance)
        return UnitVector3D(normalized: moved.x, moved.y, moved.z)
    }
}

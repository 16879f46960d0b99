/// The orientation of three points on the sphere, free of rounding errors.
///
/// The HTM index, hulls, containment and all relations between polygons rest on this sign. A determinant in doubles
/// decides nearly always; what its error bound leaves open is computed exactly.
public enum Orientation {
    /// Error bound of the determinant of three unit vectors (`sphgeom: orientation.cc`).
    static let maximumError = 1.7e-15

    /// The sign of the determinant of three vectors: 1 when they turn counter-clockwise seen from outside, -1 when
    /// clockwise, 0 when a plane through the centre holds all three.
    @inline(__always)
    public static func sign(_ a: UnitVector3D, _ b: UnitVector3D, _ c: UnitVector3D) -> Int {
        let determinant = a.dot(b.cross(c))
        if determinant > maximumError { return 1 }
        if determinant < -maximumError { return -1 }
        return refinedSign(a, b, c)
    }

    /// The sign where the quick bound says nothing: a bound from the permanent, then coincidence, then exact arithmetic.
    @inline(never)
    static func refinedSign(_ a: UnitVector3D, _ b: UnitVector3D, _ c: UnitVector3D) -> Int {
        let (yz, zy) = (b.y * c.z, b.z * c.y)
        let (zx, xz) = (b.z * c.x, b.x * c.z)
        let (xy, yx) = (b.x * c.y, b.y * c.x)
        let determinant = a.x * (yz - zy) + a.y * (zx - xz) + a.z * (xy - yx)
        let permanent =
            a.x.magnitude * (yz.magnitude + zy.magnitude) + a.y.magnitude * (zx.magnitude + xz.magnitude)
            + a.z.magnitude * (xy.magnitude + yx.magnitude)
        let bound = 5.6e-16 * permanent + 4.0e-307
        if determinant > bound { return 1 }
        if determinant < -bound { return -1 }
        if a.coincides(with: b) || b.coincides(with: c) || a.coincides(with: c) { return 0 }
        if a.isAntipodal(to: b) || b.isAntipodal(to: c) || a.isAntipodal(to: c) { return 0 }
        return exactSign(a, b, c)
    }
}

public import StewardCore

/// A point on the unit sphere, as a vector of length one.
///
/// The length is only as good as rounding allows: a vector made from longitude and latitude is not normalized again, and
/// a decoded one is taken as it is. Equality and hashing compare bits.
public struct UnitVector3D: CartesianVector {
    /// Component towards longitude 0, latitude 0.
    public let x: Double
    /// Component towards longitude 90 degrees, latitude 0.
    public let y: Double
    /// Component towards the north pole.
    public let z: Double

    /// Takes components as they are; the caller vouches for their length.
    @inline(__always)
    public init(normalized x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// Creates the vector of a longitude and latitude; the components are not normalized again.
    public init(longitude: Angle, latitude: Angle) {
        let sineLongitude = sine(longitude.radians)
        let cosineLongitude = cosine(longitude.radians)
        let sineLatitude = sine(latitude.radians)
        let cosineLatitude = cosine(latitude.radians)
        self.init(normalized: cosineLongitude * cosineLatitude, sineLongitude * cosineLatitude, sineLatitude)
    }

    /// Creates the vector of a position.
    public init(_ position: LonLat) {
        self.init(longitude: position.longitude, latitude: position.latitude)
    }

    /// Creates the unit vector in the direction of a vector.
    ///
    /// - Parameter vector: Any vector but zero, with finite components.
    /// - Throws: ``ButlerError`` with code `.region` when the vector has no direction.
    public init(direction vector: some CartesianVector) throws(ButlerError) {
        guard vector.x.isFinite, vector.y.isFinite, vector.z.isFinite,
            vector.x != 0.0 || vector.y != 0.0 || vector.z != 0.0
        else {
            throw ButlerError(
                .region,
                "The vector (\(vector.x), \(vector.y), \(vector.z)) has no direction.",
                remedy: "Give three finite components that are not all zero."
            )
        }
        self.init(unchecked: vector)
    }

    /// The unit vector in the direction of a vector; NaN components where there is none.
    ///
    /// The two smaller components are divided by the largest before squares are summed, the smallest square first
    /// (`sphgeom: Vector3d.cc`); any other formula differs in the last bit, and that reaches pixel polygons.
    @inline(__always)
    init(unchecked vector: some CartesianVector) {
        let ax = vector.x.magnitude
        let ay = vector.y.magnitude
        let az = vector.z.magnitude
        if ax > az, ax > ay {
            let (y, z) = (vector.y / ax, vector.z / ax)
            let norm = (1.0 + (y * y + z * z)).squareRoot()
            self.init(normalized: (vector.x < 0 ? -1.0 : 1.0) / norm, y / norm, z / norm)
        } else if ay > az {
            let (x, z) = (vector.x / ay, vector.z / ay)
            let norm = (1.0 + (x * x + z * z)).squareRoot()
            self.init(normalized: x / norm, (vector.y < 0 ? -1.0 : 1.0) / norm, z / norm)
        } else {
            let (x, y) = (vector.x / az, vector.y / az)
            let norm = (1.0 + (x * x + y * y)).squareRoot()
            self.init(normalized: x / norm, y / norm, (vector.z < 0 ? -1.0 : 1.0) / norm)
        }
    }

    /// The point at longitude 0, latitude 0.
    static let xAxis = UnitVector3D(normalized: 1.0, 0.0, 0.0)
    /// The point at longitude 90 degrees, latitude 0.
    static let yAxis = UnitVector3D(normalized: 0.0, 1.0, 0.0)
    /// The north pole.
    static let zAxis = UnitVector3D(normalized: 0.0, 0.0, 1.0)

    /// The antipode; zero components change their sign too.
    @inline(__always)
    public static prefix func - (vector: UnitVector3D) -> UnitVector3D {
        UnitVector3D(normalized: -vector.x, -vector.y, -vector.z)
    }
}

extension UnitVector3D: Hashable {
    /// Whether all components have the same bits.
    public static func == (left: UnitVector3D, right: UnitVector3D) -> Bool {
        left.x.bitPattern == right.x.bitPattern && left.y.bitPattern == right.y.bitPattern
            && left.z.bitPattern == right.z.bitPattern
    }

    /// Feeds the bits of the components to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(x.bitPattern)
        hasher.combine(y.bitPattern)
        hasher.combine(z.bitPattern)
    }
}

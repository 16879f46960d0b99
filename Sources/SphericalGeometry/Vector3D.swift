/// Anything with three Cartesian components.
public protocol CartesianVector: Sendable {
    /// Component towards longitude 0, latitude 0.
    var x: Double { get }
    /// Component towards longitude 90 degrees, latitude 0.
    var y: Double { get }
    /// Component towards the north pole.
    var z: Double { get }
}

/// A vector in three dimensions, of any length.
public struct Vector3D: CartesianVector, Hashable {
    /// Component towards longitude 0, latitude 0.
    public var x: Double
    /// Component towards longitude 90 degrees, latitude 0.
    public var y: Double
    /// Component towards the north pole.
    public var z: Double

    /// Creates a vector from its components.
    @inline(__always)
    public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// Product with a number.
    @inline(__always)
    public static func * (vector: Vector3D, factor: Double) -> Vector3D {
        Vector3D(vector.x * factor, vector.y * factor, vector.z * factor)
    }

    /// Whether all components are zero, of either sign.
    var isZero: Bool { x == 0.0 && y == 0.0 && z == 0.0 }
}

// Neither fused operations nor another order of evaluation: the bits of pixel polygons depend on both.
extension CartesianVector {
    /// Scalar product.
    @inline(__always)
    public func dot(_ other: some CartesianVector) -> Double {
        x * other.x + y * other.y + z * other.z
    }

    /// Vector product.
    @inline(__always)
    public func cross(_ other: some CartesianVector) -> Vector3D {
        Vector3D(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    /// Twice the vector product, computed so that nearly parallel arguments lose no precision.
    @inline(__always)
    public func robustCross(_ other: some CartesianVector) -> Vector3D {
        (other + self).cross(other - self)
    }

    /// Squared length.
    @inline(__always)
    public var squaredNorm: Double { x * x + y * y + z * z }

    /// Length.
    @inline(__always)
    public var norm: Double { squaredNorm.squareRoot() }

    /// Squared length of the difference.
    @inline(__always)
    func squaredDistance(to other: some CartesianVector) -> Double { (self - other).squaredNorm }

    /// Whether all components are equal as numbers, so that zeros of either sign are and NaN never is.
    @inline(__always)
    func coincides(with other: some CartesianVector) -> Bool {
        x == other.x && y == other.y && z == other.z
    }

    /// Whether every component is the negative of the other's, as numbers.
    @inline(__always)
    func isAntipodal(to other: some CartesianVector) -> Bool {
        x == -other.x && y == -other.y && z == -other.z
    }

    /// Angle between two vectors in radians, from 0 to π; 0 when one of them is zero.
    func angle(to other: some CartesianVector) -> Double {
        let s = cross(other).norm
        let c = dot(other)
        return s == 0.0 && c == 0.0 ? 0.0 : arcTangent(s, c)
    }
}

/// Sum of two vectors.
@inline(__always)
public func + (left: some CartesianVector, right: some CartesianVector) -> Vector3D {
    Vector3D(left.x + right.x, left.y + right.y, left.z + right.z)
}

/// Difference of two vectors.
@inline(__always)
public func - (left: some CartesianVector, right: some CartesianVector) -> Vector3D {
    Vector3D(left.x - right.x, left.y - right.y, left.z - right.z)
}

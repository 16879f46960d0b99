/// A box in three dimensions with edges along the axes.
public struct Box3D: Sendable {
    /// Extent along the x axis.
    public private(set) var x: ClosedInterval
    /// Extent along the y axis.
    public private(set) var y: ClosedInterval
    /// Extent along the z axis.
    public private(set) var z: ClosedInterval

    /// The box that holds nothing.
    public static let empty = Box3D(.empty, .empty, .empty)
    /// The smallest box around the unit sphere.
    public static let aroundUnitSphere = Box3D(
        ClosedInterval(-1.0, 1.0),
        ClosedInterval(-1.0, 1.0),
        ClosedInterval(-1.0, 1.0)
    )

    /// Joins three extents; if one is empty all become so.
    public init(_ x: ClosedInterval, _ y: ClosedInterval, _ z: ClosedInterval) {
        let isEmpty = x.isEmpty || y.isEmpty || z.isEmpty
        self.x = isEmpty ? .empty : x
        self.y = isEmpty ? .empty : y
        self.z = isEmpty ? .empty : z
    }

    /// Whether the box holds nothing.
    public var isEmpty: Bool { x.isEmpty }

    /// Whether a vector lies in the box or on its surface.
    public func contains(_ vector: some CartesianVector) -> Bool {
        x.contains(vector.x) && y.contains(vector.y) && z.contains(vector.z)
    }

    /// Whether two boxes have a point in common.
    public func intersects(_ other: Box3D) -> Bool {
        x.intersects(other.x) && y.intersects(other.y) && z.intersects(other.z)
    }

    /// Grows until it holds the other box as well.
    mutating func expand(to other: Box3D) {
        x.expand(to: other.x)
        y.expand(to: other.y)
        z.expand(to: other.z)
    }

    /// Shrinks to what both boxes hold.
    mutating func clip(to other: Box3D) {
        x.clip(to: other.x)
        y.clip(to: other.y)
        z.clip(to: other.z)
        self = Box3D(x, y, z)
    }
}

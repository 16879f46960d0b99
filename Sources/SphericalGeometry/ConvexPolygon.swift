/// A convex polygon on the sphere, edges included; its vertices run counter-clockwise seen from outside.
///
/// Edges are great circle arcs. No polygon holds two antipodal points.
public struct ConvexPolygon: Hashable, Sendable {
    /// The vertices, counter-clockwise; the first one depends on how the polygon was made.
    public let vertices: [UnitVector3D]

    /// Takes vertices as they are; the caller vouches for at least three of them.
    init(unchecked vertices: [UnitVector3D]) {
        self.vertices = vertices
    }

    /// The area-weighted centroid; nil when the vertices are so degenerate that there is none.
    public var centroid: UnitVector3D? {
        vertices.withUnsafeBufferPointer { PolygonBounds.centroid(of: $0) }
    }

    /// Whether a point lies in the polygon or on its edge.
    public func contains(_ point: UnitVector3D) -> Bool {
        vertices.withUnsafeBufferPointer { PolygonRelations.contains($0, point) }
    }

    /// The smallest circle around the centroid that holds all vertices, padded; the full circle without a centroid.
    public var boundingCircle: Circle {
        vertices.withUnsafeBufferPointer { PolygonBounds.circle(around: $0) }
    }

    /// A box that holds the polygon, padded by 5e-10 radians.
    ///
    /// Polygons that touch or cross longitude 0 get all longitudes, as in the reference; see ``LongitudeInterval``.
    public var boundingBox: Box {
        vertices.withUnsafeBufferPointer { PolygonBounds.box(around: $0) }
    }

    /// A three-dimensional box that holds the polygon.
    public var boundingBox3D: Box3D {
        vertices.withUnsafeBufferPointer { PolygonBounds.box3D(around: $0) }
    }
}

/// Vertices of a polygon in memory that somebody else owns.
typealias VertexBuffer = UnsafeBufferPointer<UnitVector3D>

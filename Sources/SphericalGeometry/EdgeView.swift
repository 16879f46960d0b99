/// A polygon's vertices with the vector products of its edges; edge j runs from the vertex before j to vertex j.
struct EdgeView {
    let vertices: VertexBuffer
    private let normals: UnsafePointer<Vector3D>

    /// Looks at vertices, and computes the vector products into memory for as many.
    @inline(__always)
    init(_ vertices: VertexBuffer, normals: UnsafeMutablePointer<Vector3D>) {
        self.vertices = vertices
        self.normals = UnsafePointer(normals)
        guard var start = vertices.last else { return }
        for j in 0..<vertices.count {
            let end = vertices[j]
            normals[j] = start.cross(end)
            start = end
        }
    }

    /// Number of vertices and of edges.
    @inline(__always)
    var count: Int { vertices.count }

    /// The vector product of the ends of an edge.
    @inline(__always)
    func normal(_ edge: Int) -> Vector3D { normals[edge] }

    /// Sign of a point against an edge: 1 inside, 0 on its great circle, -1 outside.
    @inline(__always)
    func sign(_ point: UnitVector3D, edge: Int) -> Int {
        let determinant = point.dot(normals[edge])
        if determinant > Orientation.maximumError { return 1 }
        if determinant < -Orientation.maximumError { return -1 }
        return Orientation.refinedSign(point, vertices[edge == 0 ? count &- 1 : edge &- 1], vertices[edge])
    }

    /// Whether a point lies in the polygon or on its edge.
    @inline(__always)
    func contains(_ point: UnitVector3D) -> Bool {
        for edge in 0..<count where sign(point, edge: edge) < 0 { return false }
        return true
    }
}

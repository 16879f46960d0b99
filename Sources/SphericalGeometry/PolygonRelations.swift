/// A polygon's vertices with the vector products of its edges; edge j runs from the vertex before j to vertex j.
struct EdgeView {
    let vertices: VertexBuffer
    let normals: UnsafeBufferPointer<Vector3D>

    /// Number of vertices and of edges.
    @inline(__always)
    var count: Int { vertices.count }

    /// Sign of a point against an edge: 1 inside, 0 on its great circle, -1 outside.
    @inline(__always)
    func sign(_ point: UnitVector3D, edge: Int) -> Int8 {
        let determinant = point.dot(normals[edge])
        if determinant > Orientation.maximumError { return 1 }
        if determinant < -Orientation.maximumError { return -1 }
        let start = vertices[edge == 0 ? count - 1 : edge - 1]
        return Int8(truncatingIfNeeded: Orientation.refinedSign(point, start, vertices[edge]))
    }

    /// Computes the vector products of all edges into memory for as many.
    @inline(__always)
    static func fill(_ normals: UnsafeMutablePointer<Vector3D>, from vertices: VertexBuffer) {
        guard var start = vertices.last else { return }
        for j in 0..<vertices.count {
            let end = vertices[j]
            normals[j] = start.cross(end)
            start = end
        }
    }
}

/// Relations of a polygon, given by its vertices, to points and other regions.
enum PolygonRelations {
    /// Whether a point lies in a polygon or on its edge: on no edge's outer side.
    static func contains(_ vertices: VertexBuffer, _ point: UnitVector3D) -> Bool {
        guard var start = vertices.last else { return false }
        for end in vertices {
            if Orientation.sign(point, start, end) < 0 { return false }
            start = end
        }
        return true
    }

    /// Relation of two polygons.
    static func relate(_ first: VertexBuffer, _ second: VertexBuffer) -> Relationship {
        let (n, m) = (first.count, second.count)
        guard n > 0, m > 0 else { return .disjoint }
        return withUnsafeTemporaryAllocation(of: Vector3D.self, capacity: n + m) { normals in
            withUnsafeTemporaryAllocation(of: Int8.self, capacity: 2 * n * m) { signs in
                guard let memory = normals.baseAddress, let scratch = signs.baseAddress else { return .disjoint }
                EdgeView.fill(memory, from: first)
                EdgeView.fill(memory + n, from: second)
                return relate(
                    EdgeView(vertices: first, normals: UnsafeBufferPointer(start: memory, count: n)),
                    EdgeView(vertices: second, normals: UnsafeBufferPointer(start: memory + n, count: m)),
                    scratch: scratch
                )
            }
        }
    }

    /// Relation of two polygons, with room for the signs of all vertices of each against all edges of the other.
    @inline(__always)
    static func relate(_ p: EdgeView, _ q: EdgeView, scratch: UnsafeMutablePointer<Int8>) -> Relationship {
        let ofFirst = SignTable(p.vertices, against: q, in: scratch)
        let ofSecond = SignTable(q.vertices, against: p, in: scratch + p.count * q.count)
        if ofFirst.allInside || ofSecond.allInside {
            var relationship: Relationship = []
            if ofFirst.allInside { relationship.insert(.within) }
            if ofSecond.allInside { relationship.insert(.contains) }
            return relationship
        }
        if ofFirst.anyInside || ofSecond.anyInside { return [] }
        return haveCrossing(ofFirst, ofSecond) ? [] : .disjoint
    }

    /// Whether an edge of one polygon crosses an edge of the other properly: no vertex lies on the other's great circle.
    static func haveCrossing(_ ofFirst: SignTable, _ ofSecond: SignTable) -> Bool {
        let (n, m) = (ofFirst.vertexCount, ofFirst.edgeCount)
        var a = n - 1
        for b in 0..<n {
            var c = m - 1
            for d in 0..<m {
                let side = ofFirst.signs[a * m + d]
                if side != 0, ofFirst.signs[b * m + d] == -side, ofSecond.signs[d * n + b] == side,
                    ofSecond.signs[c * n + b] == -side
                {
                    return true
                }
                c = d
            }
            a = b
        }
        return false
    }
}

/// The signs of all vertices of one polygon against all edges of another, row by row for each vertex.
struct SignTable {
    let signs: UnsafePointer<Int8>
    let vertexCount: Int
    let edgeCount: Int
    /// Whether every vertex lies in the other polygon.
    let allInside: Bool
    /// Whether some vertex lies in the other polygon.
    let anyInside: Bool

    /// Fills memory for vertices times edges signs.
    @inline(__always)
    init(_ vertices: VertexBuffer, against other: EdgeView, in memory: UnsafeMutablePointer<Int8>) {
        let edges = other.count
        var (all, any) = (true, false)
        var row = memory
        for vertex in vertices {
            var lowest: Int8 = 1
            for edge in 0..<edges {
                let sign = other.sign(vertex, edge: edge)
                row[edge] = sign
                lowest = min(lowest, sign)
            }
            all = all && lowest >= 0
            any = any || lowest >= 0
            row += edges
        }
        signs = UnsafePointer(memory)
        vertexCount = vertices.count
        edgeCount = edges
        allInside = all
        anyInside = any
    }
}

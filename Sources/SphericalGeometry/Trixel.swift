/// A triangle of the Hierarchical Triangular Mesh, its vertices counter-clockwise.
struct Trixel {
    var v0: UnitVector3D
    var v1: UnitVector3D
    var v2: UnitVector3D

    /// The eight root triangles, southern hemisphere first.
    static let roots: [Trixel] = {
        let (x, y, z) = (UnitVector3D.xAxis, UnitVector3D.yAxis, UnitVector3D.zAxis)
        return [
            Trixel(v0: x, v1: -z, v2: y), Trixel(v0: y, v1: -z, v2: -x),
            Trixel(v0: -x, v1: -z, v2: -y), Trixel(v0: -y, v1: -z, v2: x),
            Trixel(v0: x, v1: z, v2: -y), Trixel(v0: -y, v1: z, v2: -x),
            Trixel(v0: -x, v1: z, v2: y), Trixel(v0: y, v1: z, v2: x),
        ]
    }()

    /// Number of the root triangle that holds a point, 8 to 15.
    static func rootIndex(of point: UnitVector3D) -> UInt64 {
        if point.z < 0.0 {
            if point.y > 0.0 { return point.x > 0.0 ? 8 : 9 }
            if point.y == 0.0 { return point.x >= 0.0 ? 8 : 10 }
            return point.x < 0.0 ? 10 : 11
        }
        if point.y > 0.0 { return point.x > 0.0 ? 15 : 14 }
        if point.y == 0.0 { return point.x >= 0.0 ? 15 : 13 }
        return point.x < 0.0 ? 13 : 12
    }

    /// The point half way between two vertices.
    @inline(__always)
    static func midpoint(_ a: UnitVector3D, _ b: UnitVector3D) -> UnitVector3D {
        UnitVector3D(unchecked: a + b)
    }

    /// The midpoints of the edges.
    @inline(__always)
    var midpoints: TrixelMidpoints {
        TrixelMidpoints(m01: Trixel.midpoint(v0, v1), m12: Trixel.midpoint(v1, v2), m20: Trixel.midpoint(v2, v0))
    }

    /// A child by its number, 0 to 3.
    @inline(__always)
    func child(_ number: UInt64, _ m: TrixelMidpoints) -> Trixel {
        switch number {
        case 0: Trixel(v0: v0, v1: m.m01, v2: m.m20)
        case 1: Trixel(v0: v1, v1: m.m12, v2: m.m01)
        case 2: Trixel(v0: v2, v1: m.m20, v2: m.m12)
        default: Trixel(v0: m.m12, v1: m.m20, v2: m.m01)
        }
    }
}

/// The midpoints of a triangle's edges; they alone decide which child holds a point.
struct TrixelMidpoints {
    let m01: UnitVector3D
    let m12: UnitVector3D
    let m20: UnitVector3D

    /// Number of the child that holds a point of the triangle; the order of the tests decides for points on edges.
    @inline(__always)
    func child(holding point: UnitVector3D) -> UInt64 {
        let d0 = point.dot(m01.cross(m20))
        let d1 = point.dot(m12.cross(m01))
        let d2 = point.dot(m20.cross(m12))
        let smallest = min(d0.magnitude, d1.magnitude, d2.magnitude)
        guard smallest > Orientation.maximumError else { return exactChild(holding: point) }
        // Selections rather than branches: which child it is cannot be predicted.
        let last: UInt64 = d2 > 0.0 ? 2 : 3
        let middle: UInt64 = d1 > 0.0 ? 1 : last
        return d0 > 0.0 ? 0 : middle
    }

    /// The child that holds a point near an edge.
    @inline(never)
    private func exactChild(holding point: UnitVector3D) -> UInt64 {
        if Orientation.sign(point, m01, m20) >= 0 { return 0 }
        if Orientation.sign(point, m12, m01) >= 0 { return 1 }
        return Orientation.sign(point, m20, m12) >= 0 ? 2 : 3
    }
}

/// The first levels of the mesh, computed once: the way down begins here, without divisions and roots.
struct TrixelTable {
    /// Level whose triangles are stored; the levels above it have their midpoints stored.
    static let depth = 4
    /// Midpoints of the triangles, level by level, in the order of their numbers.
    private let midpoints: [TrixelMidpoints]
    private let trixels: [Trixel]

    /// The table.
    static let shared = TrixelTable()

    private init() {
        var midpoints: [TrixelMidpoints] = []
        var trixels = Trixel.roots
        for _ in 0..<TrixelTable.depth {
            midpoints += trixels.map(\.midpoints)
            trixels = trixels.flatMap { trixel in
                let m = trixel.midpoints
                return (UInt64(0)..<4).map { trixel.child($0, m) }
            }
        }
        self.midpoints = midpoints
        self.trixels = trixels
    }

    /// Number of the triangle that holds a point at a level down to the depth of the table.
    @inline(__always)
    func index(of point: UnitVector3D, level: Int) -> UInt64 {
        var index = Trixel.rootIndex(of: point)
        var first: UInt64 = 8
        var place: UInt64 = 0
        for _ in 0..<min(level, TrixelTable.depth) {
            let child = midpoints[Int(place &+ index &- first)].child(holding: point)
            place &+= first
            first &<<= 2
            index = index &<< 2 | child
        }
        return index
    }

    /// A triangle at the depth of the table.
    @inline(__always)
    func trixel(_ index: UInt64) -> Trixel {
        trixels[Int(index &- 8 &<< UInt64(2 &* TrixelTable.depth))]
    }
}

/// The triangles of the mesh as a hierarchy to search.
struct TrixelHierarchy: PixelHierarchy {
    static let vertexCount = 3
    static let roots: ClosedRange<UInt64> = 8...15

    func root(_ index: UInt64, into vertices: UnsafeMutablePointer<UnitVector3D>) {
        let root = Trixel.roots[Int(index & 7)]
        vertices[0] = root.v0
        vertices[1] = root.v1
        vertices[2] = root.v2
    }

    @inline(__always)
    func children(
        of index: UInt64,
        level: Int,
        vertices: UnsafePointer<UnitVector3D>,
        into children: UnsafeMutablePointer<UnitVector3D>
    ) {
        let (v0, v1, v2) = (vertices[0], vertices[1], vertices[2])
        let m = Trixel(v0: v0, v1: v1, v2: v2).midpoints
        let (m01, m12, m20) = (m.m01, m.m12, m.m20)
        (children[0], children[1], children[2]) = (v0, m01, m20)
        (children[3], children[4], children[5]) = (v1, m12, m01)
        (children[6], children[7], children[8]) = (v2, m20, m12)
        (children[9], children[10], children[11]) = (m12, m20, m01)
    }
}

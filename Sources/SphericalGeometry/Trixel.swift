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

    /// Replaces the triangle by its child that holds a point, and returns that child's number.
    ///
    /// The order of the tests decides for points on edges.
    @inline(__always)
    mutating func descend(towards point: UnitVector3D) -> UInt64 {
        let m01 = Trixel.midpoint(v0, v1)
        let m20 = Trixel.midpoint(v2, v0)
        if Orientation.sign(point, m01, m20) >= 0 {
            self = Trixel(v0: v0, v1: m01, v2: m20)
            return 0
        }
        let m12 = Trixel.midpoint(v1, v2)
        if Orientation.sign(point, m12, m01) >= 0 {
            self = Trixel(v0: v1, v1: m12, v2: m01)
            return 1
        }
        if Orientation.sign(point, m20, m12) >= 0 {
            self = Trixel(v0: v2, v1: m20, v2: m12)
            return 2
        }
        self = Trixel(v0: m12, v1: m20, v2: m01)
        return 3
    }

    /// A child by its number, 0 to 3.
    func child(_ number: UInt64) -> Trixel {
        switch number {
        case 0: Trixel(v0: v0, v1: Trixel.midpoint(v0, v1), v2: Trixel.midpoint(v2, v0))
        case 1: Trixel(v0: v1, v1: Trixel.midpoint(v1, v2), v2: Trixel.midpoint(v0, v1))
        case 2: Trixel(v0: v2, v1: Trixel.midpoint(v2, v0), v2: Trixel.midpoint(v1, v2))
        default: Trixel(v0: Trixel.midpoint(v1, v2), v1: Trixel.midpoint(v2, v0), v2: Trixel.midpoint(v0, v1))
        }
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
        let m12 = Trixel.midpoint(v1, v2)
        let m20 = Trixel.midpoint(v2, v0)
        let m01 = Trixel.midpoint(v0, v1)
        (children[0], children[1], children[2]) = (v0, m01, m20)
        (children[3], children[4], children[5]) = (v1, m12, m01)
        (children[6], children[7], children[8]) = (v2, m20, m12)
        (children[9], children[10], children[11]) = (m12, m20, m01)
    }
}

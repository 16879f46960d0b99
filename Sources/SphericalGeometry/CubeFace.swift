/// A face of the cube around the sphere, with two coordinates from -1 to 1 across it.
struct CubeFace {
    /// Which component of a vector runs along the first coordinate, along the second, and towards the face.
    private let components: (u: Int, v: Int, w: Int)
    /// Signs of the three components.
    private let signs: (u: Double, v: Double, w: Double)

    private init(_ u: Int, _ v: Int, _ w: Int, _ signU: Double, _ signV: Double, _ signW: Double) {
        components = (u, v, w)
        signs = (signU, signV, signW)
    }

    /// The faces of Q3C in the order of their numbers.
    static let q3c = [
        CubeFace(1, 0, 2, 1.0, -1.0, 1.0),
        CubeFace(1, 2, 0, 1.0, 1.0, 1.0),
        CubeFace(0, 2, 1, -1.0, 1.0, 1.0),
        CubeFace(1, 2, 0, -1.0, 1.0, -1.0),
        CubeFace(0, 2, 1, 1.0, 1.0, -1.0),
        CubeFace(1, 0, 2, 1.0, 1.0, -1.0),
    ]

    /// The faces of modified Q3C in the order of their numbers, less 10.
    static let modifiedQ3C = [
        CubeFace(0, 1, 2, 1.0, 1.0, -1.0),
        CubeFace(1, 2, 0, 1.0, 1.0, 1.0),
        CubeFace(2, 0, 1, 1.0, -1.0, 1.0),
        CubeFace(0, 1, 2, -1.0, -1.0, 1.0),
        CubeFace(1, 2, 0, -1.0, -1.0, -1.0),
        CubeFace(2, 0, 1, -1.0, 1.0, -1.0),
    ]

    /// The axis that a point belongs to: +x, +y, +z, -x, -y or -z, as 0 to 5.
    ///
    /// Only strict comparisons between components and their opposites enter, in an order that settles all ties as the
    /// reference's table does (`sphgeom: Q3cPixelization.cc`).
    @inline(__always)
    static func axis(of p: UnitVector3D) -> Int {
        if p.x > p.y {
            if p.x > -p.y { return p.x > p.z ? (p.x > -p.z ? 0 : 5) : (p.x > -p.z ? 2 : 0) }
            return p.y > p.z ? (p.y > -p.z ? 4 : 5) : (p.y > -p.z ? 2 : 4)
        }
        if p.x > -p.y { return p.y > p.z ? (p.y > -p.z ? 1 : 5) : (p.y > -p.z ? 2 : 1) }
        return p.x > p.z ? (p.x > -p.z ? 3 : 5) : (p.x > -p.z ? 2 : 3)
    }

    /// Coordinates of a point on the face.
    @inline(__always)
    func coordinates(of p: UnitVector3D) -> (u: Double, v: Double) {
        let w = CubeFace.component(p, components.w).magnitude
        return (
            CubeFace.component(p, components.u) / w * signs.u,
            CubeFace.component(p, components.v) / w * signs.v
        )
    }

    @inline(__always)
    private static func component(_ p: UnitVector3D, _ number: Int) -> Double {
        number == 0 ? p.x : number == 1 ? p.y : p.z
    }

    /// The point of two coordinates.
    @inline(__always)
    func point(_ u: Double, _ v: Double) -> UnitVector3D {
        let norm = (1.0 + (u * u + v * v)).squareRoot()
        var values = Vector3D(0.0, 0.0, 0.0)
        values[components.u] = u / norm * signs.u
        values[components.v] = v / norm * signs.v
        values[components.w] = signs.w / norm
        return UnitVector3D(normalized: values.x, values.y, values.z)
    }
}

extension Vector3D {
    /// Sets the component of a number: 0 for x, 1 for y, else z.
    fileprivate subscript(number: Int) -> Double {
        get { number == 0 ? x : number == 1 ? y : z }
        set {
            if number == 0 { x = newValue } else if number == 1 { y = newValue } else { z = newValue }
        }
    }
}

/// The grid of cells on a cube face at a level, two to the power of it on a side.
struct FaceGrid {
    /// Cells for each unit of a face coordinate.
    private let scale: Double
    private let highest: Double
    /// Width of a cell in face coordinates.
    private let width: Double

    /// How much cells are widened before they become polygons, so that no point of a cell lies outside its polygon.
    private static let dilation = 1.0e-15

    init(level: Int) {
        let cells = Double(UInt64(1) << UInt64(level))
        scale = 0.5 * cells
        highest = cells - 1.0
        width = 2.0 / cells
    }

    /// The cell along one coordinate.
    @inline(__always)
    func cell(_ coordinate: Double) -> UInt32 {
        let position = coordinate * scale + scale
        // Written so that NaN ends up in cell 0.
        return UInt32(position > 0.0 ? (position < highest ? position : highest) : 0.0)
    }

    /// The ends of a cell along one coordinate, widened a little.
    @inline(__always)
    func ends(_ cell: UInt32) -> (lower: Double, upper: Double) {
        let lower = Double(cell) * width - 1.0
        return (lower - FaceGrid.dilation, (lower + width) + FaceGrid.dilation)
    }
}

public import StewardCore

/// The Quad Tree Cube of Koposov and Bartunov: six cube faces, each divided into four, numbered in Morton order.
///
/// Numbers of level L run from 0 to 6·4ᴸ - 1, the face first.
public struct Q3CPixelization: Pixelization, Hashable {
    /// The greatest level.
    public static let maximumLevel = 30

    /// Subdivision level, 0 to 30.
    public let level: Int
    private let grid: FaceGrid

    /// Whether both have the same level.
    public static func == (left: Q3CPixelization, right: Q3CPixelization) -> Bool { left.level == right.level }

    /// Feeds the level to the hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(level) }

    /// Creates the pixels of a level.
    ///
    /// - Parameter level: From 0 to 30.
    /// - Throws: ``ButlerError`` with code `.region` for another level.
    public init(level: Int) throws(ButlerError) {
        guard (0...Q3CPixelization.maximumLevel).contains(level) else {
            throw PixelizationError.level(level, of: "Q3C", maximum: Q3CPixelization.maximumLevel)
        }
        self.level = level
        grid = FaceGrid(level: level)
    }

    /// All pixel numbers of this level.
    public var universe: RangeSet { RangeSet(0..<UInt64(6) << UInt64(2 * level)) }

    /// The face for each axis.
    private static let faces = [1, 2, 0, 3, 4, 5]

    /// Number of the pixel that holds a point.
    public func index(of point: UnitVector3D) -> UInt64 {
        let face = Q3CPixelization.faces[CubeFace.axis(of: point)]
        let (u, v) = CubeFace.q3c[face].coordinates(of: point)
        return UInt64(face) << UInt64(2 * level) | SpaceFillingCurve.morton(grid.cell(u), grid.cell(v))
    }

    /// Outline of a pixel, widened by 1e-15 so that no point of the pixel lies outside.
    ///
    /// - Parameter index: Number of the pixel.
    /// - Returns: A polygon of four vertices.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel of this level has this number.
    public func pixel(_ index: UInt64) throws(ButlerError) -> ConvexPolygon {
        try check(index)
        return ConvexPolygon(
            unchecked: [UnitVector3D](unsafeUninitializedCapacity: 4) { vertices, count in
                if let memory = vertices.baseAddress { Q3CHierarchy.outline(index, level: level, into: memory) }
                count = 4
            }
        )
    }

    private func check(_ index: UInt64) throws(ButlerError) {
        guard index < UInt64(6) << UInt64(2 * level) else {
            throw PixelizationError.index(index, of: "Q3C at level \(level)")
        }
    }

    /// Text form of a pixel number: the face's axis with its sign, then a digit from 0 to 3 for each level.
    ///
    /// - Parameter index: Number of the pixel.
    /// - Returns: For instance `+X2030`.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel of this level has this number.
    public func name(of index: UInt64) throws(ButlerError) -> String {
        try check(index)
        let face = ["+Z", "+X", "+Y", "-X", "-Y", "-Z"][Int(index >> UInt64(2 * level))]
        return face + PixelName.digits(of: index, count: level)
    }

    /// The pixels that intersect a region; an ellipse stands for its bounding circle.
    public func envelope(of region: Region, maxRanges: Int) -> RangeSet {
        Q3CHierarchy().pixels(of: region, level: level, maxRanges: maxRanges, interiorOnly: false, universe: universe)
    }

    /// The pixels that lie within a region; an ellipse stands for its bounding circle.
    public func interior(of region: Region, maxRanges: Int) -> RangeSet {
        Q3CHierarchy().pixels(of: region, level: level, maxRanges: maxRanges, interiorOnly: true, universe: universe)
    }
}

/// The pixels of Q3C as a hierarchy to search.
struct Q3CHierarchy: PixelHierarchy {
    static let vertexCount = 4
    static let roots: ClosedRange<UInt64> = 0...5

    func root(_ index: UInt64, into vertices: UnsafeMutablePointer<UnitVector3D>) {
        Q3CHierarchy.outline(index, level: 0, into: vertices)
    }

    func children(
        of index: UInt64,
        level: Int,
        vertices: UnsafePointer<UnitVector3D>,
        into children: UnsafeMutablePointer<UnitVector3D>
    ) {
        for child in 0..<4 {
            Q3CHierarchy.outline(index << 2 | UInt64(child), level: level + 1, into: children + 4 * child)
        }
    }

    /// Writes the vertices of a valid pixel.
    static func outline(_ index: UInt64, level: Int, into vertices: UnsafeMutablePointer<UnitVector3D>) {
        let face = CubeFace.q3c[Int(index >> UInt64(2 * level))]
        let grid = FaceGrid(level: level)
        let cell = SpaceFillingCurve.mortonCell(index & (UInt64(1) << UInt64(2 * level) - 1))
        let (u, v) = (grid.ends(cell.x), grid.ends(cell.y))
        vertices[0] = face.point(u.lower, v.lower)
        vertices[1] = face.point(u.upper, v.lower)
        vertices[2] = face.point(u.upper, v.upper)
        vertices[3] = face.point(u.lower, v.upper)
    }
}

public import StewardCore

/// The modified Quad Tree Cube: pixels of more equal area than Q3C's, numbered along a Hilbert curve.
///
/// A number is the cube face, 10 to 15, then two bits for each level, so numbers of level L run from 10·4ᴸ to 16·4ᴸ - 1.
public struct MQ3CPixelization: Pixelization, Hashable {
    /// The greatest level.
    public static let maximumLevel = 30

    /// Subdivision level, 0 to 30.
    public let level: Int
    private let grid: FaceGrid

    /// Whether both have the same level.
    public static func == (left: MQ3CPixelization, right: MQ3CPixelization) -> Bool { left.level == right.level }

    /// Feeds the level to the hasher.
    public func hash(into hasher: inout Hasher) { hasher.combine(level) }

    /// Creates the pixels of a level.
    ///
    /// - Parameter level: From 0 to 30.
    /// - Throws: ``ButlerError`` with code `.region` for another level.
    public init(level: Int) throws(ButlerError) {
        guard (0...MQ3CPixelization.maximumLevel).contains(level) else {
            throw PixelizationError.level(level, of: "modified Q3C", maximum: MQ3CPixelization.maximumLevel)
        }
        self.level = level
        grid = FaceGrid(level: level)
    }

    /// All pixel numbers of this level.
    public var universe: RangeSet {
        let shift = UInt64(2 * level)
        return RangeSet(UInt64(10) << shift...(UInt64(15) << shift | (UInt64(1) << shift - 1)))
    }

    /// The face for each axis.
    private static let faces = [1, 2, 3, 4, 5, 0]

    /// Number of the pixel that holds a point.
    public func index(of point: UnitVector3D) -> UInt64 {
        let face = MQ3CPixelization.faces[CubeFace.axis(of: point)]
        let (u, v) = CubeFace.modifiedQ3C[face].coordinates(of: point)
        let morton = SpaceFillingCurve.morton(
            grid.cell(MQ3CPixelization.widen(u)),
            grid.cell(MQ3CPixelization.widen(v))
        )
        return UInt64(face + 10) << UInt64(2 * level) | SpaceFillingCurve.hilbert(fromMorton: morton, levels: level)
    }

    /// Stretches a face coordinate so that cells get nearly equal areas.
    @inline(__always)
    static func widen(_ coordinate: Double) -> Double {
        coordinate * (1.3333333333333333 - 0.3333333333333333 * coordinate.magnitude)
    }

    /// The face coordinate that was stretched.
    @inline(__always)
    static func narrow(_ coordinate: Double) -> Double {
        let magnitude = 2.0 - (4.0 - 3.0 * coordinate.magnitude).squareRoot()
        return Double(signOf: coordinate, magnitudeOf: magnitude)
    }

    /// Outline of a pixel, widened by 1e-15 in stretched coordinates.
    ///
    /// - Parameter index: Number of the pixel.
    /// - Returns: A polygon of four vertices.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel of this level has this number.
    public func pixel(_ index: UInt64) throws(ButlerError) -> ConvexPolygon {
        guard (10...15).contains(index >> UInt64(2 * level)) else {
            throw PixelizationError.index(index, of: "modified Q3C at level \(level)")
        }
        return ConvexPolygon(
            unchecked: [UnitVector3D](unsafeUninitializedCapacity: 4) { vertices, count in
                if let memory = vertices.baseAddress { MQ3CHierarchy.outline(index, level: level, into: memory) }
                count = 4
            }
        )
    }

    /// Text form of a pixel number: the face's axis with its sign, then a digit from 0 to 3 for each level.
    ///
    /// - Parameter index: Number of the pixel; the number alone says its level.
    /// - Returns: For instance `+X2030`.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel of any level has this number.
    public func name(of index: UInt64) throws(ButlerError) -> String {
        let highestBit = 63 - index.leadingZeroBitCount
        guard highestBit >= 3, !highestBit.isMultiple(of: 2), index >> UInt64(highestBit - 3) >= 10 else {
            throw PixelizationError.index(index, of: "modified Q3C")
        }
        let face = ["-Z", "+X", "+Y", "+Z", "-X", "-Y"][Int(index >> UInt64(highestBit - 3)) - 10]
        return face + PixelName.digits(of: index, count: (highestBit - 3) / 2)
    }

    /// The pixels that intersect a region; an ellipse stands for its bounding circle.
    public func envelope(of region: Region, maxRanges: Int) -> RangeSet {
        MQ3CHierarchy().pixels(of: region, level: level, maxRanges: maxRanges, interiorOnly: false, universe: universe)
    }

    /// The pixels that lie within a region; an ellipse stands for its bounding circle.
    public func interior(of region: Region, maxRanges: Int) -> RangeSet {
        MQ3CHierarchy().pixels(of: region, level: level, maxRanges: maxRanges, interiorOnly: true, universe: universe)
    }
}

/// The pixels of modified Q3C as a hierarchy to search.
struct MQ3CHierarchy: PixelHierarchy {
    static let vertexCount = 4
    static let roots: ClosedRange<UInt64> = 10...15

    func root(_ index: UInt64, into vertices: UnsafeMutablePointer<UnitVector3D>) {
        MQ3CHierarchy.outline(index, level: 0, into: vertices)
    }

    func children(
        of index: UInt64,
        level: Int,
        vertices: UnsafePointer<UnitVector3D>,
        into children: UnsafeMutablePointer<UnitVector3D>
    ) {
        for child in 0..<4 {
            MQ3CHierarchy.outline(index << 2 | UInt64(child), level: level + 1, into: children + 4 * child)
        }
    }

    /// Writes the vertices of a valid pixel; even faces have right-handed coordinates, odd ones left-handed.
    static func outline(_ index: UInt64, level: Int, into vertices: UnsafeMutablePointer<UnitVector3D>) {
        let number = Int(index >> UInt64(2 * level)) - 10
        let face = CubeFace.modifiedQ3C[number]
        let grid = FaceGrid(level: level)
        let cell = SpaceFillingCurve.mortonCell(SpaceFillingCurve.morton(fromHilbert: index, levels: level))
        let (u, v) = (grid.ends(cell.x), grid.ends(cell.y))
        let (u0, u1) = (MQ3CPixelization.narrow(u.lower), MQ3CPixelization.narrow(u.upper))
        let (v0, v1) = (MQ3CPixelization.narrow(v.lower), MQ3CPixelization.narrow(v.upper))
        let isRightHanded = number.isMultiple(of: 2)
        vertices[0] = face.point(u0, v0)
        vertices[1] = isRightHanded ? face.point(u0, v1) : face.point(u1, v0)
        vertices[2] = face.point(u1, v1)
        vertices[3] = isRightHanded ? face.point(u1, v0) : face.point(u0, v1)
    }
}

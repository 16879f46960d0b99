public import StewardCore

/// The Hierarchical Triangular Mesh: eight triangles, each divided into four at the midpoints of its edges.
///
/// A number is a one, three bits for the root triangle and two bits for each level, so numbers of level L run from 8·4ᴸ
/// to 16·4ᴸ - 1.
public struct HTMPixelization: Pixelization, Hashable {
    /// The greatest level.
    public static let maximumLevel = 24

    /// Subdivision level, 0 to 24.
    public let level: Int

    /// Creates the mesh of a level.
    ///
    /// - Parameter level: From 0 to 24.
    /// - Throws: ``ButlerError`` with code `.region` for another level.
    public init(level: Int) throws(ButlerError) {
        guard (0...HTMPixelization.maximumLevel).contains(level) else {
            throw PixelizationError.level(level, of: "HTM", maximum: HTMPixelization.maximumLevel)
        }
        self.level = level
    }

    /// All triangle numbers of this level.
    public var universe: RangeSet {
        let shift = UInt64(2 * level)
        return RangeSet(UInt64(8) << shift..<UInt64(16) << shift)
    }

    /// Number of the triangle that holds a point.
    public func index(of point: UnitVector3D) -> UInt64 {
        let table = TrixelTable.shared
        var index = table.index(of: point, level: level)
        guard level > TrixelTable.depth else { return index }
        var trixel = table.trixel(index)
        for _ in TrixelTable.depth..<level {
            let midpoints = trixel.midpoints
            let child = midpoints.child(holding: point)
            trixel = trixel.child(child, midpoints)
            index = index &<< 2 | child
        }
        return index
    }

    /// Level that a triangle number belongs to; nil when it is none.
    static func level(of index: UInt64) -> Int? {
        let highestBit = 63 - index.leadingZeroBitCount
        guard highestBit >= 3, !highestBit.isMultiple(of: 2) else { return nil }
        let level = (highestBit - 3) / 2
        return level <= maximumLevel ? level : nil
    }

    /// Outline of a triangle; the number alone says its level, which need not be the level of the mesh.
    ///
    /// - Parameter index: Number of the triangle.
    /// - Returns: A polygon of three vertices.
    /// - Throws: ``ButlerError`` with code `.region` when no triangle of any level has this number.
    public func pixel(_ index: UInt64) throws(ButlerError) -> ConvexPolygon {
        guard let level = HTMPixelization.level(of: index) else {
            throw PixelizationError.index(index, of: "HTM")
        }
        var trixel = Trixel.roots[Int(index >> UInt64(2 * level) & 7)]
        for shift in stride(from: 2 * level - 2, through: 0, by: -2) {
            trixel = trixel.child(index >> UInt64(shift) & 3, trixel.midpoints)
        }
        return ConvexPolygon(unchecked: [trixel.v0, trixel.v1, trixel.v2])
    }

    /// Text form of a triangle number: N or S, then a digit from 0 to 3 for the root and for each level.
    ///
    /// - Parameter index: Number of the triangle.
    /// - Returns: For instance `N32313010`.
    /// - Throws: ``ButlerError`` with code `.region` when no triangle of any level has this number.
    public func name(of index: UInt64) throws(ButlerError) -> String {
        guard let level = HTMPixelization.level(of: index) else {
            throw PixelizationError.index(index, of: "HTM")
        }
        let hemisphere = index >> UInt64(2 * level + 2) & 1 == 0 ? "S" : "N"
        return hemisphere + PixelName.digits(of: index, count: level + 1)
    }

    /// The triangles that intersect a region; an ellipse stands for its bounding circle.
    public func envelope(of region: Region, maxRanges: Int) -> RangeSet {
        TrixelHierarchy().pixels(
            of: region,
            level: level,
            maxRanges: maxRanges,
            interiorOnly: false,
            universe: universe
        )
    }

    /// The triangles that lie within a region; an ellipse stands for its bounding circle.
    public func interior(of region: Region, maxRanges: Int) -> RangeSet {
        TrixelHierarchy().pixels(
            of: region,
            level: level,
            maxRanges: maxRanges,
            interiorOnly: true,
            universe: universe
        )
    }
}

/// Text forms of pixel numbers.
enum PixelName {
    /// The lowest pairs of bits as digits from 0 to 3, the highest pair first.
    static func digits(of index: UInt64, count: Int) -> String {
        var digits: [UInt8] = []
        for shift in stride(from: 2 * (count - 1), through: 0, by: -2) {
            digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: index >> UInt64(shift) & 3))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}

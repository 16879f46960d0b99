public import StewardCore

/// A division of the sphere into numbered pixels, each of which is divided into four at the next level.
public protocol Pixelization: Sendable {
    /// Subdivision level; pixels shrink by a factor of two with each.
    var level: Int { get }

    /// All pixel numbers of this level.
    var universe: RangeSet { get }

    /// Number of the pixel that holds a point; every point lies in exactly one.
    func index(of point: UnitVector3D) -> UInt64

    /// Numbers of the pixels that hold many points, in the order of the points.
    func indices(of points: some Collection<UnitVector3D>) -> [UInt64]

    /// Outline of a pixel.
    ///
    /// - Parameter index: Number of the pixel.
    /// - Returns: A convex polygon.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel has this number.
    func pixel(_ index: UInt64) throws(ButlerError) -> ConvexPolygon

    /// Text form of a pixel number.
    ///
    /// - Parameter index: Number of the pixel.
    /// - Returns: A name that tells the path down from the root pixel, or a decimal number.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel has this number.
    func name(of index: UInt64) throws(ButlerError) -> String

    /// The pixels that may intersect a region.
    ///
    /// - Parameters:
    ///   - region: Any region that the pixelization supports.
    ///   - maxRanges: How many ranges to return at most, by widening them; 0 for no limit. A union applies it to each of
    ///     its operands.
    /// - Returns: A set that holds every pixel with a point of the region in it.
    /// - Throws: ``ButlerError`` with code `.region` when the pixelization can't do this kind of region.
    func envelope(of region: Region, maxRanges: Int) throws(ButlerError) -> RangeSet

    /// The pixels that lie within a region.
    ///
    /// - Parameters:
    ///   - region: Any region that the pixelization supports.
    ///   - maxRanges: How many ranges to return at most, by shrinking them; 0 for no limit. A union applies it to each of
    ///     its operands.
    /// - Returns: A set of pixels none of which has a point outside the region.
    /// - Throws: ``ButlerError`` with code `.region` when the pixelization can't do this kind of region.
    func interior(of region: Region, maxRanges: Int) throws(ButlerError) -> RangeSet
}

extension Pixelization {
    /// Numbers of the pixels that hold many points, in the order of the points.
    public func indices(of points: some Collection<UnitVector3D>) -> [UInt64] {
        points.map { index(of: $0) }
    }

    /// The pixels that may intersect a region, without a limit on the number of ranges.
    ///
    /// - Parameter region: Any region that the pixelization supports.
    /// - Returns: A set that holds every pixel with a point of the region in it.
    /// - Throws: ``ButlerError`` with code `.region` when the pixelization can't do this kind of region.
    public func envelope(of region: Region) throws(ButlerError) -> RangeSet {
        try envelope(of: region, maxRanges: 0)
    }

    /// The pixels that lie within a region, without a limit on the number of ranges.
    ///
    /// - Parameter region: Any region that the pixelization supports.
    /// - Returns: A set of pixels none of which has a point outside the region.
    /// - Throws: ``ButlerError`` with code `.region` when the pixelization can't do this kind of region.
    public func interior(of region: Region) throws(ButlerError) -> RangeSet {
        try interior(of: region, maxRanges: 0)
    }
}

/// The errors that all pixelizations share.
enum PixelizationError {
    /// No such level.
    static func level(_ level: Int, of system: String, maximum: Int) -> ButlerError {
        ButlerError(.region, "\(system) has no level \(level).", remedy: "Give a level from 0 to \(maximum).")
    }

    /// No such pixel.
    static func index(_ index: UInt64, of system: String) -> ButlerError {
        ButlerError(
            .region,
            "\(index) is not a pixel number of \(system).",
            remedy: "Give a number from the universe of the pixelization."
        )
    }
}

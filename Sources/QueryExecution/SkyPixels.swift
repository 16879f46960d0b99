internal import Dimensions
internal import SphericalGeometry
internal import StewardCore

/// The pixelisations behind sky pixel dimensions.
enum SkyPixels {
    /// The pixels of a dimension that may touch a region.
    static func envelope(
        of region: Region,
        in dimension: DimensionElement,
        _ universe: DimensionUniverse
    ) throws -> RangeSet {
        try pixelization(dimension, universe).envelope(of: region)
    }

    /// The outline of a pixel.
    static func outline(of pixel: Int64, in dimension: DimensionElement, _ universe: DimensionUniverse) throws -> Region
    {
        .polygon(try pixelization(dimension, universe).pixel(UInt64(bitPattern: pixel)))
    }

    /// The pixelisation of a dimension, known by the reference's class name.
    private static func pixelization(
        _ dimension: DimensionElement,
        _ universe: DimensionUniverse
    ) throws -> any Pixelization {
        guard case .skyPixel(let system, let level) = dimension.kind else {
            throw ButlerError(.unimplementedQuery, "Dimension \"\(dimension.name)\" is no sky pixelisation.")
        }
        switch universe.skyPixelClasses[system] {
        case "lsst.sphgeom.HtmPixelization": return try HTMPixelization(level: level)
        case "lsst.sphgeom.HealpixPixelization": return try HEALPixPixelization(level: level)
        case "lsst.sphgeom.Q3cPixelization": return try Q3CPixelization(level: level)
        case "lsst.sphgeom.Mq3cPixelization": return try MQ3CPixelization(level: level)
        case let name:
            throw ButlerError(
                .unimplementedQuery,
                "Pixels of \"\(dimension.name)\" (\(name ?? "unknown class")) cannot be computed."
            )
        }
    }
}

public import FITS
public import SphericalGeometry
internal import StewardCore

/// A tract of a sky map: a piece of the sky with a projection of its own, cut into patches.
///
/// Pixels have whole-numbered centres, and the first pixel of a tract is (0, 0). The y axis points north at the centre,
/// the x axis west, unless the sky map has a rotation.
public struct Tract: Sendable {
    /// Number within the sky map.
    public let id: Int
    /// The centre.
    public let center: LonLat
    /// The patches.
    public internal(set) var grid: PatchGrid
    let projection: TractProjection
    private let plan: TractPlan

    /// The tract of a plan.
    ///
    /// - Parameters:
    ///   - id: Its number.
    ///   - plan: What it must reach.
    ///   - configuration: Projection and patches.
    /// - Throws: `ButlerError` of code `configuration` if the projection does not reach its edges, or it has too many
    ///   pixels.
    init(_ id: Int, _ plan: TractPlan, _ configuration: SkyMapConfiguration) throws {
        let raw = try TractProjection(configuration, ra: plan.reference[0], dec: plan.reference[1])
        let pixels = raw.pixels(plan.outline)
        var (low, high) = (SIMD2<Double>(repeating: .infinity), SIMD2<Double>(repeating: -.infinity))
        for pixel in pixels {
            guard abs(pixel[0]) < 1e9, abs(pixel[1]) < 1e9 else { throw Self.tooWide(id, configuration) }
            low = pointwiseMin(low, pixel)
            high = pointwiseMax(high, pixel)
        }
        let first = (low + 0.5).rounded(.down)
        let last = (high - 0.5).rounded(.up)
        let (width, height) = (Int(last[0] - first[0]) + 1, Int(last[1] - first[1]) + 1)
        grid = try PatchGrid(configuration.patches, covering: width, height)
        // What is added goes half to the lower side, rounded down.
        let added = SIMD2(
            Double((grid.box.width - width) / 2),
            Double((grid.box.height - height) / 2)
        )
        projection = raw.moved(to: added - first)
        center = try LonLat(
            longitude: Angle(radians: plan.center[0]),
            latitude: Angle(radians: plan.center[1])
        )
        self.id = id
        self.plan = plan
    }

    private static func tooWide(_ id: Int, _ configuration: SkyMapConfiguration) -> ButlerError {
        ButlerError(
            .configuration,
            "The projection \(configuration.projection) does not reach the edges of tract \(id).",
            remedy: "Take one that covers more of the sky, such as STG, or smaller tracts."
        )
    }

    /// All pixels of the tract.
    public var box: PixelBox { grid.box }

    /// The projection as a FITS description.
    ///
    /// - Returns: World coordinates in ICRS of 0-based pixels.
    /// - Throws: `ButlerError` of code `header` for a projection that wcslib does not know.
    public func wcs() throws -> WCS { try projection.wcs() }

    // MARK: Regions

    /// The outline of a box of pixels: the convex hull of its four corners.
    ///
    /// - Parameter box: Pixels of this tract, or beyond its edges.
    /// - Returns: A polygon whose edges are great circles.
    /// - Throws: `ButlerError` of code `region` if a corner does not lie on the sky.
    public func polygon(of box: PixelBox) throws -> ConvexPolygon { try polygons(of: [box])[0] }

    /// The outlines of boxes of pixels.
    ///
    /// - Parameter boxes: Pixels of this tract, or beyond its edges.
    /// - Returns: A polygon for each box.
    /// - Throws: As ``polygon(of:)``.
    public func polygons(of boxes: [PixelBox]) throws -> [ConvexPolygon] {
        var corners: [SIMD2<Double>] = []
        corners.reserveCapacity(4 * boxes.count)
        for box in boxes {
            let low = SIMD2(Double(box.xMin) - 0.5, Double(box.yMin) - 0.5)
            let high = SIMD2(Double(box.xMax) + 0.5, Double(box.yMax) + 0.5)
            corners += [low, SIMD2(high[0], low[1]), high, SIMD2(low[0], high[1])]
        }
        guard let vectors = projection.vectors(corners) else {
            throw ButlerError(.region, "A corner of a box of pixels of tract \(id) does not lie on the sky.")
        }
        return try boxes.indices.map { try ConvexPolygon(hullOf: vectors[(4 * $0)..<(4 * $0 + 4)]) }
    }

    /// The outline of all pixels: the region that repositories hold.
    public func outerPolygon() throws -> ConvexPolygon { try polygon(of: box) }

    /// The part of the sky that belongs to this tract more than to its neighbours.
    ///
    /// - Returns: A box of right ascension and declination for rings, else a polygon.
    /// - Throws: `ButlerError` of code `region`.
    public func innerRegion() throws -> Region {
        if let bounds = plan.bounds { return .box(bounds) }
        if case .corners(let corners, _) = plan.extent {
            return .polygon(try ConvexPolygon(hullOf: corners.map(\.vector)))
        }
        // A thousandth of a pixel within the edge, as in the reference.
        let low = SIMD2(-0.499, -0.499)
        let high = SIMD2(Double(box.xMax) + 0.499, Double(box.yMax) + 0.499)
        let corners = [low, SIMD2(high[0], low[1]), high, SIMD2(low[0], high[1])]
        guard let vectors = projection.vectors(corners) else {
            throw ButlerError(.region, "A corner of tract \(id) does not lie on the sky.")
        }
        return .polygon(try ConvexPolygon(hullOf: vectors))
    }

    // MARK: Patches

    /// The patches row by row, in the order of their numbers.
    public var patches: LazyMapCollection<Range<Int>, Patch> {
        (0..<grid.count).lazy.map { [grid] in grid.patch(vouchedX: $0 % grid.columns, y: $0 / grid.columns) }
    }

    /// The patch at a place.
    ///
    /// - Parameters:
    ///   - x: Column of the patch.
    ///   - y: Row of the patch.
    /// - Returns: The patch.
    /// - Throws: `ButlerError` of code `invalidArgument` if there is none.
    public func patch(x: Int, y: Int) throws -> Patch {
        guard (0..<grid.columns).contains(x), (0..<grid.rows).contains(y) else {
            throw ButlerError(
                .invalidArgument,
                "Tract \(id) has no patch (\(x), \(y)); it has \(grid.columns) by \(grid.rows) patches."
            )
        }
        return grid.patch(vouchedX: x, y: y)
    }

    /// A patch by its number.
    ///
    /// - Parameter number: Number of the patch.
    /// - Returns: The patch.
    /// - Throws: `ButlerError` of code `invalidArgument` if there is none.
    public func patch(_ number: Int) throws -> Patch {
        guard let place = grid.place(of: number) else {
            throw ButlerError(
                .invalidArgument,
                "Tract \(id) has no patch \(number); it has \(grid.columns) by \(grid.rows) patches, whose numbers grow by "
                    + "\(grid.stride) from row to row."
            )
        }
        return grid.patch(vouchedX: place.x, y: place.y)
    }
}

extension Tract: Equatable {
    /// Whether both have the same pixels at the same places.
    public static func == (left: Tract, right: Tract) -> Bool {
        left.id == right.id && left.grid == right.grid && left.projection.sky == right.projection.sky
            && left.projection.reference == right.projection.reference
            && left.projection.matrix == right.projection.matrix && left.projection.code == right.projection.code
    }
}

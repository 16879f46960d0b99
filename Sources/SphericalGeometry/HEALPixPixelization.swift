public import StewardCore

/// The Hierarchical Equal Area isoLatitude Pixelization in its nested numbering.
///
/// Numbers of level L run from 0 to 12·4ᴸ - 1; the resolution parameter is two to the power L (Górski et al. 2005). The sets for regions are
/// those of the reference's Python class (`sphgeom: _healpixPixelization.py`), false positives included.
public struct HEALPixPixelization: Pixelization, Hashable {
    /// The greatest level.
    public static let maximumLevel = 17

    /// Subdivision level, 0 to 17.
    public let level: Int

    /// Creates the pixels of a level.
    ///
    /// - Parameter level: From 0 to 17.
    /// - Throws: ``ButlerError`` with code `.region` for another level.
    public init(level: Int) throws(ButlerError) {
        guard (0...HEALPixPixelization.maximumLevel).contains(level) else {
            throw PixelizationError.level(level, of: "HEALPix", maximum: HEALPixPixelization.maximumLevel)
        }
        self.level = level
    }

    /// All pixel numbers of this level.
    public var universe: RangeSet { RangeSet(0..<UInt64(12) << UInt64(2 * level)) }

    /// Number of the pixel that holds a point.
    public func index(of point: UnitVector3D) -> UInt64 {
        HEALPixCell(order: level, holding: point).number
    }

    /// Outline of a pixel: the convex hull of four points on each side.
    ///
    /// Sides are curved, so the polygon has from 4 to 16 vertices and does not cover the pixel exactly.
    ///
    /// - Parameter index: Number of the pixel.
    /// - Returns: A convex polygon.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel of this level has this number.
    public func pixel(_ index: UInt64) throws(ButlerError) -> ConvexPolygon {
        try check(index)
        let points = HEALPixCell(order: level, number: index).edge(pointsPerSide: 4).map { point in
            // Through degrees, as the reference does: the last bits of the polygon depend on it.
            let latitude = Angle(radians: Angle.quarterTurn - point.colatitude).degrees
            let colatitude = Angle.quarterTurn - Angle(degrees: latitude).radians
            let degrees = Angle(radians: point.longitude).degrees
            let longitude = Angle(degrees: degrees < 360.0 ? degrees : truncatedRemainder(degrees, 360.0)).radians
            let radius = sine(colatitude)
            return UnitVector3D(
                unchecked: Vector3D(radius * cosine(longitude), radius * sine(longitude), cosine(colatitude))
            )
        }
        return try ConvexPolygon(hullOf: points)
    }

    /// Text form of a pixel number: the number in decimal digits.
    ///
    /// - Parameter index: Number of the pixel.
    /// - Returns: For instance `8983`.
    /// - Throws: ``ButlerError`` with code `.region` when no pixel of this level has this number.
    public func name(of index: UInt64) throws(ButlerError) -> String {
        try check(index)
        return String(index)
    }

    private func check(_ index: UInt64) throws(ButlerError) {
        guard index < UInt64(12) << UInt64(2 * level) else {
            throw PixelizationError.index(index, of: "HEALPix at level \(level)")
        }
    }

    /// The pixels that a region may touch; an ellipse, or a polygon with degenerate corners, stands for its bounding
    /// circle.
    ///
    /// - Parameters:
    ///   - region: A circle, box, ellipse or polygon that is not empty. A box without width or height touches nothing.
    ///   - maxRanges: How many ranges to return at most, by widening them; 0 for no limit.
    /// - Returns: A set that holds every pixel with a point of the region in it.
    /// - Throws: ``ButlerError`` with code `.region` for unions, intersections, and empty circles, boxes and ellipses.
    public func envelope(of region: Region, maxRanges: Int) throws(ButlerError) -> RangeSet {
        var result: RangeSet
        let deepest = level + HEALPixSearch<HEALPixCircle>.membershipDepth + HEALPixSearch<HEALPixCircle>.edgeDepth
        switch try HEALPixShape(region, orders: deepest) {
        case .nothing: result = RangeSet()
        case .everything: result = universe
        case .point(let point): result = HEALPixSearch.envelope(of: HEALPixPoint(point, level: level), level: level)
        case .circle(let circle): result = HEALPixSearch.envelope(of: circle, level: level)
        case .polygon(let polygon): result = HEALPixSearch.envelope(of: polygon, level: level)
        case .box(let box): result = HEALPixSearch.envelope(of: box, level: level)
        }
        var bits = 0
        while maxRanges > 0, result.count > maxRanges {
            bits += 2
            result.widen(toMultiplesOf: bits)
        }
        return result.intersection(universe)
    }

    /// The pixels whose corners lie in a region; edges between them are not looked at.
    ///
    /// - Parameters:
    ///   - region: A circle, box, ellipse or polygon that is not empty.
    ///   - maxRanges: How many ranges to return at most, by shrinking them; 0 for no limit.
    /// - Returns: The pixels; none for a single point.
    /// - Throws: ``ButlerError`` with code `.region` for unions, intersections, and empty circles, boxes and ellipses.
    public func interior(of region: Region, maxRanges: Int) throws(ButlerError) -> RangeSet {
        var result: RangeSet
        let deepest = level + HEALPixSearch<HEALPixCircle>.edgeDepth
        switch try HEALPixShape(region, orders: deepest) {
        case .nothing, .point: result = RangeSet()
        case .everything: result = interior(HEALPixSphere(), region)
        case .circle(let circle): result = interior(circle, region)
        case .polygon(let polygon): result = interior(polygon, region)
        case .box(let box): result = interior(box, region)
        }
        var bits = 0
        while maxRanges > 0, result.count > maxRanges {
            bits += 2
            result = result.complement
            result.widen(toMultiplesOf: bits)
            result = result.complement
        }
        return result
    }

    private func interior(_ target: some HEALPixTarget, _ region: Region) -> RangeSet {
        // Where a bounding circle stands for the region, no block of pixels is known to lie within.
        let takesBlocks =
            switch region {
            case .circle, .box: true
            case .polygon: target is HEALPixPolygon
            case .ellipse, .union, .intersection: false
            }
        return HEALPixInteriorSearch(target: target, region: region, level: level, takesBlocks: takesBlocks).interior()
    }
}

/// What to search the HEALPix division for.
enum HEALPixShape {
    case nothing
    case everything
    case point(UnitVector3D)
    case circle(HEALPixCircle)
    case polygon(HEALPixPolygon)
    case box(HEALPixBox)

    /// Prepares a region for searches down to an order.
    init(_ region: Region, orders: Int) throws(ButlerError) {
        switch region {
        case .circle(let circle):
            self = try HEALPixShape(circle: circle, orders: orders)
        case .ellipse(let ellipse):
            self = try HEALPixShape(circle: ellipse.boundingCircle, orders: orders)
        case .polygon(let polygon):
            if let target = HEALPixPolygon(polygon, orders: orders) {
                self = .polygon(target)
            } else {
                self = try HEALPixShape(circle: polygon.boundingCircle, orders: orders)
            }
        case .box(let box):
            guard !box.isEmpty else { throw HEALPixShape.error("An empty box") }
            let hasArea = box.longitudes.width > 0.0 && box.latitudes.lower < box.latitudes.upper
            self = hasArea ? .box(HEALPixBox(box, orders: orders)) : .nothing
        case .union:
            throw HEALPixShape.error("A union")
        case .intersection:
            throw HEALPixShape.error("An intersection")
        }
    }

    private init(circle: Circle, orders: Int) throws(ButlerError) {
        let angle = circle.openingAngle.radians
        guard angle >= 0.0 else { throw HEALPixShape.error("An empty circle or ellipse") }
        if angle >= Angle.pi {
            self = .everything
        } else {
            self = angle == 0.0 ? .point(circle.center) : .circle(HEALPixCircle(circle, orders: orders))
        }
    }

    private static func error(_ subject: String) -> ButlerError {
        ButlerError(
            .region,
            "\(subject) has no set of HEALPix pixels.",
            remedy: "Ask for a circle, box, ellipse or polygon, or for its parts one by one."
        )
    }
}

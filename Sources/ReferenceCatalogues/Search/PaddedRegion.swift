internal import Foundation
internal import SphericalGeometry
internal import StewardCore

/// A region with a margin of constant width around it.
struct PaddedRegion: Sendable {
    private let region: Region
    private let padding: Double
    /// A region that holds the whole and is not much greater.
    let envelope: Region
    /// Bounds that hold the region, as far as simple comparisons can use them; nil with a margin.
    private let bounds: (west: Double, east: Double, south: Double, north: Double)?

    /// More than the rounding errors of bounds.
    private static let tolerance = 1e-8

    /// Pads a region; a negative margin counts as none.
    ///
    /// - Parameters:
    ///   - region: A region.
    ///   - padding: Width of the margin; only circles, boxes, polygons and their unions can have one.
    /// - Throws: ``ButlerError`` with `.region` for other regions.
    init(_ region: Region, padding: Angle) throws {
        let width = padding.radians
        guard width > 0 else {
            (self.region, self.padding, envelope) = (region, 0, region)
            let box = region.boundingBox
            let (longitudes, latitudes) = (box.longitudes, box.latitudes)
            // Near longitude 0 comparisons say nothing.
            let isSimple =
                longitudes.west <= longitudes.east && longitudes.west > Self.tolerance
                && longitudes.east < 2 * Double.pi - Self.tolerance
            bounds = (
                isSimple ? longitudes.west - Self.tolerance : -.infinity,
                isSimple ? longitudes.east + Self.tolerance : .infinity, latitudes.lower - Self.tolerance,
                latitudes.upper + Self.tolerance
            )
            return
        }
        bounds = nil
        if case .circle(let circle) = region {
            let wider = Circle(center: circle.center, openingAngle: circle.openingAngle + padding)
            (self.region, self.padding, envelope) = (.circle(wider), 0, .circle(wider))
            return
        }
        guard Self.canPad(region) else {
            throw ButlerError(
                .region,
                "Regions of this kind cannot have a margin.",
                remedy: "Use a circle, a box, a polygon or a union of these, or leave --padding out."
            )
        }
        let circle = region.boundingCircle
        (self.region, self.padding) = (region, width)
        envelope = .circle(Circle(center: circle.center, openingAngle: circle.openingAngle + padding))
    }

    private static func canPad(_ region: Region) -> Bool {
        switch region {
        case .circle, .box, .polygon: true
        case .union(let operands): operands.allSatisfy(canPad)
        case .ellipse, .intersection: false
        }
    }

    /// Whether a position in radians can lie in the region; a quick test before the exact one.
    @inline(__always)
    func mayContain(_ longitude: Double, _ latitude: Double) -> Bool {
        guard let bounds else { return true }
        return longitude >= bounds.west && longitude <= bounds.east && latitude >= bounds.south
            && latitude <= bounds.north
    }

    /// Whether a point lies in the region or not farther from it than the margin.
    func contains(_ point: UnitVector3D) -> Bool {
        region.contains(point) || padding > 0 && Self.distance(region, point) <= padding
    }

    /// Whether a trixel from the envelope can hold points of the region.
    func mayOverlap(_ trixel: ConvexPolygon) -> Bool {
        guard padding > 0 else { return true }
        let circle = trixel.boundingCircle
        return region.contains(circle.center)
            || Self.distance(region, circle.center) <= padding + circle.openingAngle.radians + Self.tolerance
    }

    /// Whether a trixel lies wholly in the region, so that its rows need no test.
    func holds(_ trixel: ConvexPolygon) -> Bool {
        padding == 0 && Region.polygon(trixel).relate(region).contains(.within)
    }

    // MARK: Distances

    /// Distance of a point outside from a region, in radians.
    private static func distance(_ region: Region, _ point: UnitVector3D) -> Double {
        switch region {
        case .circle(let circle):
            max(0, angle(circle.center, point) - circle.openingAngle.radians)
        case .polygon(let polygon):
            polygon.vertices.indices.map { index in
                distance(polygon.vertices[index], polygon.vertices[(index + 1) % polygon.vertices.count], point)
            }.min() ?? .infinity
        case .box(let box): distance(box, point)
        case .union(let operands): operands.map { $0.contains(point) ? 0 : distance($0, point) }.min() ?? .infinity
        case .ellipse, .intersection: .infinity
        }
    }

    /// Distance of a point from the shorter great-circle arc between two points.
    private static func distance(_ a: UnitVector3D, _ b: UnitVector3D, _ point: UnitVector3D) -> Double {
        let normal = a.robustCross(b)
        let isBeside = normal.cross(a).dot(point) >= 0 && normal.cross(b).dot(point) <= 0
        guard isBeside, normal.squaredNorm > 0 else { return min(angle(a, point), angle(b, point)) }
        return atan2(normal.dot(point).magnitude, normal.cross(point).norm)
    }

    private static func distance(_ box: Box, _ point: UnitVector3D) -> Double {
        let position = LonLat(point)
        let (longitudes, latitudes) = (box.longitudes, box.latitudes)
        let latitude = position.latitude.radians
        var best = Double.infinity
        let (west, east, longitude) = (longitudes.west, longitudes.east, position.longitude.radians)
        if west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east {
            best = min((latitude - latitudes.lower).magnitude, (latitude - latitudes.upper).magnitude)
        }
        for longitude in [longitudes.west, longitudes.east] {
            let ends = [latitudes.lower, latitudes.upper].map {
                UnitVector3D(longitude: Angle(radians: longitude), latitude: Angle(radians: $0))
            }
            best = min(best, distance(ends[0], ends[1], point))
        }
        return best
    }

    private static func angle(_ a: UnitVector3D, _ b: UnitVector3D) -> Double {
        atan2(a.cross(b).norm, a.dot(b))
    }
}

internal import Foundation
public import SphericalGeometry
public import StewardCore

/// Where a visit and its detectors really looked, from astrometry.
public struct VisitPlacement: Hashable, Sendable {
    /// A region, or that there is none to be trusted.
    public enum Place: Hashable, Sendable {
        /// It is known.
        case region(Region)
        /// It is not to be trusted.
        case unknown
    }

    /// Number of the visit.
    public let visit: Int64
    /// Boresight and rotation; those of the exposures stay if nil.
    public var pointing: Pointing?
    /// The visit's region; the hull of its detectors' if nil.
    public var region: Place?
    /// Regions of detectors; the others stay.
    public var detectors: [Int64: Place] = [:]

    /// Creates a placement that changes nothing yet.
    public init(visit: Int64) {
        self.visit = visit
    }

    /// Reads the reference's `VisitGeometry`.
    ///
    /// - Parameters:
    ///   - visit: Number of the visit.
    ///   - json: Boresight (`boresight_ra`, `boresight_dec`) and `orientation` in degrees, `visit_region`, and
    ///     `detector_regions` by number, regions as their encoding in hexadecimal digits
    ///     (`obs_base: visit_geometry.py`).
    /// - Throws: ``ButlerError`` with `.corruptFile` for JSON of another form, `.region` for regions that are none.
    public init(visit: Int64, geometry json: JSONValue) throws {
        self.init(visit: visit)
        guard let rightAscension = json["boresight_ra"]?.double, let declination = json["boresight_dec"]?.double,
            let orientation = json["orientation"]?.double, let region = json["visit_region"]?.string
        else {
            throw ButlerError(
                .corruptFile,
                "The geometry of visit \(visit) lacks boresight_ra, boresight_dec, orientation or visit_region."
            )
        }
        pointing = Pointing(rightAscension: rightAscension, declination: declination, skyAngle: orientation)
        self.region = .region(try Region(hexadecimal: region))
        for member in json["detector_regions"]?.members ?? [] {
            guard let number = Int64(member.key), let text = member.value.string else {
                throw ButlerError(.corruptFile, "The geometry of visit \(visit) has a detector \"\(member.key)\".")
            }
            self.detectors[number] = .region(try Region(hexadecimal: text))
        }
    }

    /// The placement with all its regions grown.
    ///
    /// - Parameter margin: By how much.
    /// - Returns: The placement.
    /// - Throws: ``ButlerError`` with `.region` for regions that are neither polygon nor circle.
    func grown(by margin: Angle) throws -> VisitPlacement {
        guard margin.radians > 0 else { return self }
        func grown(_ place: Place) throws -> Place {
            guard case .region(let region) = place else { return place }
            return .region(try region.grown(by: margin))
        }
        var result = self
        result.region = try region.map(grown)
        result.detectors = try detectors.mapValues(grown)
        return result
    }
}

extension Region {
    /// A region that holds all points within an angle of this one.
    ///
    /// A polygon becomes the hull of regular octagons about circles around its vertices, so it is grown by at least the
    /// angle everywhere, and by at most 1.09 times as much.
    ///
    /// - Parameter margin: A small angle.
    /// - Returns: The region.
    /// - Throws: ``ButlerError`` with `.region` for what is neither polygon nor circle.
    func grown(by margin: Angle) throws -> Region {
        switch self {
        case .circle(let circle):
            return .circle(Circle(center: circle.center, openingAngle: circle.openingAngle + margin))
        case .polygon(let polygon):
            let reach = tan(margin.radians) / cos(.pi / 8)
            return .polygon(try ConvexPolygon(hullOf: try polygon.vertices.flatMap { try $0.octagon(reach) }))
        case .box, .ellipse, .union, .intersection:
            throw ButlerError(
                .region,
                "Only polygons and circles can be grown.",
                remedy: "Give regions as polygons, or leave out the margin."
            )
        }
    }

    /// Points whose hull covers the region.
    func hullPoints() throws -> [UnitVector3D] {
        switch self {
        case .polygon(let polygon): polygon.vertices
        case .circle(let circle):
            try circle.center.octagon(tan(circle.openingAngle.radians) / cos(.pi / 8))
        case .box, .ellipse, .union, .intersection:
            throw ButlerError(
                .region,
                "The region of a visit cannot be made of detectors that are neither polygons nor circles.",
                remedy: "Give a region for the visit itself."
            )
        }
    }
}

extension UnitVector3D {
    /// The corners of an octagon around this point, at a distance in the plane that touches the sphere here.
    fileprivate func octagon(_ reach: Double) throws -> [UnitVector3D] {
        // Any direction that is not near this one leads to two that are at right angles to it.
        let axis = abs(z) < 0.9 ? Vector3D(0, 0, 1) : Vector3D(1, 0, 0)
        let first = try UnitVector3D(
            direction: Vector3D(y * axis.z - z * axis.y, z * axis.x - x * axis.z, x * axis.y - y * axis.x)
        )
        let second = Vector3D(y * first.z - z * first.y, z * first.x - x * first.z, x * first.y - y * first.x)
        return try (0..<8).map { index in
            let (a, b) = (reach * cos(.pi / 4 * Double(index)), reach * sin(.pi / 4 * Double(index)))
            return try UnitVector3D(
                direction: Vector3D(
                    x + a * first.x + b * second.x,
                    y + a * first.y + b * second.y,
                    z + a * first.z + b * second.z
                )
            )
        }
    }
}

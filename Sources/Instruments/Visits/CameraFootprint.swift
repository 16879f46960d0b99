import Foundation
public import SphericalGeometry
public import StewardCore

/// The corners of a camera's detectors as field angles, ready to be put on the sky.
///
/// Corners are those of the pixel box grown by the padding: half a pixel beyond the outermost pixel centres, plus the
/// padding (`obs_base: defineVisits.py`, algorithm `single-raw-wcs`). Made once for a camera; a visit then costs a
/// rotation and a projection for each corner.
public struct CameraFootprint: Sendable {
    private struct FieldAngle {
        let x: Double
        let y: Double
    }

    /// Detectors with a known place, in the order of the camera.
    public let detectors: [Int64]
    /// Four corners for each of them.
    private let corners: [FieldAngle]

    /// Computes the field angles of all corners.
    ///
    /// - Parameters:
    ///   - camera: The camera.
    ///   - padding: Pixels by which detectors are grown; the camera's own number unless given.
    /// - Throws: `ButlerError` of code `instrument` when no detector has a place.
    public init(_ camera: CameraDefinition, padding: Double? = nil) throws {
        let padding = padding ?? camera.regionPadding
        var detectors: [Int64] = []
        var corners: [FieldAngle] = []
        for detector in camera.detectors {
            guard let geometry = detector.geometry, let distortion = camera.distortion else { continue }
            detectors.append(detector.id)
            for point in geometry.focalPlaneCorners(padding: padding) {
                let angle = distortion.fieldAngle(x: point.x, y: point.y)
                corners.append(FieldAngle(x: camera.flipsX ? angle.x : -angle.x, y: angle.y))
            }
        }
        guard !detectors.isEmpty else {
            throw ButlerError(
                .instrument,
                "The definition of the camera does not say where its detectors are.",
                remedy: "Give \"distortion\" and the \"offset_mm\" of detectors to get regions of visits."
            )
        }
        self.detectors = detectors
        self.corners = corners
    }

    /// Where the corners look, four for each detector in the order of ``detectors``.
    ///
    /// - Parameter pointing: Boresight and rotation.
    /// - Returns: Directions in ICRS.
    /// - Throws: `ButlerError` of code `region` when boresight or rotation is not finite.
    public func directions(_ pointing: Pointing) throws(ButlerError) -> [UnitVector3D] {
        let (sine, cosine) = (sin(pointing.skyAngle * .pi / 180), cos(pointing.skyAngle * .pi / 180))
        let frame = TangentFrame(pointing)
        var directions: [UnitVector3D] = []
        directions.reserveCapacity(corners.count)
        for corner in corners {
            let xi = corner.x * cosine + corner.y * sine
            let eta = corner.y * cosine - corner.x * sine
            directions.append(try frame.direction(xi: xi, eta: eta))
        }
        return directions
    }

    /// The regions of a visit.
    ///
    /// - Parameters:
    ///   - pointings: Boresight and rotation of each exposure, at least one.
    ///   - mergesExposures: Whether a detector's region covers all exposures, not only the first.
    /// - Returns: The region of each detector, and that of the visit, which covers all exposures.
    /// - Throws: `ButlerError` of code `region` when corners do not span a polygon, `invalidArgument` without exposures.
    public func regions(_ pointings: [Pointing], mergesExposures: Bool = false) throws -> VisitRegions {
        let directions = try pointings.map { try self.directions($0) }
        guard let first = directions.first else {
            throw ButlerError(.invalidArgument, "A visit without exposures has no region.")
        }
        let sources = mergesExposures ? directions : [first]
        var polygons: [ConvexPolygon] = []
        polygons.reserveCapacity(detectors.count)
        for index in detectors.indices {
            let points = sources.flatMap { $0[4 * index..<4 * index + 4] }
            polygons.append(try ConvexPolygon(hullOf: points))
        }
        return VisitRegions(
            detectors: zip(detectors, polygons).map { VisitRegions.Detector(id: $0, region: $1) },
            visit: try ConvexPolygon(hullOf: directions.flatMap { $0 })
        )
    }
}

/// Where a camera looked.
public struct Pointing: Hashable, Sendable {
    /// ICRS right ascension of the boresight in degrees.
    public let rightAscension: Double
    /// ICRS declination of the boresight in degrees.
    public let declination: Double
    /// Rotation of the camera on the sky in degrees.
    public let skyAngle: Double

    /// Creates a pointing.
    public init(rightAscension: Double, declination: Double, skyAngle: Double) {
        self.rightAscension = rightAscension
        self.declination = declination
        self.skyAngle = skyAngle
    }

    /// The pointing of an exposure; nil when boresight or rotation is not known.
    public init?(_ exposure: ExposureSummary) {
        guard let rightAscension = exposure.trackingRA, let declination = exposure.trackingDec,
            let skyAngle = exposure.skyAngle
        else { return nil }
        self.init(rightAscension: rightAscension, declination: declination, skyAngle: skyAngle)
    }
}

/// The regions of one visit.
public struct VisitRegions: Hashable, Sendable {
    /// One detector's region.
    public struct Detector: Hashable, Sendable {
        /// Number of the detector.
        public let id: Int64
        /// Its region.
        public let region: ConvexPolygon
    }

    /// Regions of the detectors in the order of the camera.
    public let detectors: [Detector]
    /// The region of the visit.
    public let visit: ConvexPolygon
}

/// Gnomonic projection from the plane that touches the sphere at the boresight.
private struct TangentFrame {
    let centre: (x: Double, y: Double, z: Double)
    let east: (x: Double, y: Double)
    let north: (x: Double, y: Double, z: Double)

    init(_ pointing: Pointing) {
        let (alpha, delta) = (pointing.rightAscension * .pi / 180, pointing.declination * .pi / 180)
        centre = (cos(delta) * cos(alpha), cos(delta) * sin(alpha), sin(delta))
        east = (-sin(alpha), cos(alpha))
        north = (-sin(delta) * cos(alpha), -sin(delta) * sin(alpha), cos(delta))
    }

    func direction(xi: Double, eta: Double) throws(ButlerError) -> UnitVector3D {
        try UnitVector3D(
            direction: Vector3D(
                centre.x + xi * east.x + eta * north.x,
                centre.y + xi * east.y + eta * north.y,
                centre.z + eta * north.z
            )
        )
    }
}

extension DetectorGeometry {
    /// The corners of the padded pixel box in the focal plane in millimetres: (low, low), (high, low), (high, high),
    /// (low, high).
    func focalPlaneCorners(padding: Double) -> [(x: Double, y: Double)] {
        let low = -0.5 - padding
        let high = (x: Double(size.x) - 0.5 + padding, y: Double(size.y) - 0.5 + padding)
        return [(low, low), (high.x, low), (high.x, high.y), (low, high.y)].map { focalPlane(x: $0.0, y: $0.1) }
    }

    /// Where a pixel coordinate lies in the focal plane, in millimetres.
    func focalPlane(x: Double, y: Double) -> (x: Double, y: Double) {
        let u = (x - reference.x) * pixelSize.x
        let v = (y - reference.y) * pixelSize.y
        let (sine, cosine) = (sin(yaw * .pi / 180), cos(yaw * .pi / 180))
        return (u * cosine - v * sine + offset.x, u * sine + v * cosine + offset.y)
    }
}

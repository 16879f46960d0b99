internal import SphericalGeometry

/// What a layout says of one tract, before it has pixels; angles in radians.
struct TractPlan: Sendable {
    /// Right ascension and declination of the centre.
    var center: SIMD2<Double>
    /// Right ascension and declination of the projection's reference point.
    var reference: SIMD2<Double>
    /// What the tract must reach.
    var extent: Extent
    /// The part of the sky that belongs to it, or nil for what its extent says.
    var bounds: Box?

    /// What a tract must reach.
    enum Extent: Sendable {
        /// Points at this distance from the centre, the overlap included, to all four sides.
        case radius(Double)
        /// These corners, with half the overlap around each.
        case corners([SkyDirection], halfOverlap: Double)
    }
}

extension TractPlan {
    /// Directions that the tract must hold.
    var outline: [UnitVector3D] {
        switch extent {
        case .radius(let radius):
            let start = SkyDirection(ra: center[0], dec: center[1])
            return (0..<4).map { start.offset(bearing: Double($0) * .pi / 2, by: radius) }
        case .corners(let corners, let halfOverlap):
            guard halfOverlap > 0 else { return corners.map(\.vector) }
            return corners.flatMap { corner in
                (0..<24).map { corner.offset(bearing: Double($0) * .pi / 12, by: halfOverlap) }
            }
        }
    }
}

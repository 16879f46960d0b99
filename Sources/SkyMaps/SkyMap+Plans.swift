internal import SphericalGeometry

extension SkyMap {
    /// The plan of a tract that exists.
    func plan(of id: Int) throws -> TractPlan {
        let overlap = Angle(degrees: configuration.tractOverlap).radians
        switch tables {
        case .rings(let table): return try Self.ring(table, id, overlap: overlap)
        case .discrete(let tracts):
            let tract = tracts[id]
            let ra = Angle(degrees: tract.ra).normalized.radians
            let center = SIMD2(ra, Angle(degrees: tract.dec).radians)
            let radius = Angle(degrees: tract.radius).radians + overlap
            return TractPlan(center: center, reference: center, extent: .radius(radius), bounds: nil)
        case .dodecahedron(let solid):
            let face = solid.faces[id]
            let center = SIMD2(face.ra, face.dec)
            let extent = TractPlan.Extent.corners(solid.vertices(of: id), halfOverlap: overlap / 2)
            return TractPlan(center: center, reference: center, extent: extent, bounds: nil)
        case .equatorial(let count, let south, let north):
            return Self.equatorial(id, of: count, from: south, to: north, overlap: overlap)
        case .healpix(let pixels, let isNested):
            let index = isNested ? UInt64(id) : pixels.nestedIndex(ofRing: UInt64(id))
            let center = Self.mirrored(pixels.center(of: index))
            let corners = pixels.corners(of: index).map(Self.mirrored)
            let extent = TractPlan.Extent.corners(corners, halfOverlap: overlap / 2)
            let position = SIMD2(center.ra, center.dec)
            return TractPlan(center: position, reference: position, extent: extent, bounds: nil)
        }
    }

    private static func ring(_ table: RingTable, _ id: Int, overlap: Double) throws -> TractPlan {
        let place = table.place(of: id)
        let center = table.center(of: place)
        let bounds = table.bounds(of: place)
        let box = Box(
            from: try LonLat(longitude: Angle(radians: bounds.west), latitude: Angle(radians: bounds.south)),
            to: try LonLat(longitude: Angle(radians: bounds.east), latitude: Angle(radians: bounds.north))
        )
        let position = SIMD2(center.ra, center.dec)
        let extent = TractPlan.Extent.radius(0.5 * table.height + overlap)
        return TractPlan(center: position, reference: position, extent: extent, bounds: box)
    }

    private static func equatorial(
        _ id: Int,
        of count: Int,
        from south: Double,
        to north: Double,
        overlap: Double
    ) -> TractPlan {
        let width = Angle(degrees: 360 / Double(count)).radians
        let (west, east) = (width * Double(id), width * Double(id) + width)
        let corners = [(west, south), (east, south), (east, north), (west, north)]
            .map { SkyDirection(ra: $0.0, dec: $0.1) }
        let middle = west + width / 2
        return TractPlan(
            center: SIMD2(middle, (south + north) / 2),
            // On the equator, about which the projection is symmetric.
            reference: SIMD2(middle, 0),
            extent: .corners(corners, halfOverlap: overlap / 2),
            bounds: nil
        )
    }

    /// The reference takes a colatitude for the distance from the south pole, so its tracts are mirrored.
    private static func mirrored(_ position: LonLat) -> SkyDirection {
        SkyDirection(ra: position.longitude.radians, dec: -position.latitude.radians)
    }
}

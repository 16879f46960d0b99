public import SkyMaps
public import SphericalGeometry
internal import StewardCore

/// Makes discrete sky maps around areas of the sky (`pipe_tasks: makeDiscreteSkyMap.py`).
public struct DiscreteMapMaker: Sendable {
    private let configuration: DiscreteMapConfiguration

    /// Creates a maker.
    public init(_ configuration: DiscreteMapConfiguration) {
        self.configuration = configuration
    }

    /// The sky map with one tract around all points.
    ///
    /// The tract's centre and radius are those of the bounding circle of the points' convex hull.
    ///
    /// - Parameters:
    ///   - points: Corners of images.
    ///   - old: The sky map whose tracts come first, when the configuration says to append.
    /// - Returns: The sky map.
    /// - Throws: `ButlerError` of code `region` for points that span no polygon or more than half the sky,
    ///   `configuration` when a tract is appended to a sky map that is not discrete or has other parameters.
    public func map(around points: [UnitVector3D], appendingTo old: SkyMap? = nil) throws -> SkyMap {
        let circle = try ConvexPolygon(hullOf: points).boundingCircle
        let center = LonLat(circle.center)
        let tract = DiscreteTract(
            ra: center.longitude.degrees,
            dec: center.latitude.degrees,
            radius: circle.openingAngle.degrees + configuration.borderSize
        )
        var made = configuration.skyMap
        made.layout = .discrete(try tracts(of: old) + [tract])
        return try SkyMap(made)
    }

    private func tracts(of old: SkyMap?) throws -> [DiscreteTract] {
        guard configuration.appends else { return [] }
        guard let old, case .discrete(let tracts) = old.configuration.layout else {
            throw ButlerError(
                .configuration,
                old == nil
                    ? "There is no sky map to append to." : "A tract can be appended to a discrete sky map only.",
                remedy: "Name a discrete sky map, or set config.doAppend=False."
            )
        }
        var wanted = configuration.skyMap
        wanted.layout = old.configuration.layout
        guard wanted == old.configuration else {
            throw ButlerError(
                .configuration,
                "The configuration differs from that of the sky map to append to.",
                remedy: "Use the same scale, projection, overlap, rotation and patches.",
                context: [
                    .init("wanted", wanted.text().replacing("\n", with: "; ")),
                    .init("stored", old.configuration.text().replacing("\n", with: "; ")),
                ]
            )
        }
        return tracts
    }
}

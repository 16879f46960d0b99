internal import SphericalGeometry
internal import StewardCore

/// Makes the regions of the language's functions from numbers in degrees (ICRS).
enum RegionLiteral {
    /// The region of `POINT`, `CIRCLE`, `BOX` or `POLYGON`.
    ///
    /// The third argument of `CIRCLE` is the radius; the reference takes twice as much.
    static func region(_ function: WhereFunction, _ degrees: [Double]) throws -> Region {
        switch function {
        case .point: .circle(Circle(point: try direction(degrees[0], degrees[1])))
        case .circle:
            .circle(
                Circle(center: try direction(degrees[0], degrees[1]), openingAngle: Angle(degrees: degrees[2]))
            )
        case .box:
            .box(
                Box(
                    center: try LonLat(degrees: degrees[0], degrees[1]),
                    halfWidth: Angle(degrees: degrees[2] / 2),
                    halfHeight: Angle(degrees: degrees[3] / 2)
                )
            )
        case .polygon:
            .polygon(
                try ConvexPolygon(
                    hullOf: try stride(from: 0, to: degrees.count, by: 2).map {
                        try direction(degrees[$0], degrees[$0 + 1])
                    }
                )
            )
        case .region, .glob:
            throw ButlerError(.invalidQuery, "\(function.rawValue) makes no region from numbers.")
        }
    }

    /// The region that a text in the POS notation of IVOA SIA 2 describes.
    static func region(position: String) throws -> Region {
        try Region(ivoaPos: position)
    }

    private static func direction(_ longitude: Double, _ latitude: Double) throws -> UnitVector3D {
        UnitVector3D(try LonLat(degrees: longitude, latitude))
    }
}

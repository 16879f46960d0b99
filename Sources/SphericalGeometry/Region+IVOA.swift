public import StewardCore

extension Region {
    /// Reads the POS parameter of the IVOA's Simple Image Access protocol 2.0.
    ///
    /// Three shapes exist, with coordinates in degrees: `CIRCLE lon lat radius`, `RANGE lon1 lon2 lat1 lat2`, where ends
    /// may be infinite, and `POLYGON lon lat lon lat lon lat …`, of which the convex hull is taken.
    ///
    /// - Parameter text: A shape in capitals and numbers, separated by white space.
    /// - Throws: ``ButlerError`` with code `.region` for another word, a wrong count, a number that is none, a latitude
    ///   beyond the poles, or points that span no polygon.
    public init(ivoaPos text: some StringProtocol) throws(ButlerError) {
        let words = text.split(whereSeparator: \.isWhitespace)
        var numbers: [Double] = []
        for word in words.dropFirst() {
            numbers.append(try Region.number(word, in: text))
        }
        switch (words.first, numbers.count) {
        case ("CIRCLE", 3):
            let center = UnitVector3D(try LonLat(degrees: numbers[0], numbers[1]))
            self = .circle(Circle(center: center, openingAngle: Angle(degrees: numbers[2])))
        case ("RANGE", 4):
            let bounds = zip(numbers, [(0.0, 360.0), (0.0, 360.0), (-90.0, 90.0), (-90.0, 90.0)]).map {
                number,
                limits in
                number.isInfinite ? (number < 0 ? limits.0 : limits.1) : number
            }
            let southWest = try LonLat(degrees: bounds[0], bounds[2])
            let northEast = try LonLat(degrees: bounds[1], bounds[3])
            self = .box(Box(from: southWest, to: northEast))
        case ("POLYGON", let count) where count >= 6 && count.isMultiple(of: 2):
            var points: [UnitVector3D] = []
            for i in stride(from: 0, to: count, by: 2) {
                points.append(UnitVector3D(try LonLat(degrees: numbers[i], numbers[i + 1])))
            }
            self = .polygon(try ConvexPolygon(hullOf: points))
        default:
            throw Region.posError("\"\(text)\" is not a POS string.")
        }
    }

    /// Reads one decimal number; hexadecimal forms are refused, and so is what is not a number.
    private static func number(
        _ word: some StringProtocol,
        in text: some StringProtocol
    ) throws(ButlerError) -> Double {
        guard !word.contains(where: { $0 == "x" || $0 == "X" }), let number = Double(String(word)), !number.isNaN else {
            throw posError("\"\(word)\" in \"\(text)\" is not a number.")
        }
        return number
    }

    private static func posError(_ message: String) -> ButlerError {
        ButlerError(
            .region,
            message,
            remedy: "Write CIRCLE lon lat radius, RANGE lon1 lon2 lat1 lat2, or POLYGON and three or more pairs, "
                + "all in degrees."
        )
    }

    /// The POS form of a circle, box or polygon in degrees; nil for an ellipse or a compound.
    ///
    /// Numbers are the shortest that read back as the same double, but degrees do not give back the bits of radians.
    public var ivoaPos: String? {
        switch self {
        case .circle(let circle):
            let center = LonLat(circle.center)
            return "CIRCLE \(center.longitude.degrees) \(center.latitude.degrees) \(circle.openingAngle.degrees)"
        case .box(let box):
            let (longitudes, latitudes) = (box.longitudes, box.latitudes)
            let ends = [longitudes.west, longitudes.east, latitudes.lower, latitudes.upper]
            return "RANGE " + ends.map { "\(Angle(radians: $0).degrees)" }.joined(separator: " ")
        case .polygon(let polygon):
            let pairs = polygon.vertices.map { vertex in
                let position = LonLat(vertex)
                return "\(position.longitude.degrees) \(position.latitude.degrees)"
            }
            return "POLYGON " + pairs.joined(separator: " ")
        case .ellipse, .union, .intersection:
            return nil
        }
    }
}

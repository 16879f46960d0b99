/// A pixel of the HEALPix division at an order: a cell of one of the twelve base faces.
///
/// The formulas are those of Górski et al. 2005 (ApJ 622, 759), section 5, in coordinates of a face: x runs from the
/// southern corner towards north-east, y towards north-west. In the nested numbering, the bits of x and y alternate.
struct HEALPixCell {
    /// Order of the pixel; a face has two to the power of it cells on a side.
    let order: Int
    /// Base face: 0 to 3 around the north pole, 4 to 7 on the equator, 8 to 11 around the south pole.
    let face: Int
    /// Cell towards north-east.
    let x: Int
    /// Cell towards north-west.
    let y: Int

    /// Cells on a side of a face.
    @inline(__always)
    var side: Int { 1 << order }

    @inline(__always)
    init(order: Int, face: Int, x: Int, y: Int) {
        self.order = order
        self.face = face
        self.x = x
        self.y = y
    }

    /// The cell of a nested number, which must be valid for the order.
    init(order: Int, number: UInt64) {
        let cell = SpaceFillingCurve.mortonCell(number & (UInt64(1) << UInt64(2 * order) - 1))
        self.init(order: order, face: Int(number >> UInt64(2 * order)), x: Int(cell.x), y: Int(cell.y))
    }

    /// The nested number.
    var number: UInt64 {
        let cell = SpaceFillingCurve.morton(UInt32(truncatingIfNeeded: x), UInt32(truncatingIfNeeded: y))
        return UInt64(face) << UInt64(2 * order) | cell
    }

    /// One of the four cells of the next order, 0 to 3 from the southern corner.
    @inline(__always)
    func child(_ number: Int) -> HEALPixCell {
        HEALPixCell(order: order + 1, face: face, x: 2 * x + (number & 1), y: 2 * y + (number >> 1))
    }

    /// Rings between the northernmost point of the sphere and that of each face, in units of its side.
    private static let ringOffsets = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]
    /// Longitude of the middle of each face, in units of π/4.
    private static let longitudes = [1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7]

    /// The ring of the southern corner of a face in units of its side, and the longitude of its centre in eighths of a turn.
    static func origin(of face: Int) -> (ring: Int, longitude: Int) { (ringOffsets[face], longitudes[face]) }

    /// The ring, from 1 at the north, the longitude in steps of 1/(8 × pixels) of a turn, and a quarter of the ring's
    /// number of pixels.
    var ringPlace: (ring: Int, steps: Int, pixels: Int) {
        let ring = HEALPixCell.ringOffsets[face] * side - x - y - 1
        let pixels = min(ring, side, 4 * side - ring)
        let steps = HEALPixCell.longitudes[face] * pixels + x - y
        return (ring, steps < 0 ? steps + 8 * pixels : steps, pixels)
    }

    /// Sine of the latitude and longitude of the centre.
    @inline(__always)
    var center: (z: Double, longitude: Double) {
        let ring = HEALPixCell.ringOffsets[face] * side - x - y - 1
        let cells = Double(side)
        // Of a polar cap, or of the equatorial belt with its constant number of pixels in a ring.
        let isNorthern = ring < side
        let pixels = isNorthern ? ring : ring > 3 * side ? 4 * side - ring : side
        var steps = HEALPixCell.longitudes[face] * pixels + x - y
        if steps < 0 { steps += 8 * pixels }
        let longitude = 0.25 * Angle.pi * Double(steps) / Double(pixels)
        if pixels == side, ring >= side {
            return (Double(2 * side - ring) * 2.0 / (3.0 * cells), longitude)
        }
        let height = Double(pixels) * Double(pixels) / (3.0 * cells * cells)
        return (isNorthern ? 1.0 - height : height - 1.0, longitude)
    }

    /// Colatitude and longitude of a point of a face, its coordinates running from 0 to 1.
    static func position(face: Int, x: Double, y: Double) -> (colatitude: Double, longitude: Double) {
        let ring = Double(ringOffsets[face]) - x - y
        var width = 1.0
        let colatitude: Double
        if ring < 1.0 || ring > 3.0 {
            width = ring < 1.0 ? ring : 4.0 - ring
            let height = width * width / 3.0
            let z = ring < 1.0 ? 1.0 - height : height - 1.0
            // Near a pole the inverse cosine loses digits.
            colatitude =
                z.magnitude > 0.99 ? arcTangent((height * (2.0 - height)).squareRoot(), z) : arcCosine(z)
        } else {
            colatitude = arcCosine((2.0 - ring) * 2.0 / 3.0)
        }
        var steps = Double(longitudes[face]) * width + x - y
        if steps < 0.0 { steps += 8.0 }
        if steps >= 8.0 { steps -= 8.0 }
        return (colatitude, width < 1e-15 ? 0.0 : (0.25 * Angle.pi * steps) / width)
    }

    /// The points on the edge, counter-clockwise from the northern corner, as colatitude and longitude.
    func edge(pointsPerSide count: Int) -> [(colatitude: Double, longitude: Double)] {
        let half = 0.5 / Double(side)
        let (u, v) = ((Double(x) + 0.5) / Double(side), (Double(y) + 0.5) / Double(side))
        let step = 1.0 / (Double(count) * Double(side))
        let offsets = (0..<count).map { Double($0) * step }
        let corners = [
            offsets.map { (u + half - $0, v + half) },
            offsets.map { (u - half, v + half - $0) },
            offsets.map { (u - half + $0, v - half) },
            offsets.map { (u + half, v - half + $0) },
        ]
        return corners.joined().map { HEALPixCell.position(face: face, x: $0.0, y: $0.1) }
    }

    /// The greatest distance from the centre of a pixel to its corners at an order, in radians.
    static func greatestRadius(order: Int) -> Double {
        let cells = Double(1 << order)
        let equatorial = point(z: 2.0 / 3.0, longitude: Angle.pi / (4.0 * cells))
        let height = (1.0 - 1.0 / cells) * (1.0 - 1.0 / cells) / 3.0
        return equatorial.angle(to: point(z: 1.0 - height, longitude: 0.0))
    }

    /// The vector of a sine of latitude and a longitude.
    @inline(__always)
    static func point(z: Double, longitude: Double) -> Vector3D {
        let radius = ((1.0 - z) * (1.0 + z)).squareRoot()
        return Vector3D(radius * cosine(longitude), radius * sine(longitude), z)
    }
}

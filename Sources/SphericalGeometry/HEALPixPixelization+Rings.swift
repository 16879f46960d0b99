/// Numbers along rings of latitude, north to south, as Górski et al. 2005, section 5, define them.
extension HEALPixPixelization {
    /// The nested number of the pixel with a number in rings.
    ///
    /// - Parameter ring: Number in rings, below the number of pixels.
    /// - Returns: Number of the same pixel in the nested scheme.
    public func nestedIndex(ofRing ring: UInt64) -> UInt64 {
        let side = 1 << level
        let (capSize, all) = (2 * side * (side - 1), 12 * side * side)
        let pixel = Int(clamping: ring)
        let (row, phase): (Int, Int)
        if pixel < capSize {
            row = HEALPixPixelization.capRing(of: pixel)
            phase = pixel - 2 * row * (row - 1)
        } else if pixel < all - capSize {
            (row, phase) = ((pixel - capSize) / (4 * side) + side, (pixel - capSize) % (4 * side))
        } else {
            let mirrored = HEALPixPixelization.capRing(of: all - 1 - pixel)
            row = 4 * side - mirrored
            phase = 4 * mirrored - 1 - (all - 1 - pixel - 2 * mirrored * (mirrored - 1))
        }
        return cell(ring: row, phase: phase).number
    }

    /// The number in rings of a nested pixel.
    ///
    /// - Parameter index: Nested number, below the number of pixels.
    /// - Returns: Number of the same pixel in rings.
    public func ringIndex(ofNested index: UInt64) -> UInt64 {
        let cell = HEALPixCell(order: level, number: index)
        let side = 1 << level
        let (row, steps, pixels) = cell.ringPlace
        // Rings of the belt begin at half a step or at none in turn, those of the caps at half a step.
        let isBelt = (side...3 * side).contains(row)
        let phase = isBelt && (row - side) % 2 == 1 ? steps / 2 : (steps - 1) / 2
        let first: Int
        if row < side {
            first = 2 * row * (row - 1)
        } else if isBelt {
            first = 2 * side * (side - 1) + (row - side) * 4 * side
        } else {
            first = 12 * side * side - 2 * pixels * (pixels + 1)
        }
        return UInt64(clamping: first + phase)
    }

    /// The nested number of the pixel that holds a position.
    ///
    /// Positions on edges fall as for programs that take angles, not vectors: the height is the cosine of the colatitude.
    ///
    /// - Parameters:
    ///   - colatitude: Angle from the north pole, 0 to π.
    ///   - longitude: Any finite longitude.
    /// - Returns: Number of the pixel in the nested scheme.
    public func index(colatitude: Angle, longitude: Angle) -> UInt64 {
        let z = cosine(colatitude.radians)
        let radius = z.magnitude > 0.99 ? sine(colatitude.radians) : nil
        return HEALPixCell(order: level, z: z, longitude: longitude.radians, radius: radius).number
    }

    /// The centre of a nested pixel.
    public func center(of index: UInt64) -> LonLat {
        let center = HEALPixCell(order: level, number: index).center
        return LonLat(HEALPixCell.point(z: center.z, longitude: center.longitude))
    }

    /// The four corners of a nested pixel: north, west, south, east.
    public func corners(of index: UInt64) -> [LonLat] {
        HEALPixCell(order: level, number: index).edge(pointsPerSide: 1).map { corner in
            let radius = sine(corner.colatitude)
            let (x, y) = (radius * cosine(corner.longitude), radius * sine(corner.longitude))
            return LonLat(Vector3D(x, y, cosine(corner.colatitude)))
        }
    }

    /// The ring, from 1, of a pixel of the northern cap.
    private static func capRing(of pixel: Int) -> Int {
        var ring = Int((1 + Double(1 + 2 * pixel).squareRoot()) / 2)
        while 2 * ring * (ring - 1) > pixel { ring -= 1 }
        while 2 * ring * (ring + 1) <= pixel { ring += 1 }
        return ring
    }

    /// The pixel at a place in a ring that exists.
    private func cell(ring row: Int, phase: Int) -> HEALPixCell {
        let side = 1 << level
        let pixels = min(row, side, 4 * side - row)
        let isBelt = (side...3 * side).contains(row)
        let steps = isBelt && (row - side) % 2 == 1 ? 2 * phase : 2 * phase + 1
        for face in 0..<12 {
            let (sum, base) = HEALPixCell.origin(of: face)
            let total = sum * side - row - 1
            var difference = steps - base * pixels
            // Longitudes of a face run over one turn.
            while difference > 4 * pixels { difference -= 8 * pixels }
            while difference < -4 * pixels { difference += 8 * pixels }
            guard total >= 0, (total + difference) % 2 == 0 else { continue }
            let (x, y) = ((total + difference) / 2, (total - difference) / 2)
            if (0..<side).contains(x), (0..<side).contains(y) {
                return HEALPixCell(order: level, face: face, x: x, y: y)
            }
        }
        return HEALPixCell(order: level, face: 0, x: 0, y: 0)
    }
}

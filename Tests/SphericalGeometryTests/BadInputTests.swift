import SphericalGeometry
import StewardCore
import Testing

/// Damaged bytes, text and numbers: each gives a typed error or a value that can be worked with, and nothing traps.
@Suite struct BadInputTests {
    private static let error = ButlerError(.region, "")

    /// Uses whatever a decoder let through.
    private func exercise(_ region: Region) throws {
        #expect(try Region(encoded: region.encoded) == region)
        let circle = region.boundingCircle
        _ = region.boundingBox3D
        _ = region.isEmpty
        _ = region.ivoaPos
        _ = region.relate(.circle(circle))
        _ = region.relate(region)
        _ = region.overlaps(.box(region.boundingBox))
        let systems: [any Pixelization] = [
            try HTMPixelization(level: 2), try Q3CPixelization(level: 1), try MQ3CPixelization(level: 1),
            try HEALPixPixelization(level: 1),
        ]
        for pixels in systems {
            _ = try? pixels.envelope(of: region, maxRanges: 2)
            _ = try? pixels.interior(of: region, maxRanges: 2)
            _ = pixels.index(of: circle.center)
        }
    }

    @Test("ten thousand random byte strings decode or fail cleanly")
    func randomBytes() throws {
        var sky = RandomSky(seed: 99)
        var decoded = 0
        for _ in 0..<10_000 {
            let type = Array("bceipu".utf8).randomElement(using: &sky) ?? 0
            let count = [33, 41, 113, 73, 97].randomElement(using: &sky) ?? 41
            var bytes = sky.bytes(count: Bool.random(using: &sky) ? count : Int.random(in: 0...120, using: &sky))
            if !bytes.isEmpty, Int.random(in: 0..<10, using: &sky) > 0 { bytes[0] = type }
            do {
                try exercise(try Region(encoded: bytes))
                decoded += 1
            } catch {
                #expect(error as? ButlerError == BadInputTests.error)
            }
        }
        #expect(decoded > 500)
    }

    @Test("encodings with flipped bits, NaN and infinities can be worked with")
    func damagedEncodings() throws {
        var sky = RandomSky(seed: 100)
        for _ in 0..<1500 {
            var bytes = try sky.region().encoded
            for _ in 0..<Int.random(in: 1...4, using: &sky) {
                let at = Int.random(in: 0..<bytes.count, using: &sky)
                switch Int.random(in: 0..<3, using: &sky) {
                case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &sky)
                case 1:
                    // Eight bytes from the start of a number: NaN, infinity, zero or the largest number.
                    let value = [Double.nan, .infinity, -.infinity, 0.0, .greatestFiniteMagnitude].randomElement(
                        using: &sky
                    )
                    let start = 1 + (at / 8) * 8
                    guard let value, start + 8 <= bytes.count else { continue }
                    withUnsafeBytes(of: value.bitPattern.littleEndian) {
                        bytes.replaceSubrange(start..<(start + 8), with: $0)
                    }
                default: bytes.remove(at: at)
                }
                if bytes.isEmpty { break }
            }
            if let region = try? Region(encoded: bytes) { try exercise(region) }
        }
    }

    @Test(
        "wrong types and lengths are refused",
        arguments: ["", "7a", "63", "6300", "70" + String(repeating: "00", count: 48)]
    )
    func wrongLengths(hex: String) {
        #expect(throws: BadInputTests.error) { try Region(hexadecimal: hex) }
    }

    @Test(
        "text that is no base64 is refused",
        arguments: ["AAA", "!!!!", "dQ==dQ==", "dQ=A", "=dQ=", "dQ==:", ":", "YwAA"]
    )
    func wrongBase64(text: String) {
        #expect(throws: BadInputTests.error) { try Region(base64: text) }
    }

    @Test("text that is no hexadecimal is refused", arguments: ["6", "6g", "0x75", " 75"])
    func wrongHexadecimal(text: String) {
        #expect(throws: BadInputTests.error) { try Region(hexadecimal: text) }
    }

    @Test(
        "overlap expressions without an ampersand are refused",
        arguments: ["dQ==", "dQ==&dQ==|dQ==", "|", "dQ==&dQ==|"]
    )
    func wrongExpressions(text: String) {
        #expect(throws: BadInputTests.error) { try Region.overlaps(base64Expression: text) }
    }

    @Test("compounds nested without end are refused before the stack is")
    func deepNesting() throws {
        var bytes: [UInt8] = Array("u".utf8)
        for depth in 0..<100_000 {
            let code = UInt8(ascii: depth.isMultiple(of: 2) ? "i" : "u")
            bytes = [code] + withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) } + bytes
            if depth == 40 { #expect(try Region(encoded: bytes).encoded == bytes) }
            if depth == 400 { break }
        }
        #expect(throws: BadInputTests.error) { try Region(encoded: bytes) }
    }

    @Test("operand lengths beyond the end are refused", arguments: [UInt64(1), 42, .max, UInt64(Int64.max)])
    func operandLengths(length: UInt64) {
        let bytes = Array("u".utf8) + withUnsafeBytes(of: length.littleEndian) { Array($0) }
        #expect(throws: BadInputTests.error) { try Region(encoded: bytes) }
    }

    @Test(
        "positions beyond the poles or without a number are refused",
        arguments: [
            (0.0, 90.1), (0.0, -91.0), (.nan, 0.0), (0.0, .nan), (.infinity, 0.0), (0.0, -.infinity),
        ]
    )
    func positions(longitude: Double, latitude: Double) {
        #expect(throws: BadInputTests.error) { try LonLat(degrees: longitude, latitude) }
    }

    @Test("vectors without a direction are refused")
    func directions() {
        for vector in [Vector3D(0, 0, 0), Vector3D(.nan, 0, 1), Vector3D(.infinity, 0, 0), Vector3D(-0.0, 0, 0)] {
            #expect(throws: BadInputTests.error) { try UnitVector3D(direction: vector) }
        }
    }

    @Test("points that span no polygon are refused")
    func hulls() throws {
        let (x, y, z) = (
            UnitVector3D(normalized: 1, 0, 0), UnitVector3D(normalized: 0, 1, 0), UnitVector3D(normalized: 0, 0, 1)
        )
        let nan = UnitVector3D(normalized: .nan, 0, 1)
        for points in [
            [], [x], [x, x, x], [x, y], [x, -x, y], [x, y, -x], [x, y, z, -x], [x, y, nan], [nan, nan, nan],
        ] {
            #expect(throws: BadInputTests.error) { try ConvexPolygon(hullOf: points) }
        }
        #expect(try ConvexPolygon(hullOf: [x, y, z]).vertices == [x, y, z])
    }

    @Test("boxes with NaN or longitudes out of order are refused")
    func boxes() throws {
        #expect(throws: BadInputTests.error) { try Box(degreesWest: 10, south: 0, east: -10, north: 1) }
        #expect(throws: BadInputTests.error) { try Box(degreesWest: .nan, south: 0, east: 1, north: 1) }
        #expect(throws: BadInputTests.error) { try Box(degreesWest: 0, south: 0, east: 1, north: .nan) }
        #expect(try Box(degreesWest: 0, south: 2, east: 1, north: 1).isEmpty)
        #expect(try Box(degreesWest: -10, south: -90, east: 350, north: 90).isFull)
    }

    @Test("ellipses with NaN or semi-axes on both sides of a right angle are refused")
    func ellipses() throws {
        let center = UnitVector3D(normalized: 0, 0, 1)
        let angle = { (degrees: Double) in Angle(degrees: degrees) }
        for (alpha, beta, turn) in [
            (10.0, 100.0, 0.0), (90, 10, 0), (.nan, 1, 0), (1, .nan, 0), (1, 1, .nan), (1, 1, .infinity),
        ] {
            #expect(throws: BadInputTests.error) {
                try Ellipse(center: center, alpha: angle(alpha), beta: angle(beta), orientation: angle(turn))
            }
        }
        #expect(throws: BadInputTests.error) { try Ellipse(foci: center, center, alpha: angle(.nan)) }
        #expect(try Ellipse(center: center, alpha: angle(-1), beta: angle(1), orientation: angle(0)) == .empty)
        #expect(try Ellipse(center: center, alpha: angle(180), beta: angle(180), orientation: angle(0)) == .full)
    }

    @Test("levels and pixel numbers that do not exist are refused")
    func pixels() throws {
        for level in [-1, 25, .max, .min] {
            #expect(throws: BadInputTests.error) { try HTMPixelization(level: level) }
            #expect(throws: BadInputTests.error) { try HEALPixPixelization(level: level) }
            #expect(throws: BadInputTests.error) { try Q3CPixelization(level: level == 25 ? 31 : level) }
            #expect(throws: BadInputTests.error) { try MQ3CPixelization(level: level == 25 ? 31 : level) }
        }
        let systems: [(any Pixelization, [UInt64])] = [
            (try HTMPixelization(level: 7), [0, 1, 7, 16, 17, 131_071, 1 << 63, .max]),
            (try Q3CPixelization(level: 7), [6 << 14, .max]),
            (try MQ3CPixelization(level: 7), [0, 9 << 14, 1 << 63, .max]),
            (try HEALPixPixelization(level: 7), [12 << 14, .max]),
        ]
        for (system, numbers) in systems {
            for number in numbers where !system.universe.contains(number) {
                #expect(throws: BadInputTests.error, "\(system) \(number)") { try system.pixel(number) }
            }
        }
        #expect(throws: BadInputTests.error) { try HTMPixelization(level: 7).name(of: 131_071) }
        #expect(throws: BadInputTests.error) { try MQ3CPixelization(level: 7).name(of: 9) }
        #expect(throws: BadInputTests.error) { try Q3CPixelization(level: 0).name(of: 6) }
    }

    @Test("points that are no points get some pixel number")
    func numbersOfNonsense() throws {
        for v in [
            (Double.nan, 0.0, 0.0), (0, 0, 0), (.infinity, 1, 0), (1e308, 1e308, 1e308), (.leastNonzeroMagnitude, 0, 0),
            (0, 0, .nan),
        ] {
            let point = UnitVector3D(normalized: v.0, v.1, v.2)
            for level in [0, 7, 17] {
                let systems: [any Pixelization] = [
                    try HTMPixelization(level: level), try Q3CPixelization(level: level),
                    try MQ3CPixelization(level: level), try HEALPixPixelization(level: level),
                ]
                for pixels in systems {
                    #expect(pixels.universe.contains(pixels.index(of: point)), "\(pixels) \(v)")
                }
            }
        }
    }
}

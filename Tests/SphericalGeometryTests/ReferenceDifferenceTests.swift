import SphericalGeometry
import StewardCore
import Testing

/// Cases where the reference crashes or errs and Steward does otherwise on purpose.
@Suite struct ReferenceDifferenceTests {
    private static let error = ButlerError(.region, "")

    @Test("HEALPix envelopes of boxes of all longitudes are right, not empty")
    func fullLongitudeBoxes() throws {
        let band = try Box(degreesWest: 0, south: -10, east: 360, north: 10)
        let nearly = try Box(degreesWest: 0, south: -10, east: 359.999_999_9, north: 10)
        let pixels = try HEALPixPixelization(level: 3)
        let envelope = try pixels.envelope(of: .box(band))
        #expect(envelope.memberCount == 224)
        #expect(envelope == (try pixels.envelope(of: .box(nearly))))
        #expect(try pixels.envelope(of: .box(.full)) == pixels.universe)
        #expect(try pixels.interior(of: .box(.full)) == pixels.universe)
        let cap = try Box(degreesWest: 0, south: 80, east: 360, north: 90)
        let expected = try pixels.envelope(
            of: .circle(Circle(center: UnitVector3D(normalized: 0, 0, 1), openingAngle: Angle(degrees: 10)))
        )
        #expect(try pixels.envelope(of: .box(cap)) == expected)
    }

    @Test("HTM, Q3C and modified Q3C envelopes of ellipses are those of the bounding circle, not a crash")
    func ellipseEnvelopes() throws {
        var sky = RandomSky(seed: 5)
        for level in 0..<8 {
            let systems: [any Pixelization] = [
                try HTMPixelization(level: level), try Q3CPixelization(level: level),
                try MQ3CPixelization(level: level),
            ]
            let ellipse = try sky.ellipse()
            for pixels in systems {
                let circle = Region.circle(ellipse.boundingCircle)
                #expect(try pixels.envelope(of: .ellipse(ellipse)) == pixels.envelope(of: circle))
                #expect(try pixels.interior(of: .ellipse(ellipse)) == pixels.interior(of: circle))
            }
        }
    }

    @Test("an envelope of very few ranges holds the whole envelope; the reference loses root pixels")
    func envelopesOfFewRanges() throws {
        // Touches four root triangles around longitude 0 on the equator; the reference answers 128 to 191 for one range.
        let region = Region.circle(
            Circle(center: UnitVector3D(normalized: 1, 0, 0), openingAngle: Angle(degrees: 0.1))
        )
        let pixels = try HTMPixelization(level: 2)
        let envelope = try pixels.envelope(of: region)
        #expect(envelope.map(\.lowerBound) == [128, 184, 192, 248])
        for limit in 1...4 {
            let limited = pixels.envelope(of: region, maxRanges: limit)
            #expect(limited.count <= limit && limited.isSuperset(of: envelope), "\(limit)")
        }
    }

    @Test("the HEALPix interior of a single point is empty, not a type error")
    func interiorOfPoint() throws {
        let point = UnitVector3D(try LonLat(degrees: 53.125, -28.1))
        #expect(try HEALPixPixelization(level: 9).interior(of: .circle(Circle(point: point))).isEmpty)
    }

    @Test("HEALPix envelopes take a limit on the number of ranges")
    func limitedRanges() throws {
        let circle = Circle(
            center: UnitVector3D(try LonLat(degrees: 53.125, -28.1)),
            openingAngle: Angle(degrees: 1.75)
        )
        let pixels = try HEALPixPixelization(level: 9)
        let limited = try pixels.envelope(of: .circle(circle), maxRanges: 5)
        #expect(limited.count <= 5)
        #expect(limited.isSuperset(of: try pixels.envelope(of: .circle(circle))))
    }

    @Test("HEALPix sets of compounds and empty regions are refused with a reason, as the reference refuses them")
    func unsupportedRegions() throws {
        let pixels = try HEALPixPixelization(level: 5)
        for region in [Region.union([]), .intersection([]), .circle(.empty), .box(.empty), .ellipse(.empty)] {
            #expect(throws: ReferenceDifferenceTests.error) { try pixels.envelope(of: region) }
            #expect(throws: ReferenceDifferenceTests.error) { try pixels.interior(of: region) }
        }
    }

    @Test(
        "infinite and missing numbers in POS strings are errors, except as ends of a RANGE",
        arguments: [
            "CIRCLE -Inf -62 39", "CIRCLE 0 0 nan", "POLYGON -Inf -42 69 58 -43 40", "RANGE nan 1 2 3",
            "CIRCLE 0x10 0 1",
        ]
    )
    func infinitePositions(text: String) {
        #expect(throws: ReferenceDifferenceTests.error) { try Region(ivoaPos: text) }
    }

    @Test("polygons too degenerate for a centroid are bounded by the whole sphere, not a runtime error")
    func degeneratePolygons() throws {
        let hex = "70" + String(repeating: "000000000000f03f00000000000000000000000000000000", count: 3)
        let region = try Region(hexadecimal: hex)
        #expect(region.boundingCircle == .full)
        guard case .polygon(let polygon) = region else { return }
        #expect(polygon.centroid == nil)
    }
}

import SphericalGeometry
import Testing

/// Laws that hold for all regions, on random ones from a fixed seed.
@Suite struct PropertyTests {
    private static let seed: UInt64 = 20_260_101

    private static func pixelizations(_ level: Int) throws -> [any Pixelization] {
        [
            try HTMPixelization(level: level), try Q3CPixelization(level: level), try MQ3CPixelization(level: level),
            try HEALPixPixelization(level: level),
        ]
    }

    @Test("what was encoded decodes to the same region, as bytes, base64 and hexadecimal text")
    func roundTrips() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for _ in 0..<2000 {
            let region = try sky.region()
            #expect(try Region(encoded: region.encoded) == region)
            #expect(try Region(base64: region.base64) == region)
            #expect(try Region(hexadecimal: region.hexadecimal) == region)
            #expect(try Region(encoded: region.encoded).encoded == region.encoded)
        }
    }

    @Test("several regions joined by colons decode to their union")
    func joinedText() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for _ in 0..<200 {
            let regions = [try sky.region(), try sky.region(), try sky.region()]
            let text = regions.map(\.base64).joined(separator: ":")
            #expect(try Region(base64: text) == .union(of: regions))
        }
    }

    @Test("every sampled point of a region lies in its envelope and in its bounds")
    func sampledPointsLieInEnvelopes() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for i in 0..<160 {
            let region = try sky.simpleRegion()
            let inside = try sky.points(around: region, count: 60).filter { region.contains($0) }
            for pixels in try PropertyTests.pixelizations(i % 7) {
                let envelope = try pixels.envelope(of: region)
                #expect(
                    pixels.indices(of: inside).allSatisfy { envelope.contains($0) },
                    "\(pixels) \(region.hexadecimal)"
                )
            }
            #expect(inside.allSatisfy { region.boundingCircle.contains($0) }, "\(region.hexadecimal)")
            #expect(inside.allSatisfy { region.boundingBox.contains($0) }, "\(region.hexadecimal)")
            #expect(inside.allSatisfy { region.boundingBox3D.contains($0) }, "\(region.hexadecimal)")
        }
    }

    @Test("an envelope holds the interior, and limits on ranges keep that order")
    func envelopesHoldInteriors() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for i in 0..<120 {
            let region = try sky.simpleRegion()
            for pixels in try PropertyTests.pixelizations(i % 6) {
                let (envelope, interior) = (try pixels.envelope(of: region), try pixels.interior(of: region))
                #expect(envelope.isSuperset(of: interior), "\(pixels) \(region.hexadecimal)")
                #expect(pixels.universe.isSuperset(of: envelope))
                for limit in [1, 3, 8] {
                    let wide = try pixels.envelope(of: region, maxRanges: limit)
                    let narrow = try pixels.interior(of: region, maxRanges: limit)
                    #expect(wide.count <= limit && narrow.count <= limit)
                    #expect(wide.isSuperset(of: envelope), "\(pixels) \(limit) \(region.hexadecimal)")
                    #expect(interior.isSuperset(of: narrow))
                }
            }
        }
    }

    @Test("points whose pixel is in the interior lie in the region")
    func interiorsLieWithin() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for _ in 0..<120 {
            let region: Region = Bool.random(using: &sky) ? .circle(try sky.circle()) : .polygon(try sky.polygon())
            let points = try sky.points(around: region, count: 40)
            for pixels in try PropertyTests.pixelizations(6).dropLast() {
                let interior = try pixels.interior(of: region)
                for point in points where interior.contains(pixels.index(of: point)) {
                    #expect(region.contains(point), "\(pixels) \(region.hexadecimal)")
                }
            }
        }
    }

    @Test("relations and overlaps never contradict sampled points")
    func relationsAgainstSampling() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for _ in 0..<1500 {
            // An intersection of nothing is left out: with a polygon it does not overlap, as in the reference.
            let a = try sky.region(operands: 1)
            // Often a region near the first one, so that all relations occur.
            let b = Bool.random(using: &sky) ? try sky.region(operands: 1) : Region.circle(a.boundingCircle)
            let points = try sky.points(around: a, count: 20) + sky.points(around: b, count: 20)
            let (relationship, overlap) = (a.relate(b), a.overlaps(b))
            for (inA, inB) in zip(a.contains(points), b.contains(points)) {
                if relationship.contains(.disjoint) || overlap == .no {
                    #expect(!(inA && inB), "\(a.hexadecimal) \(b.hexadecimal)")
                }
                if relationship.contains(.contains) { #expect(inA || !inB, "\(a.hexadecimal) \(b.hexadecimal)") }
                if relationship.contains(.within) { #expect(inB || !inA, "\(a.hexadecimal) \(b.hexadecimal)") }
            }
        }
    }

    @Test("relations of simple regions are the same from both sides")
    func relationsAreSymmetric() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for _ in 0..<3000 {
            let (a, b) = (try sky.simpleRegion(), try sky.simpleRegion())
            #expect(a.relate(b) == b.relate(a).inverted)
            #expect(a.overlaps(b) == b.overlaps(a))
        }
    }

    @Test("the points of one pixel have its number, and its centre lies in its outline")
    func pixelsHoldTheirCentres() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for level in 0..<10 {
            for pixels in try PropertyTests.pixelizations(level) {
                for _ in 0..<40 {
                    let index = pixels.index(of: try sky.point())
                    #expect(pixels.universe.contains(index))
                    let centre = try #require(try pixels.pixel(index).centroid)
                    #expect(pixels.index(of: centre) == index, "\(pixels) \(index)")
                    #expect(try pixels.pixel(index).contains(centre))
                }
            }
        }
    }

    @Test("exact orientation is antisymmetric and does not change under rotation of its arguments")
    func orientationLaws() throws {
        var sky = RandomSky(seed: PropertyTests.seed)
        for _ in 0..<2000 {
            let (a, b) = (try sky.point(), try sky.point())
            let c = try UnitVector3D(direction: a + b)
            for p in [c, try sky.point(near: c, within: 1e-13), try sky.point()] {
                let sign = Orientation.sign(a, b, p)
                #expect(Orientation.sign(b, p, a) == sign && Orientation.sign(p, a, b) == sign)
                #expect(Orientation.sign(b, a, p) == -sign && Orientation.sign(a, p, b) == -sign)
                #expect(Orientation.sign(-a, b, p) == -sign)
            }
            #expect(Orientation.sign(a, a, b) == 0 && Orientation.sign(a, -a, b) == 0)
        }
    }
}

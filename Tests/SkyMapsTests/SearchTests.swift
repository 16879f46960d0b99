import FITS
import SkyMaps
import SphericalGeometry
import StewardCore
import StewardTesting
import Testing

@Suite struct SearchTests {
    private static let rings = SkyMapConfiguration(
        .rings(count: 30, raStart: 12.5),
        tractOverlap: 0.1,
        pixelScale: 2,
        projection: "TAN",
        patches: .cells(CellLayout())
    )

    private static let maps: [SkyMapConfiguration] = [
        rings, SkyMapConfiguration(.dodecahedron(), pixelScale: 20),
        SkyMapConfiguration(.dodecahedron(tractsOnPoles: true), pixelScale: 20),
        SkyMapConfiguration(.equatorial(count: 6), pixelScale: 20),
        SkyMapConfiguration(.healpix(log2NSide: 1), pixelScale: 20, projection: "TAN"),
        SkyMapConfiguration(.healpix(log2NSide: 2, isNested: true), pixelScale: 20, projection: "TAN"),
    ]

    private static func direction(_ ra: Double, _ dec: Double) -> UnitVector3D {
        UnitVector3D(longitude: Angle(degrees: ra), latitude: Angle(degrees: dec))
    }

    /// Positions all over the sky, the poles and the start of right ascension among them.
    private static func sky(_ count: Int) -> (ra: [Double], dec: [Double]) {
        var generator = SeededGenerator(seed: 42)
        var ra = [0, 0, 360, -0.0, 359.9999999, 12.5, 192.5, 720, -1e-12]
        var dec = [90.0, -90, 0, 0, 1e-9, 30, -30, 45, 0]
        for _ in 0..<count {
            ra.append(.random(in: -10...370, using: &generator))
            dec.append((Double.random(in: -1...1, using: &generator) * 90).rounded(.toNearestOrEven) * 0.9999)
        }
        return (ra, dec)
    }

    @Test("the tract found for a position has it in its inner region and in its pixels", arguments: maps)
    func innerRegions(configuration: SkyMapConfiguration) throws {
        let map = try SkyMap(configuration)
        let (ra, dec) = Self.sky(400)
        let found = try map.find(ra: ra, dec: dec)
        for index in ra.indices {
            let direction = Self.direction(ra[index], dec[index])
            let tract = try map.tract(Int(found.tracts[index]))
            #expect(found.patches[index] == tract.patch(holding: direction).map(Int64.init) ?? -1)
            guard configuration.layout.kind != .equatorial else { continue }
            // HEALPix pixels have curved sides, the polygons straight ones.
            guard configuration.layout.kind != .healpix else {
                #expect(tract.contains(direction))
                continue
            }
            let near = Region.circle(Circle(center: direction, openingAngle: Angle(degrees: 1e-7)))
            #expect(try tract.innerRegion().overlaps(near).mayOverlap, "(\(ra[index]), \(dec[index]))")
            #expect(tract.contains(direction))
        }
    }

    @Test("patches tile a tract, and their centres are found in them")
    func patches() throws {
        let map = try SkyMap(Self.rings)
        for id in [0, 1, 200, map.count - 1] {
            let tract = try map.tract(id)
            let wcs = try tract.wcs()
            #expect(tract.patches.map(\.innerBox.count).reduce(0, +) == tract.box.count)
            for patch in tract.patches {
                let middle = SIMD2(
                    Double(patch.innerBox.xMin) + Double(patch.innerBox.width) / 2,
                    Double(patch.innerBox.yMin) + Double(patch.innerBox.height) / 2
                )
                let sky = wcs.sky([middle])[0]
                #expect(tract.patch(holding: Self.direction(sky[0], sky[1])) == patch.id)
                #expect(try tract.patch(patch.id) == patch)
            }
        }
    }

    @Test("cells lie around their patch's inner part")
    func cells() throws {
        let patch = try SkyMap(Self.rings).tract(5).patch(0)
        #expect(patch.cells.count == 22 * 22)
        let first = try patch.cell(0)
        #expect((first.innerBox.xMin, first.innerBox.yMin, first.innerBox.width) == (-150, -150, 150))
        #expect((first.outerBox.xMin, first.outerBox.width) == (-200, 250))
        #expect(patch.outerBox.xMin == first.outerBox.xMin)
        #expect(try patch.cell(x: 21, y: 21).outerBox.xMax == patch.outerBox.xMax)
        #expect(try patch.cell(45) == patch.cell(x: 1, y: 2))
        #expect(throws: ButlerError.self) { try patch.cell(22 * 22) }
        #expect(throws: ButlerError.self) { try patch.cell(-1) }
        #expect(throws: ButlerError.self) { try patch.cell(x: 0, y: 22) }
    }

    @Test("regions find just the patches whose outlines overlap them")
    func regions() throws {
        let map = try SkyMap(Self.rings)
        let regions: [Region] = [
            .circle(Circle(center: Self.direction(0, 0.2), openingAngle: Angle(degrees: 3))),
            .circle(Circle(center: Self.direction(77, 90), openingAngle: Angle(degrees: 2))),
            .circle(Circle(point: Self.direction(359.99, -88))),
            .box(try Box(degreesWest: 355, south: -12, east: 5, north: -9)),
        ]
        for region in regions {
            var expected: [[Int]] = []
            for id in 0..<map.count {
                let tract = try map.tract(id)
                for patch in tract.patches
                where region.overlaps(.polygon(try tract.polygon(of: patch.outerBox))).mayOverlap {
                    expected.append([id, patch.id])
                }
            }
            let found = try map.patches(overlapping: region).flatMap { item in
                item.patches.map { [item.tract.id, $0.id] }
            }
            #expect(found == expected)
            #expect(!found.isEmpty)
        }
    }

    @Test("the reference's rule lists at least the patches of the points themselves", arguments: maps)
    func nearPoints(configuration: SkyMapConfiguration) throws {
        let map = try SkyMap(configuration)
        let points = [Self.direction(30, 0.5), Self.direction(30.4, 0.5), Self.direction(30.2, 0.9)]
        let near = try map.patches(near: points)
        for (ra, dec) in [(30.0, 0.5), (30.4, 0.5), (30.2, 0.9)] {
            let found = try map.find(ra: ra, dec: dec)
            let item = try #require(near.first { $0.tract.id == found.tract })
            #expect(item.patches.contains { $0.id == found.patch })
        }
        for point in points {
            let holding = try map.tracts(holding: point).map(\.id)
            #expect(holding.contains(Int(try map.findTracts(ra: [30], dec: [0.5])[0])) || holding.isEmpty == false)
        }
    }

    @Test("patches are numbered by the last tract where a repository of the reference has it so")
    func numbering() throws {
        let tracts = [DiscreteTract(ra: 10, dec: 0, radius: 0.5), DiscreteTract(ra: 30, dec: 0, radius: 1.5)]
        let map = try SkyMap(.init(.discrete(tracts), tractOverlap: 0, pixelScale: 0.2, projection: "TAN"))
        let last = try map.numbered(.byLastTract)
        #expect(try map.tract(0).patches.prefix(7).map(\.id) == [0, 1, 2, 3, 4, 5, 6])
        #expect(try last.tract(0).patches.prefix(7).map(\.id) == [0, 1, 2, 3, 4, 14, 15])
        #expect(try last.tract(0).patch(15) == last.tract(0).patch(x: 1, y: 1))
        #expect(throws: ButlerError.self) { try last.tract(0).patch(5) }
        let (own, shared) = (try map.find(ra: 10, dec: 0), try last.find(ra: 10, dec: 0))
        #expect(own.patch == 12 && shared.patch == 30)
        // The edge that limits outer boxes is the last tract's, too.
        #expect(try map.tract(0).patch(24).outerBox.xMax == 19_999)
        #expect(try last.tract(0).patch(x: 4, y: 4).outerBox.xMax == 20_099)
        #expect(try last.numbered(.byTract).tract(0).patches.map(\.id) == Array(0..<25))
    }

    @Test("positions that are not on the sky are errors that name them")
    func badPositions() throws {
        let map = try SkyMap(Self.rings)
        for (ra, dec) in [(Double.nan, 0.0), (0, 90.1), (.infinity, 0), (0, .nan)] {
            let error = try #require(throws: ButlerError.self) { try map.find(ra: [1, ra], dec: [1, dec]) }
            #expect(error.code == .invalidArgument)
            #expect(error.message.contains("number 1"))
        }
        #expect(throws: ButlerError.self) { try map.find(ra: [1], dec: []) }
        #expect(try map.find(ra: [], dec: []).tracts.isEmpty)
        let empty = try SkyMap(SkyMapConfiguration(.discrete([])))
        #expect(throws: ButlerError.self) { try empty.find(ra: 1, dec: 1) }
        #expect(throws: ButlerError.self) { try empty.tract(0) }
        #expect(throws: ButlerError.self) { try map.tract(-1) }
        #expect(throws: ButlerError.self) { try map.tract(map.count) }
        #expect(throws: ButlerError.self) { try map.tract(0).patch(x: 0, y: 99) }
    }

    @Test("tracts that a projection cannot hold are errors")
    func tooWide() throws {
        let wide = try SkyMap(.init(.discrete([.init(ra: 0, dec: 0, radius: 89.99)]), projection: "TAN"))
        #expect(throws: ButlerError.self) { try wide.tract(0) }
        let fine = try SkyMap(.init(.discrete([.init(ra: 0, dec: 0, radius: 50)]), pixelScale: 1e-5, projection: "TAN"))
        #expect(throws: ButlerError.self) { try fine.tract(0) }
        let unknown = try SkyMap(.init(.rings(count: 3), projection: "XYZ"))
        #expect(throws: ButlerError.self) { try unknown.tract(1) }
    }
}

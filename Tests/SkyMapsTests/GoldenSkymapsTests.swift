import FITS
import Foundation
import SkyMaps
import SphericalGeometry
import StewardCore
import Testing

@Suite struct GoldenSkymapsTests {
    /// Another library computed the golden corners; rounding of both stays far below this (degrees).
    private static let tolerance = 1e-11

    @Test("hashes and numbers of tracts are the reference's")
    func hashes() throws {
        for entry in try GoldenSkymaps.all() {
            let map = try SkyMap(entry.config.configuration())
            #expect(Hexadecimal.encode(map.hash) == entry.sha1, "\(entry.name)")
            #expect(map.count == entry.tractCount, "\(entry.name)")
        }
    }

    @Test("tracts have the reference's boxes, reference pixels, matrices and outlines")
    func tracts() throws {
        for entry in try GoldenSkymaps.all() {
            let map = try SkyMap(entry.config.configuration())
            for golden in entry.tracts {
                let tract = try map.tract(golden.tract)
                let place: Comment = "\(entry.name) tract \(golden.tract)"
                #expect([tract.grid.columns, tract.grid.rows] == golden.numPatches, place)
                #expect(corners(tract.box) == golden.bbox, place)
                let header = try tract.wcs().header
                #expect(header["CRPIX1"]?.realValue == golden.crpix0[0] + 1, place)
                #expect(header["CRPIX2"]?.realValue == golden.crpix0[1] + 1, place)
                for (keyword, value) in zip(["CD1_1", "CD1_2", "CD2_1", "CD2_2"], golden.cd.flatMap { $0 }) {
                    #expect(abs((header[keyword]?.realValue ?? .nan) - value) < 1e-18, place)
                }
                #expect(distance(try tract.outerPolygon(), golden.outer) < Self.tolerance, place)
                let center = UnitVector3D(
                    longitude: Angle(degrees: golden.center[0]),
                    latitude: Angle(degrees: golden.center[1])
                )
                #expect((UnitVector3D(tract.center) - center).norm < 1e-13, place)
            }
        }
    }

    @Test("inner regions are the reference's")
    func innerRegions() throws {
        for entry in try GoldenSkymaps.all() {
            let map = try SkyMap(entry.config.configuration())
            for golden in entry.tracts {
                let place: Comment = "\(entry.name) tract \(golden.tract)"
                switch try map.tract(golden.tract).innerRegion() {
                case .box(let box):
                    let ends = [box.longitudes.west, box.longitudes.east, box.latitudes.lower, box.latitudes.upper]
                    let expected = try #require(golden.innerBoxDegrees)
                    #expect(zip(ends, expected).allSatisfy { abs($0 * 180 / .pi - $1) < Self.tolerance }, place)
                case .polygon(let polygon):
                    let expected = try #require(golden.inner)
                    #expect(polygon.vertices.count == expected.count, place)
                    for position in expected {
                        let vertex = UnitVector3D(
                            longitude: Angle(degrees: position[0]),
                            latitude: Angle(degrees: position[1])
                        )
                        let nearest = polygon.vertices.map { ($0 - vertex).norm }.min() ?? .infinity
                        #expect(nearest * 180 / .pi < Self.tolerance, place)
                    }
                default: Issue.record("\(entry.name): neither box nor polygon")
                }
            }
        }
    }

    @Test("patches have the reference's boxes and outlines")
    func patches() throws {
        for entry in try GoldenSkymaps.all() {
            let map = try SkyMap(entry.config.configuration())
            for golden in entry.tracts {
                let tract = try map.tract(golden.tract)
                for expected in golden.patches {
                    let patch = try tract.patch(expected.patch)
                    let place: Comment = "\(entry.name) tract \(golden.tract) patch \(expected.patch)"
                    #expect([patch.x, patch.y] == expected.index, place)
                    #expect(corners(patch.innerBox) == expected.inner, place)
                    #expect(corners(patch.outerBox) == expected.outer, place)
                    #expect([patch.cellsPerSide, patch.cellsPerSide] == expected.numCells, place)
                    #expect(distance(try tract.polygon(of: patch.outerBox), expected.region) < Self.tolerance, place)
                    #expect(tract.patches[expected.patch] == patch, place)
                }
            }
        }
    }

    @Test("positions lie in the reference's tracts and patches, one by one and in bulk")
    func positions() throws {
        for entry in try GoldenSkymaps.all() {
            let map = try SkyMap(entry.config.configuration())
            let ra = entry.find.map { $0[0] ?? .nan }
            let dec = entry.find.map { $0[1] ?? .nan }
            let found = try map.find(ra: ra, dec: dec)
            var order = ReferenceOrder(entry, map)
            for (index, row) in entry.find.enumerated() {
                let place: Comment = "\(entry.name) at (\(ra[index]), \(dec[index]))"
                #expect(found.tracts[index] == row[2].map { Int64($0) }, place)
                #expect(found.patches[index] == (try order.patch(row[3], ofTract: Int(found.tracts[index]))), place)
                let single = try map.find(ra: ra[index], dec: dec[index])
                #expect(Int64(single.tract) == found.tracts[index], place)
                #expect(single.patch.map(Int64.init) ?? -1 == found.patches[index], place)
            }
        }
    }

    /// Least and greatest x and y as the golden files list them.
    private func corners(_ box: PixelBox) -> [Int] { [box.xMin, box.yMin, box.xMax, box.yMax] }
}

/// Expected difference: the reference numbers the patches of a tract by the width of the tract that it made last, which
/// shows where tracts differ (HEALPix, discrete maps); golden numbers are turned into those of the tract itself.
private struct ReferenceOrder {
    private let map: SkyMap
    private var made: Set<Int>
    private var columns: Int

    init(_ entry: GoldenSkymaps.Entry, _ map: SkyMap) {
        self.map = map
        made = Set(entry.tracts.map(\.tract))
        columns = entry.tracts.last?.numPatches[0] ?? 1
    }

    mutating func patch(_ golden: Double?, ofTract id: Int) throws -> Int64 {
        let own = try map.tract(id).grid.columns
        if made.insert(id).inserted { columns = own }
        let isMadeAtOnce = [.dodecahedron, .equatorial].contains(map.configuration.layout.kind)
        guard let golden, !isMadeAtOnce else { return golden.map { Int64($0) } ?? -1 }
        return Int64(golden) / Int64(columns) * Int64(own) + Int64(golden) % Int64(columns)
    }
}

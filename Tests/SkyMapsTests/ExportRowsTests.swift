import Foundation
import SkyMaps
import SphericalGeometry
import StewardCore
import StewardTesting
import Testing

/// Rows of real repositories, from the exports that come with the reference's package.
@Suite struct ExportRowsTests {
    private struct Export: Decodable {
        let name: String
        let hash: String
        let tract_max: Int
        let patch_nx_max: Int
        let patch_ny_max: Int
        let tracts: [TractRow]
        let patches: [PatchRow]
    }

    private struct TractRow: Decodable {
        let tract: Int
        let region: String
    }

    private struct PatchRow: Decodable {
        let tract: Int
        let id: Int
        let cell_x: Int
        let cell_y: Int
        let region: String
    }

    /// A pixel is 0.168 seconds of arc; this is 5e-9 of one in degrees, far below the 1e-9 degrees.
    private static let tolerance = 2.5e-12

    private static let maps: [String: SkyMapConfiguration] = [
        "hsc_rings_v1": SkyMapConfiguration(
            .rings(count: 120),
            tractOverlap: 1.0 / 60,
            pixelScale: 0.168,
            projection: "TAN"
        ),
        "discrete/ci_hsc": SkyMapConfiguration(
            .discrete([.init(ra: 320.36749197602893, dec: 0.3131554006070023, radius: 1.4388796242707318)]),
            tractOverlap: 0,
            pixelScale: 0.168,
            projection: "TAN"
        ),
    ]

    @Test("hashes, counts and regions are those of real repositories")
    func rows() throws {
        let file = Golden.package.appendingPathComponent("Tests/Fixtures/skymap-rows/exports.json")
        let exports = try JSONDecoder().decode([Export].self, from: Data(contentsOf: file))
        #expect(exports.count == Self.maps.count)
        for export in exports {
            let map = try SkyMap(try #require(Self.maps[export.name]))
            #expect(Hexadecimal.encode(map.hash) == export.hash)
            #expect(map.count == export.tract_max)
            let sizes = try map.greatestPatchCounts()
            #expect(sizes.columns == export.patch_nx_max && sizes.rows == export.patch_ny_max)
            for row in export.tracts {
                let difference = try distance(map.tract(row.tract).outerPolygon(), row.region)
                #expect(difference < Self.tolerance, "\(export.name) tract \(row.tract)")
            }
            for row in export.patches {
                let tract = try map.tract(row.tract)
                let patch = try tract.patch(x: row.cell_x, y: row.cell_y)
                #expect(patch.id == row.id)
                let difference = try distance(tract.polygon(of: patch.outerBox), row.region)
                #expect(difference < Self.tolerance, "\(export.name) tract \(row.tract) patch \(row.id)")
            }
        }
    }

    /// The greatest distance of vertices in the same order, degrees.
    private func distance(_ polygon: ConvexPolygon, _ hexadecimal: String) throws -> Double {
        guard case .polygon(let stored) = try Region(hexadecimal: hexadecimal) else { return .infinity }
        guard stored.vertices.count == polygon.vertices.count else { return .infinity }
        return zip(polygon.vertices, stored.vertices).map { ($0 - $1).norm * 180 / .pi }.max() ?? .infinity
    }
}

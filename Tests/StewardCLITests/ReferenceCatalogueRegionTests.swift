import Foundation
import SphericalGeometry
import Steward
import StewardCore
import StewardTesting
import Testing

/// Regions of patches and visits as places to look for sources.
@Suite struct ReferenceCatalogueRegionTests {
    private typealias Fields = [String: DimensionRecord.FieldValue]

    private let folder: TemporaryFolder
    private let root: String

    init() async throws {
        folder = try TemporaryFolder()
        root = folder.path + "/repo"
        try await Butler.create(root, RepositoryCreation(seedConfig: TestBackend.current.seedConfig(for: root)))
        let butler = try await Butler.open(root, writeable: true)
        try await butler.insert(try Self.records(butler.universe))
        // Sources on a grid of 0.05 degrees round (10, 20).
        var text = "id,ra,dec\n"
        for row in 0..<21 {
            for column in 0..<21 {
                text += "\(row * 21 + column),\(9.5 + 0.05 * Double(column)),\(19.5 + 0.05 * Double(row))\n"
            }
        }
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/grid.csv"))
        let yaml = "catalogue: grid_20261121\ncolumns: {id: id, ra: ra, dec: dec}\n"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder.path + "/grid.yaml"))
        try StewardProgram().expect(
            [
                "ingest-reference-catalogue", root, folder.path + "/grid.yaml", folder.path + "/grid.csv", "--run",
                "refcats/grid",
            ]
        )
    }

    private static func box(_ west: Double, _ south: Double, _ east: Double, _ north: Double) throws -> Region {
        let corners = try [(west, south), (east, south), (east, north), (west, north)].map {
            UnitVector3D(try LonLat(degrees: $0.0, $0.1))
        }
        return .polygon(try ConvexPolygon(hullOf: corners))
    }

    private static func records(_ universe: DimensionUniverse) throws -> [DimensionRecord] {
        func record(_ element: String, _ fields: Fields) throws -> DimensionRecord {
            try DimensionRecord(universe.element(element), fields)
        }
        let (camera, sky): (DimensionRecord.FieldValue, DimensionRecord.FieldValue) = (.string("Cam1"), .string("sky1"))
        let begin = try TAI("2025-01-01T20:00:00", format: .isot, scale: .tai)
        return [
            try record("instrument", ["name": camera, "class_name": .string("x.Cam1"), "detector_max": .int(10)]),
            try record("physical_filter", ["instrument": camera, "name": .string("Cam1-G"), "band": .string("g")]),
            try record("day_obs", ["instrument": camera, "id": .int(20_250_101)]),
            try record("detector", ["instrument": camera, "id": .int(1), "full_name": .string("S1")]),
            try record(
                "visit",
                [
                    "instrument": camera, "id": .int(7), "name": .string("seven"), "day_obs": .int(20_250_101),
                    "physical_filter": .string("Cam1-G"), "region": .region(try box(9.76, 19.76, 10.24, 20.24)),
                    "timespan": .timespan(try Timespan(begin: begin, end: begin.advanced(bySeconds: 30))),
                ]
            ),
            try record(
                "visit_detector_region",
                [
                    "instrument": camera, "visit": .int(7), "detector": .int(1),
                    "region": .region(try box(9.96, 19.96, 10.04, 20.04)),
                ]
            ),
            try record(
                "skymap",
                [
                    "name": sky, "hash": .bytes([1]), "tract_max": .int(10), "patch_nx_max": .int(2),
                    "patch_ny_max": .int(2),
                ]
            ),
            try record(
                "tract",
                ["skymap": sky, "id": .int(3), "region": .region(try box(9.66, 19.66, 10.34, 20.34))]
            ),
            try record(
                "patch",
                [
                    "skymap": sky, "tract": .int(3), "id": .int(1), "cell_x": .int(0), "cell_y": .int(0),
                    "region": .region(try box(9.66, 19.66, 10.04, 20.04)),
                ]
            ),
            try record(
                "patch",
                [
                    "skymap": sky, "tract": .int(3), "id": .int(2), "cell_x": .int(1), "cell_y": .int(0),
                    "region": .region(try box(9.96, 19.66, 10.34, 20.04)),
                ]
            ),
        ]
    }

    private func count(_ words: String...) throws -> Int {
        let text = try StewardProgram().expect(["query-reference-catalogue", root, "grid_20261121", "--count"] + words)
        return try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test("visits, detectors, tracts and patches name regions")
    func regions() throws {
        #expect(try count("--visit", "Cam1,7") == 81)
        #expect(try count("--visit", "Cam1,7,1") == 1)
        #expect(try count("--visit", "Cam1,7,1", "--padding", "0.012") == 5)
        #expect(try count("--patch", "sky1,3") == 169)
        #expect(try count("--patch", "sky1,3,1") == 49)
    }

    @Test("an expression means all regions of its data IDs, each source once")
    func expression() throws {
        // The patches share a strip of one column.
        #expect(try count("--where", "skymap = 'sky1' AND tract = 3 AND patch IN (1, 2)") == 91)
        #expect(try count("--where", "instrument = 'Cam1' AND visit = 7 AND detector = 1") == 1)
    }

    @Test(
        "what has no region, or is not there, is an error",
        arguments: [
            ["--visit", "Cam1,8"], ["--visit", "Cam2,7"], ["--visit", "Cam1"], ["--patch", "sky1,3,9"],
            ["--where", "instrument = 'Cam1'"], ["--where", "visit = 9"], ["--circle", "10,20"],
            ["--circle", "10,20,-1"],
            ["--polygon", "1,2,3,4"], ["--pos", "CIRCLE 1"], ["--padding", "wide", "--circle", "1,1,1"],
            ["--epoch", "soon", "--circle", "10,20,1"], ["--epoch", "J2020.0", "--circle", "10,20,1"],
        ]
    )
    func refused(_ words: [String]) throws {
        let outcome = try StewardProgram().run(["query-reference-catalogue", root, "grid_20261121"] + words)
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(outcome.errors.hasPrefix("Error: "), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }
}

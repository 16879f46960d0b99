import Foundation
import SphericalGeometry
import StewardCore
import StewardTesting
import Testing

@testable import Instruments

@Suite struct CameraFootprintTests {
    private let catalog = InstrumentCatalog.standard(environment: [:])
    private let pointing = Pointing(rightAscension: 30, declination: -20, skyAngle: 0)

    @Test("nominal HSC regions lie within an arc second of real rows")
    func hscRows() throws {
        let fixture = Golden.package.appendingPathComponent("Tests/Fixtures/hsc-regions/regions.json")
        let json = try JSONValue(parsing: Data(contentsOf: fixture))
        let pointing = Pointing(
            rightAscension: try #require(json["tracking_ra"]?.double),
            declination: try #require(json["tracking_dec"]?.double),
            skyAngle: try #require(json["sky_angle"]?.double)
        )
        let regions = try CameraFootprint(catalog.definition("HSC").camera).regions([pointing])
        #expect(regions.detectors.count == 112)
        for row in try #require(json["detectors"]?.array) {
            let region = try #require(regions.detectors.first { $0.id == row["detector"]?.int }?.region)
            #expect(try Self.distance(region, row.at("region")) < 1)
        }
        // The visit's region lies between those of detectors 8 pixels (1.3 arcsec) smaller and greater.
        let real = try Self.polygon(json.at("region"))
        let camera = try catalog.definition("HSC").camera
        let smaller = try CameraFootprint(camera, padding: 242).regions([pointing]).visit
        let greater = try CameraFootprint(camera, padding: 258).regions([pointing]).visit
        #expect(smaller.vertices.allSatisfy { real.contains($0) })
        #expect(real.vertices.allSatisfy { greater.contains($0) })
    }

    private static func polygon(_ hex: JSONValue) throws -> ConvexPolygon {
        let bytes = try #require(Hexadecimal.decode(hex.string ?? ""))
        guard case .polygon(let polygon) = try Region(encoded: bytes) else { throw ButlerError(.region, "no polygon") }
        return polygon
    }

    /// The greatest distance in arc seconds of a real vertex from the nearest one of ours.
    private static func distance(_ region: ConvexPolygon, _ hex: JSONValue) throws -> Double {
        try polygon(hex).vertices.map { vertex in
            region.vertices.map { other in
                let (dx, dy, dz) = (vertex.x - other.x, vertex.y - other.y, vertex.z - other.z)
                return (dx * dx + dy * dy + dz * dz).squareRoot() * 206_265
            }.min() ?? .infinity
        }.max() ?? .infinity
    }

    @Test("SimCam's detectors are where its definition puts them")
    func simCam() throws {
        let camera = try catalog.definition("SimCam").camera
        let footprint = try CameraFootprint(camera, padding: 0)
        #expect(footprint.detectors == [0, 1, 2, 3])
        let regions = try footprint.regions([pointing])
        let side = 512 * 0.03 * 1e-4
        for detector in regions.detectors {
            #expect(detector.region.vertices.count == 4)
            let diagonal = detector.region.boundingCircle.openingAngle.radians * 2
            #expect(abs(diagonal - side * 2.squareRoot()) < 1e-6)
        }
        // At sky angle 0 the x axis points west (it is mirrored), the y axis north.
        let centres = try regions.detectors.map { LonLat(try #require($0.region.centroid)) }
        #expect(centres[0].longitude.degrees > 30 && centres[0].latitude.degrees < -20)
        #expect(centres[3].longitude.degrees < 30 && centres[3].latitude.degrees > -20)
    }

    @Test("a mirrored camera shows its x axis eastwards")
    func flipped() throws {
        let camera = try catalog.definition("DECam").camera
        #expect(camera.flipsX)
        let regions = try CameraFootprint(camera).regions([pointing])
        // S1 lies at negative x; mirrored, that is west at sky angle 0.
        let south = try #require(regions.detectors.first { $0.id == 28 }?.region.centroid)
        #expect(LonLat(south).longitude.degrees < 30)
        #expect(abs(regions.visit.boundingCircle.openingAngle.degrees - 1.13) < 0.05)
    }

    @Test("regions of several exposures cover all of them")
    func merged() throws {
        let footprint = try CameraFootprint(catalog.definition("SimCam").camera)
        let moved = Pointing(rightAscension: 30.01, declination: -20, skyAngle: 5)
        let first = try footprint.regions([pointing, moved])
        let all = try footprint.regions([pointing, moved], mergesExposures: true)
        #expect(first.visit == all.visit)
        #expect(first.detectors[0].region == (try footprint.regions([pointing]).detectors[0].region))
        for vertex in try footprint.regions([moved]).detectors[0].region.vertices {
            #expect(all.detectors[0].region.contains(vertex))
        }
        #expect(throws: ButlerError(.invalidArgument, "")) { try footprint.regions([]) }
    }

    @Test("a camera without places has no footprint")
    func withoutPlaces() throws {
        let detector = DetectorDefinition(
            id: 0,
            fullName: "A",
            nameInRaft: "A",
            raft: nil,
            purpose: .science,
            serial: "0",
            geometry: nil
        )
        let camera = CameraDefinition(detectors: [detector], flipsX: false, regionPadding: 0, distortion: nil)
        #expect(throws: ButlerError(.instrument, "")) { try CameraFootprint(camera) }
    }

    @Test("polygons match wherever their vertices begin, but not beyond the tolerance")
    func matching() throws {
        let footprint = try CameraFootprint(catalog.definition("SimCam").camera)
        let region = try footprint.regions([pointing]).detectors[0].region
        let vertices = region.vertices
        let turned = try ConvexPolygon(hullOf: Array(vertices[2...] + vertices[..<2]))
        #expect(region.matches(turned))
        let near = Pointing(rightAscension: 30 + 1e-9, declination: -20, skyAngle: 0)
        #expect(region.matches(try footprint.regions([near]).detectors[0].region))
        let far = Pointing(rightAscension: 30 + 1e-6, declination: -20, skyAngle: 0)
        #expect(!region.matches(try footprint.regions([far]).detectors[0].region))
    }

    @Test("a polynomial distortion agrees with the radial one it stands for")
    func polynomial() {
        let radial = FocalPlaneDistortion.radial([0, 1e-4, 0, 1e-9])
        // x (1 + 1e-5 r^2) and y (1 + 1e-5 r^2), both in units of 1e-4 radians.
        let polynomial = FocalPlaneDistortion.polynomial(
            .init(
                order: 3,
                lengthUnit: 1,
                angleUnit: 1e-4,
                x: [0, 0, 0, 0, 1, 0, 1e-5, 0, 0, 1e-5],
                y: [0, 1, 0, 1e-5, 0, 0, 0, 0, 1e-5, 0]
            )
        )
        let a = radial.fieldAngle(x: 30, y: -70)
        let b = polynomial.fieldAngle(x: 30, y: -70)
        #expect(abs(a.x - b.x) < 1e-15 && abs(a.y - b.y) < 1e-15)
    }
}

import FITS
import Foundation
import ObservationMetadata
import StewardCore
import StewardTesting
import Testing

@testable import Instruments

/// Rafts, products of filters, and the geometry of LSSTCam.
@Suite struct CameraLayoutTests {
    private static let catalog = InstrumentCatalog.standard(environment: [:])

    private func tiny(_ changes: [(String, String)]) throws -> InstrumentDefinition {
        var text = TinyCamera.yaml
        for (old, new) in changes {
            try #require(text.contains(old))
            text = text.replacing(old, with: new, maxReplacements: 1)
        }
        return try InstrumentDefinition(DefinitionNode(yaml: text, file: "tiny.yaml"))
    }

    @Test(
        "the detectors of LSSTCam lie where the reference has them",
        .enabled(if: Golden.names("visits").contains("lsstcam-regions.json"))
    )
    func lsstCamGeometry() throws {
        let golden = try Golden.json("visits", "lsstcam-regions.json")
        let camera = try Self.catalog.definition("LSSTCam").camera
        let rows = try #require(golden["detectors"]?.array)
        #expect(rows.count == camera.detectors.count)
        for row in rows {
            let detector = try #require(row["id"]?.int.flatMap(camera.detector))
            let place = try #require(detector.geometry)
            #expect(detector.fullName == row["name"]?.string)
            let corner = try #require(row["bbox"]?.array?[1].array?.compactMap { $0.int })
            #expect([place.size.x - 1, place.size.y - 1] == corner)
            let reference = try #require(row["refpos"]?.array?.compactMap { $0.double })
            #expect([place.reference.x, place.reference.y] == reference)
            let offset = try #require(row["offset"]?.array?.compactMap { $0.double })
            #expect(abs(place.offset.x - offset[0]) < 1e-9 && abs(place.offset.y - offset[1]) < 1e-9)
            let yaw = try #require(row["yaw"]?.double)
            #expect((place.yaw - yaw).truncatingRemainder(dividingBy: 360) == 0)
        }
    }

    @Test("a raft turns its chips, numbers them from its first, and leaves out those without a serial number")
    func rafts() throws {
        let rafts = """
            raft_kinds:
                pair:
                  detector: {size: [10, 10], pixel_mm: 0.1}
                  chips: [{name: A, offset_mm: [1, 0]}, {name: B, index: 5, offset_mm: [2, 0], purpose: FOCUS}]
              rafts:
                - {name: R1, first: 20, kind: pair, offset_mm: [10, 20], yaw: 90, serials: [x, y]}
                - {name: R2, first: 10, kind: pair, serials: {B: z}}
            """
        let camera = try tiny([("detectors:", "\(rafts)\n  detectors:"), ("detector_max: 8", "detector_max: 40")])
            .camera
        let turned = try #require(camera.detector(20)?.geometry)
        #expect(turned.offset == (10, 21))
        #expect(turned.yaw == 90)
        let other = try #require(camera.detector(25))
        #expect(other.fullName == "R1_B")
        #expect(other.purpose == .focus)
        #expect(other.serial == "y")
        #expect(camera.detector(10) == nil)
        #expect(camera.detector(15)?.geometry == nil)
        #expect(camera.detectors.map(\.id) == camera.detectors.map(\.id).sorted())
    }

    @Test("filters are combined with each other")
    func products() throws {
        let filters = try Self.catalog.definition("LSSTCam").filters
        let bands = Dictionary(uniqueKeysWithValues: filters.map { ($0.physicalFilter, $0.band) })
        #expect(bands["ND_OD0.5"] == "white~nd")
        #expect(bands["SDSSi~ND_OD0.5"] == "i~nd")
        #expect(bands["HIGH"] == "white")
        #expect(bands["ph_5~red"] == "r")
        #expect(bands["r_57~red"] == "r")
        #expect(bands["r_57~blue"] == nil)
    }

    @Test("shared parts are no cameras, but can be extended")
    func parts() throws {
        #expect(!Self.catalog.names().contains("_Rubin"))
        let outline = try Self.catalog.outline("LSSTCamSim")
        #expect(outline.base == "LSSTCam")
        #expect(outline.differences.contains { $0.key == "name" && $0.base == "LSSTCam" && $0.own == "LSSTCamSim" })
        #expect(outline.rules.contains { $0.property == "exposure_id" && $0.place.hasPrefix("_Rubin.yaml:") })
    }

    @Test("days begin at local midnight while a camera is in the laboratory")
    func laboratoryDays() throws {
        let translator = try Self.catalog.translators().translators.first { $0.name == "LSSTCam" }
        let offsets = try ["2019-03-10T09:59:00", "2019-03-10T10:01:00", "2023-11-05T08:30:00", "2024-05-01T00:00:00"]
            .map { date in
                var header = FITSHeader()
                header["INSTRUME"] = .string("LSSTCam")
                header["DATE-BEG"] = .string(date)
                return try translator?.translate(header, properties: [.observingDayOffset]).info.observingDayOffset
            }
        #expect(offsets == [28_800, 25_200, 25_200, 43_200])
    }
}

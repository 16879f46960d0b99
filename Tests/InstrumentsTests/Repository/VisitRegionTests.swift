import FITS
import Foundation
import ObservationMetadata
import Steward
import StewardCore
import StewardTesting
import Synchronization
import Testing

@testable import Instruments

/// Visits without regions, padding, and regions from better astrometry.
@Suite struct VisitRegionTests {
    private static let first: Int64 = 2_026_031_000_001

    /// A repository with visits of three exposures.
    private func visits(_ night: RawNight) async throws -> Butler {
        try night.write(1...3, detectors: 1)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        _ = try await night.defineVisits(butler)
        return butler
    }

    private func visit(_ butler: Butler, _ id: Int64 = first) async throws -> DimensionRecord {
        try #require(
            try await butler.queryDimensionRecords("visit", where: "instrument = 'SimCam' AND visit = \(id)").first
        )
    }

    private func detector(_ butler: Butler, _ number: Int64, of id: Int64 = first) async throws -> Region? {
        try await butler.queryDimensionRecords(
            "visit_detector_region",
            where: "instrument = 'SimCam' AND visit = \(id) AND detector = \(number)"
        ).first?.region
    }

    /// Kinds of what a check of the repository finds; rows of overlaps that do not fit regions are among them.
    private func findings(_ butler: Butler) async throws -> [String] {
        let found = Mutex<[String]>([])
        _ = try await butler.check { finding in found.withLock { $0.append("\(finding)") } }
        return found.withLock { $0 }
    }

    private func overlapping(_ butler: Butler, _ position: String) async throws -> [Int64] {
        try await butler.queryDimensionRecords(
            "visit_detector_region",
            where: "instrument = 'SimCam' AND visit_detector_region.region OVERLAPS POINT(\(position))"
        ).compactMap { $0["visit"]?.dimensionValue?.int }
    }

    // MARK: Definition

    @Test("visits with an unreliable or unknown pointing have no regions, and are listed")
    func withoutRegion() async throws {
        let night = try await RawNight()
        try night.write(1...2, detectors: 1)
        try night.write(3, changes: ["ROTPA": nil])
        try night.write(4, changes: ["IMGTYPE": "BIAS"])
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let report = try await night.defineVisits(butler) { options in
            options.unreliable = "exposure.seq_num = 2"
            options.keepsUnpointed = true
        }
        #expect(report.inserted == 3)
        #expect(report.withoutRegion == ["SC_O_20260310_000002", "SC_O_20260310_000003"])
        #expect(try await visit(butler).region != nil)
        #expect(try await visit(butler, Self.first + 1).region == nil)
        #expect(try await butler.queryDimensionRecords("visit_detector_region").count == 4)
        let found = try await VisitCheck(butler, instrument: "SimCam").run()
        #expect(found.map(\.kind) == [.noRegion, .noRegion])
        #expect(found.map(\.id) == [Self.first + 1, Self.first + 2])
        #expect(try await findings(butler) == [])
        let trusting = try await night.defineVisits(butler) { $0.updatesRecords = true }
        #expect(trusting.updated == 2 && trusting.withoutRegion.isEmpty)
        #expect(try await visit(butler, Self.first + 1).region != nil)
        #expect(try await VisitCheck(butler, instrument: "SimCam").run().map(\.kind) == [.noRegion])
        let doubting = try await night.defineVisits(butler) { $0.unreliable = "exposure.seq_num = 2" }
        #expect(doubting.unchanged == 2, "a region that is there says more than none")
        #expect(try await visit(butler, Self.first + 1).region != nil)
    }

    @Test("an exposure on the sky without a visit, and a visit that lacks regions of detectors, are found")
    func checked() async throws {
        let night = try await RawNight()
        let butler = try await visits(night)
        #expect(try await VisitCheck(butler, instrument: "SimCam").run().isEmpty)
        try night.write(4, 0)
        _ = try await night.ingest(butler)
        let placement = try PlacementTable(
            [("row 1", ["visit": "\(Self.first)", "detector": "2", "region": ""])],
            RawNight.camera().camera
        )
        _ = try await RegionUpdate(butler, instrument: "SimCam").run(placement.placements)
        let found = try await VisitCheck(butler, instrument: "SimCam").run()
        #expect(found.map(\.kind) == [.detectorRegions, .noVisit])
        #expect(found.map(\.name) == ["SC_O_20260310_000001", "SC_O_20260310_000004"])
    }

    @Test("detectors are grown by the padding of the options, else by the camera's")
    func padding() async throws {
        let night = try await RawNight()
        let butler = try await visits(night)
        let before = try #require(try await detector(butler, 0))
        let camera = try await night.defineVisits(butler) { $0.padding = 20 }
        #expect(camera.unchanged == 3)
        let error = await failure { _ = try await night.defineVisits(butler) { $0.padding = 100 } }
        #expect(error?.code == .conflictingDefinition)
        _ = try await night.defineVisits(butler) { options in
            options.padding = 100
            options.updatesRecords = true
        }
        let after = try #require(try await detector(butler, 0))
        #expect(after.relate(before).contains(.contains))
        #expect(try await findings(butler) == [])
    }

    @Test("exposures that make no visit are refused on request")
    func refused() async throws {
        let night = try await RawNight()
        try night.write(1, changes: ["RA": nil, "DEC": nil, "IMGTYPE": "BIAS"])
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let error = await failure { _ = try await night.defineVisits(butler) { $0.refusesUnusable = true } }
        #expect(error?.code == .invalidArgument && error?.message.contains("SC_O_20260310_000001") == true)
    }

    @Test("visits by group find the other exposures of the group, of other days too")
    func groupsOverMidnight() async throws {
        let night = try await RawNight()
        let group: [String: FITSValue?] = ["GROUPID": "2026-03-10T23:00:00.001", "RA": 150.1]
        try night.write(1, changes: group)
        try night.write(
            2,
            changes: group.merging(
                ["DAYOBS": 20_260_311, "OBSID": "SC_O_20260311_000002", "SEQSTART": 2, "SEQEND": 2]
            ) { $1 }
        )
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let report = try await night.defineVisits(butler) { options in
            options.grouping = .byGroupMetadata
            options.isIncremental = true
            options.condition = "exposure.seq_num = 2"
        }
        #expect(report.inserted == 1)
        // A query would leave out the exposure whose day is not that of the visit.
        let members = try await butler.changeRecords {
            try $0.records(of: "visit_definition", matching: ["instrument": .string("SimCam")]).map { $0["exposure"] }
        }
        #expect(members == [.int(Self.first), .int(2_026_031_100_002)])
    }

    // MARK: Better astrometry

    @Test("regions from a table replace those of visits and detectors, and what overlaps with them")
    func table() async throws {
        let night = try await RawNight()
        let butler = try await visits(night)
        #expect(try await overlapping(butler, "10.0, -30.0").isEmpty)
        let rows = [
            (
                place: "row 1",
                cells: [
                    "visit": "\(Self.first)", "detector": "0", "region": "9.9 -30.1 10.1 -30.1 10.1 -29.9 9.9 -29.9",
                ]
            ),
            (place: "row 2", cells: ["visit": "\(Self.first + 1)", "detector": "", "region": ""]),
        ]
        let table = try PlacementTable(rows, RawNight.camera().camera)
        let update = RegionUpdate(butler, instrument: "SimCam")
        let report = try await update.run(table.placements)
        #expect(report.updated == 2 && report.withoutRegion == [Self.first + 1])
        #expect(try await overlapping(butler, "10.0, -30.0") == [Self.first])
        #expect(try await visit(butler, Self.first + 1).region == nil)
        let hull = try #require(try await visit(butler).region)
        for number: Int64 in 0..<4 {
            let part = try #require(try await detector(butler, number))
            guard case .polygon(let polygon) = part else { throw ButlerError(.region, "no polygon") }
            #expect(polygon.vertices.allSatisfy { hull.contains($0) || hull.isVertex($0) })
        }
        #expect(try await findings(butler) == [])
        let again = try await update.run(table.placements)
        #expect(again.updated == 0 && again.unchanged == 2)
    }

    @Test("regions are grown by at least the margin, and not by much more")
    func margin() async throws {
        let night = try await RawNight()
        let butler = try await visits(night)
        var options = RegionUpdate.Options()
        options.margin = Angle(degrees: 0.1)
        let rows = [("row", ["visit": "\(Self.first)", "region": "POLYGON 10 0 12 0 12 2 10 2"])]
        let table = try PlacementTable(rows, RawNight.camera().camera)
        _ = try await RegionUpdate(butler, instrument: "SimCam", options: options).run(table.placements)
        let region = try #require(try await visit(butler).region)
        for (longitude, latitude, isInside) in [
            (9.901, 1.0, true), (12.099, 1.0, true), (11.0, -0.099, true), (11.0, 2.099, true), (9.935, -0.065, true),
            (9.88, 1.0, false), (11.0, 2.12, false), (9.9, -0.1, false),
        ] {
            let point = UnitVector3D(try LonLat(degrees: longitude, latitude))
            #expect(region.contains(point) == isInside, "\(longitude) \(latitude)")
        }
    }

    /// A file whose WCS puts the middle of a detector at (200, 10), with 0.001 degrees for a pixel.
    private func wcsFile(_ night: RawNight) throws -> String {
        let path = night.folder + "/wcs.fits"
        let file = try FITSFile(creating: path)
        let wcs = try WCS(tangentAt: (200, 10), pixel: (255.5, 255.5), matrix: (-0.001, 0, 0, 0.001))
        try file.append(
            Image<UInt16>(box: PixelBox(xMin: 0, yMin: 0, width: 2, height: 2), filledWith: 0),
            header: FITSHeader(cards: wcs.header.cards, source: nil)
        )
        try file.close()
        return path
    }

    @Test("a WCS is of the pixels of the camera that a visit has")
    func versions() async throws {
        let night = try await RawNight()
        let rows = [("row", ["visit": "\(Self.first)", "detector": "1", "wcs": try wcsFile(night)])]
        let nominal = try RawNight.camera()
        // Half as many rows.
        let version = try InstrumentDefinition(
            DefinitionNode(
                yaml: "camera: {detectors: [{id: 1, name: R00_S01, offset_mm: [7.9, -7.9], size: [512, 256]}]}",
                file: "version"
            ).extending(RawNight.catalog.node(nominal.source))
        ).camera
        for (visit, isWhole) in [(Self.first, false), (Self.first + 1, true)] {
            let table = try PlacementTable(rows, nominal.camera, versions: [visit: version], padding: 0)
            guard case .region(let region)? = table.placements.first?.detectors[1] else {
                Issue.record("no region")
                continue
            }
            #expect(region.contains(UnitVector3D(try LonLat(degrees: 200, 9.9))))
            #expect(region.contains(UnitVector3D(try LonLat(degrees: 200, 10.1))) == isWhole)
        }
        #expect(PlacementTable.visitsWithWCS(rows.map(\.1) + [["visit": "7"], ["wcs": "x"]]) == [Self.first])
    }

    @Test("a WCS puts the detector's padded pixels on the sky")
    func wcs() async throws {
        let night = try await RawNight()
        let butler = try await visits(night)
        let rows = [("row", ["visit": "\(Self.first)", "detector": "1", "wcs": try wcsFile(night)])]
        let table = try PlacementTable(rows, RawNight.camera().camera, padding: 0)
        _ = try await RegionUpdate(butler, instrument: "SimCam").run(table.placements)
        let region = try #require(try await detector(butler, 1))
        for (offset, isInside) in [(0.2559, true), (0.2561, false)] {
            #expect(region.contains(UnitVector3D(try LonLat(degrees: 200, 10 + offset))) == isInside)
            #expect(region.contains(UnitVector3D(try LonLat(degrees: 200, 10 - offset))) == isInside)
        }
    }

    @Test("datasets with the geometry of visits replace regions, and the pointing of exposures")
    func datasets() async throws {
        let night = try await RawNight()
        let butler = try await visits(night)
        let type = try DatasetType(
            name: "visit_geometry",
            dimensions: butler.universe.group(["instrument", "visit"]),
            storageClass: "VisitGeometry"
        )
        try await butler.register(type)
        let old = try await visit(butler, Self.first + 1)
        let region = Region.polygon(
            try ConvexPolygon(
                hullOf: [(20.0, 5.0), (21, 5), (21, 6)].map { UnitVector3D(try LonLat(degrees: $0.0, $0.1)) }
            )
        )
        let json: JSONValue = .object([
            "boresight_ra": .double(20.7), "boresight_dec": .double(5.4), "orientation": .double(12),
            "visit_region": .string(region.hexadecimal),
            "detector_regions": .object(["3": .string(region.hexadecimal)]),
        ])
        let dataID = try await butler.dataID(
            ["instrument": "SimCam", "visit": .int(Self.first)],
            for: type.dimensions
        )
        try await butler.put(json, as: type, dataID, run: "u/geometry")
        let update = RegionUpdate(butler, instrument: "SimCam")
        let report = try await update.run(datasets: "visit_geometry", collections: ["u/geometry"])
        #expect(report.updated == 1)
        #expect(try await visit(butler).region == region)
        #expect(try await detector(butler, 3) == region)
        #expect(try await visit(butler, Self.first + 1) == old)
        let exposures = try await butler.queryDimensionRecords(
            "exposure",
            where: "instrument = 'SimCam' AND exposure.tracking_ra = 20.7"
        )
        #expect(exposures.map { $0["exposure"] } == [.int(Self.first)])
        #expect(exposures.first?["tracking_dec"] == .real(5.4) && exposures.first?["sky_angle"] == .real(12))
        #expect(try await overlapping(butler, "20.9, 5.2") == [Self.first])
        #expect(try await findings(butler) == [])
        let again = try await update.run(datasets: "visit_geometry", collections: ["u/geometry"])
        #expect(again.updated == 0 && again.unchanged == 1)
    }

    @Test(
        "rows that say nothing are errors that name them",
        arguments: [
            (["visit": "x"], "number of a visit"), (["visit": "1", "detector": "77"], "77"),
            (["visit": "1", "regoin": ""], "regoin"), (["visit": "1", "wcs": "a.fits"], "names none"),
            (["visit": "1", "region": "1 2 3"], "row 7"), (["visit": "1", "boresight_ra": "1"], "boresight_dec"),
            (["visit": "1", "boresight_ra": "north"], "north"),
        ]
    )
    func bad(_ cells: [String: String], _ word: String) throws {
        let error = #expect(throws: ButlerError.self) {
            try PlacementTable([("row 7", cells)], RawNight.camera().camera)
        }
        #expect(error?.description.contains(word) == true && error?.description.contains("row 7") == true)
    }

    @Test("visits and detectors that do not exist are errors, and nothing changes")
    func strangers() async throws {
        let night = try await RawNight()
        let butler = try await visits(night)
        let before = try await visit(butler)
        var known = VisitPlacement(visit: Self.first)
        known.region = .unknown
        let update = RegionUpdate(butler, instrument: "SimCam")
        let error = await failure { _ = try await update.run([known, VisitPlacement(visit: 5)]) }
        #expect(error?.code == .dataIDValue && error?.message.contains("no visit 5") == true)
        known.detectors[9] = .unknown
        #expect(await failure { _ = try await update.run([known]) }?.message.contains("detector 9") == true)
        #expect(try await visit(butler) == before)
    }
}

extension Region {
    /// Whether a point is a corner of a polygon.
    fileprivate func isVertex(_ point: UnitVector3D) -> Bool {
        guard case .polygon(let polygon) = self else { return false }
        return polygon.vertices.contains(point)
    }
}

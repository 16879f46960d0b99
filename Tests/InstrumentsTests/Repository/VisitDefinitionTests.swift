import FITS
import Foundation
import Steward
import ObservationMetadata
import StewardCore
import Testing

@testable import Instruments

/// Visits of the simulated camera in repositories.
@Suite struct VisitDefinitionTests {
    private static let day: Int64 = 20_260_310

    private func id(_ number: Int64) -> Int64 { Self.day * 100_000 + number }

    private func pairs(_ butler: Butler, _ element: String, _ first: String, _ second: String) async throws -> [[Int64]]
    {
        try await butler.queryDimensionRecords(element).map { record in
            [first, second].compactMap { record[$0]?.dimensionValue?.int }
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Two snaps of one sequence, and an exposure of its own.
    private func writeSnaps(_ night: RawNight, _ numbers: [Int64]) throws {
        for number in numbers {
            let range: (Int64, Int64) = number < 3 ? (1, 2) : (number, number)
            try night.write(
                number,
                changes: [
                    "SEQSTART": .integer(range.0), "SEQEND": .integer(range.1), "RA": 150.1,
                    "GROUPID": .string("2026-03-10T23:00:00.00\(range.0)"),
                ]
            )
        }
    }

    @Test("each exposure on the sky becomes a visit with regions of all detectors; repeating it changes nothing")
    func oneToOne() async throws {
        let night = try await RawNight()
        try night.write(1...2, detectors: 1)
        try night.write(3, changes: ["IMGTYPE": "BIAS", "FILTER": "NONE", "RA": nil, "DEC": nil])
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let report = try await night.defineVisits(butler)
        #expect(report.grouping == .oneToOne)
        #expect(report.inserted == 2)
        #expect(report.remarks.count == 1 && report.remarks[0].contains("SC_O_20260310_000003"))
        #expect(try await pairs(butler, "visit_definition", "exposure", "visit") == [[id(1), id(1)], [id(2), id(2)]])
        #expect(
            try await pairs(butler, "visit_system_membership", "visit_system", "visit") == [[0, id(1)], [0, id(2)]]
        )
        #expect(try await butler.queryDimensionRecords("visit_detector_region").count == 8)
        let visit = try #require(
            try await butler.queryDimensionRecords("visit", where: "instrument = 'SimCam' AND visit = \(id(1))").first
        )
        #expect(visit["name"] == .string("SC_O_20260310_000001"))
        #expect(visit["exposure_time"] == .real(60) && visit["seq_num"] == .int(1))
        #expect(visit["azimuth"] == .real(36.2) && visit["zenith_angle"] == .real(28.5))
        guard case .polygon(let region)? = visit.region else { throw ButlerError(.region, "no polygon") }
        for record in try await butler.queryDimensionRecords(
            "visit_detector_region",
            where: "instrument = 'SimCam' AND visit = \(id(1))"
        ) {
            guard case .polygon(let part)? = record.region else { throw ButlerError(.region, "no polygon") }
            #expect(part.vertices.allSatisfy { vertex in region.contains(vertex) || region.vertices.contains(vertex) })
        }
        let again = try await night.defineVisits(butler)
        #expect(again.inserted == 0 && again.unchanged == 2 && again.updated == 0)
    }

    @Test("visits of new exposures are added to those that exist")
    func added() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        _ = try await night.defineVisits(butler)
        try night.write(2, 0)
        _ = try await night.ingest(butler)
        let filtered = try await night.defineVisits(butler) { $0.skipsVisited = true }
        #expect(filtered.filtered == 1 && filtered.inserted == 1 && filtered.unchanged == 0)
        let report = try await night.defineVisits(butler)
        #expect(report.inserted == 0 && report.unchanged == 2)
    }

    @Test("only exposures that meet the condition become visits")
    func condition() async throws {
        let night = try await RawNight()
        try night.write(1...3, detectors: 1)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let report = try await night.defineVisits(butler) { $0.condition = "exposure.seq_num > 1" }
        #expect(report.inserted == 2)
    }

    @Test("snaps become one visit, by counter or by group; the grouping is kept")
    func groupings() async throws {
        let night = try await RawNight()
        try writeSnaps(night, [1, 2, 3])
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let report = try await night.defineVisits(butler) { $0.grouping = .oneToOneAndByCounter }
        #expect(report.inserted == 4)
        let first = try #require(Int64("9\(id(1))"))
        #expect(
            try await pairs(butler, "visit_definition", "visit", "exposure")
                == [[id(1), id(1)], [id(1), id(2)], [id(2), id(2)], [id(3), id(3)], [first, id(1)]]
        )
        #expect(
            try await pairs(butler, "visit_system_membership", "visit_system", "visit")
                == [[0, id(2)], [0, id(3)], [0, first], [2, id(1)], [2, id(3)]]
        )
        let again = try await night.defineVisits(butler)
        #expect(again.grouping == .oneToOneAndByCounter)
        #expect(again.unchanged == 4)
        let other = try await RawNight()
        try writeSnaps(other, [1, 2, 3])
        let second = try await other.open()
        _ = try await other.ingest(second)
        let groups = try await other.defineVisits(second) { $0.grouping = .byGroupMetadata }
        #expect(groups.inserted == 2)
        #expect(try await second.queryDimensionRecords("visit_definition").count == 3)
    }

    @Test("a snap that comes later extends the visit of its sequence when told to")
    func incremental() async throws {
        let night = try await RawNight()
        try writeSnaps(night, [1])
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let first = try await night.defineVisits(butler) { $0.grouping = .oneToOneAndByCounter }
        #expect(first.inserted == 2)
        try writeSnaps(night, [2])
        _ = try await night.ingest(butler)
        let error = await failure { _ = try await night.defineVisits(butler) }
        #expect(error?.code == .conflictingDefinition)
        let skipping = try await night.defineVisits(butler) { $0.skipsConflicts = true }
        #expect(skipping.conflicting == 1 && skipping.unchanged + skipping.inserted == 2)
        let report = try await night.defineVisits(butler) { options in
            options.isIncremental = true
            options.condition = "exposure.seq_num = 2"
        }
        #expect(report.partiallyUpdated == 1 && report.updated == 0 && report.inserted + report.unchanged == 2)
        let whole = try #require(
            try await butler.queryDimensionRecords("visit", where: "instrument = 'SimCam' AND visit = \(id(1))").first
        )
        #expect(whole["exposure_time"] == .real(120))
        #expect(
            try await pairs(butler, "visit_definition", "visit", "exposure").filter { $0[0] == id(1) }
                == [[id(1), id(1)], [id(1), id(2)]]
        )
        let again = try await night.defineVisits(butler) { $0.isIncremental = true }
        #expect(again.unchanged == 3)
    }

    @Test("a visit that differs is an error, left, or changed with its regions")
    func conflicts() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        _ = try await night.defineVisits(butler)
        let before = try await butler.queryDimensionRecords("visit_detector_region")
        try night.write(1, 1, changes: ["RA": 150.5])
        let moved = [night.raws + "/SC_1_1.fits"]
        #expect(try await night.ingest(butler, moved) { $0.updatesRecords = true }.updatedRecords == 1)
        let error = await failure { _ = try await night.defineVisits(butler) }
        #expect(error?.code == .conflictingDefinition)
        #expect(error?.description.contains("region") == true)
        #expect(try await night.defineVisits(butler) { $0.skipsConflicts = true }.conflicting == 1)
        #expect(try await butler.queryDimensionRecords("visit_detector_region") == before)
        let report = try await night.defineVisits(butler) { $0.updatesRecords = true }
        #expect(report.updated == 1)
        let after = try await butler.queryDimensionRecords("visit_detector_region")
        #expect(after.count == before.count && zip(before, after).allSatisfy { $0.region != $1.region })
        #expect(try await night.defineVisits(butler).unchanged == 1)
    }

    @Test("options that exclude each other are refused")
    func exclusive() async throws {
        let night = try await RawNight()
        let butler = try await night.open()
        let error = await failure {
            _ = try await night.defineVisits(butler) { options in
                options.skipsVisited = true
                options.isIncremental = true
            }
        }
        #expect(error?.code == .invalidArgument)
    }

    @Test("an instrument that is not registered is named, with the remedy")
    func unregistered() async throws {
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        let error = await failure { _ = try await night.defineVisits(butler) }
        #expect(error?.code == .instrument)
        #expect(error?.remedy?.contains("register-instrument REPO SimCam") == true)
    }

    @Test("regions of detectors that a visit lacks are written on request")
    func completed() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        let butler = try await night.open()
        _ = try await night.ingest(butler)
        let exposures = try await butler.queryDimensionRecords("exposure").compactMap { ExposureSummary($0) }
        let camera = try RawNight.camera()
        let visit = try #require(VisitGrouping.oneToOne.visits(of: exposures, numbering: .lsst).visits.first)
        let regions = try CameraFootprint(camera.camera).regions(visit.exposures.compactMap { Pointing($0) })
        let rows = try VisitRows(visit, regions, "SimCam", butler.universe)
        let systems = try InstrumentDefinition.record(
            "visit_system",
            ["instrument": .string("SimCam"), "id": .int(0), "name": .string("one-to-one")],
            butler.universe
        )
        try await butler.insert([systems, rows.visit] + rows.members + rows.detectors.prefix(1))
        #expect(try await night.defineVisits(butler).unchanged == 1)
        #expect(try await butler.queryDimensionRecords("visit_detector_region").count == 1)
        #expect(try await night.defineVisits(butler) { $0.completesRegions = true }.partiallyUpdated == 1)
        #expect(try await Set(butler.queryDimensionRecords("visit_detector_region")) == Set(rows.detectors))
    }

    @Test("a repository open for reading is not written to")
    func readOnly() async throws {
        let night = try await RawNight()
        try night.write(1, 0)
        _ = try await night.ingest(try await night.open())
        let butler = try await Butler.open(night.root)
        let error = await failure { _ = try await night.defineVisits(butler) }
        #expect(error?.code == .readOnly)
    }
}

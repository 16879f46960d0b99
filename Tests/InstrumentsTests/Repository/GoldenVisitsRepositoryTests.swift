import Foundation
import Steward
import StewardCore
import StewardTesting
import Testing

@testable import Instruments

/// Visits of the golden exposures as rows of a repository.
@Suite struct GoldenVisitsRepositoryTests {
    static let files = Golden.names("visits").filter {
        (try? Golden.json("visits", $0)["groupings"]) != nil
    }

    /// A camera with the name of the golden one.
    private func camera(_ name: String) throws -> InstrumentDefinition {
        let text = TinyCamera.yaml.replacingOccurrences(of: "name: TinyCam\nclass", with: "name: \(name)\nclass")
            .replacingOccurrences(of: "1000000", with: "7050123199999")
            .replacingOccurrences(of: "aliases:", with: "group_id: lsst\naliases:")
        return try RawNight.catalog.definition(atPath: TinyCamera.folder(["\(name).yaml": text]) + "/\(name).yaml")
    }

    private func exposure(_ row: JSONValue) throws -> ExposureSummary {
        let begin = try TAI(#require(row["begin"]?.string), format: .isot, scale: .tai)
        var exposure = ExposureSummary(
            instrument: try #require(row["instrument"]?.string),
            id: try #require(row["id"]?.int),
            obsID: try #require(row["obs_id"]?.string),
            dayObs: try #require(row["day_obs"]?.int),
            group: try #require(row["group"]?.string),
            physicalFilter: "tiny-r",
            begin: begin,
            end: begin.advanced(bySeconds: try #require(row["exposure_time"]?.double))
        )
        exposure.exposureTime = row["exposure_time"]?.double
        exposure.observationReason = row["observation_reason"]?.string
        exposure.seqNum = row["seq_num"]?.int
        exposure.seqStart = row["seq_start"]?.int
        exposure.seqEnd = row["seq_end"]?.int
        exposure.targetName = row["target_name"]?.string
        exposure.scienceProgram = row["science_program"]?.string
        exposure.azimuth = row["azimuth"]?.double
        exposure.zenithAngle = row["zenith_angle"]?.double
        exposure.trackingRA = 10
        exposure.trackingDec = -20
        exposure.skyAngle = 30
        return exposure
    }

    private func pairs(_ butler: Butler, _ element: String, _ names: [String]) async throws -> Set<JSONValue> {
        let records = try await butler.queryDimensionRecords(element)
        return Set(
            records.map { record in
                .array(names.map { name in record[name]?.dimensionValue?.int.map { .int($0) } ?? .null })
            }
        )
    }

    @Test("the rows are the reference's", arguments: files, VisitGrouping.allCases)
    func rows(_ file: String, _ grouping: VisitGrouping) async throws {
        let golden = try Golden.json("visits", file)
        guard let expected = golden["groupings"]?[grouping.rawValue] else { return }
        let exposures = try #require(golden["exposures"]?.array).map { try exposure($0) }
        let definition = try camera(#require(exposures.first).instrument)
        let night = try await RawNight()
        let butler = try await Butler.open(night.root, writeable: true)
        _ = try await definition.register(in: butler)
        try await butler.sync(try exposures.flatMap { try $0.records(day: nil, in: butler.universe) })
        var options = VisitDefinition.Options()
        options.grouping = grouping
        let report = try await VisitDefinition(butler, definition, options: options).run()
        let rows = try #require(expected["visits"]?.array)
        #expect(report.inserted == rows.count)
        let visits = try await butler.queryDimensionRecords("visit")
        for row in rows {
            let id = try #require(row["id"]?.int)
            let visit = try #require(visits.first { $0["visit"] == .int(id) })
            for field in ["name", "target_name", "observation_reason"] {
                #expect(visit[field]?.dimensionValue?.string == row[field]?.string, "\(field) of \(id)")
            }
            for field in ["exposure_time", "azimuth", "zenith_angle"] {
                #expect(visit[field] == row[field]?.double.map { .real($0) }, "\(field) of \(id)")
            }
            #expect(visit["seq_num"] == row["seq_num"]?.int.map { .int($0) })
            #expect(visit.timespan?.begin == (try TAI(row.at("begin").string ?? "", format: .isot, scale: .tai)))
            #expect(visit.timespan?.end == (try TAI(row.at("end").string ?? "", format: .isot, scale: .tai)))
        }
        #expect(
            try await pairs(butler, "visit_definition", ["visit", "exposure"])
                == Set(expected["visit_definition"]?.array ?? [])
        )
        #expect(
            try await pairs(butler, "visit_system_membership", ["visit_system", "visit"])
                == Set(expected["membership"]?.array ?? [])
        )
        let regions = try await butler.queryDimensionRecords("visit_detector_region")
        #expect(regions.count == rows.count * definition.camera.detectors.count)
    }
}

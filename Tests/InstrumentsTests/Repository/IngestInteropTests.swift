import Foundation
import Instruments
import Resources
import Steward
import StewardCore
import StewardTesting
import Testing

/// The reference on repositories whose raws and visits are Steward's.
@Suite(.enabled(if: Reference.isPresent, "STEWARD_REFERENCE names no virtualenv with the reference"))
struct IngestInteropTests {
    private func int(_ dataID: DataCoordinate, _ name: String) -> JSONValue {
        dataID[name]?.int.map { .int($0) } ?? .null
    }

    @Test("the reference finds the same raws, visits, regions and overlaps, and syncs each record without a change")
    func listing() async throws {
        let night = try await RawNight()
        try night.write(1...3)
        let butler = try await night.open()
        let report = try await night.ingest(butler)
        #expect(try await night.defineVisits(butler).inserted == 3)
        let theirs = try JSONValue(parsing: Reference.peer("reference_raws.py", [night.root, "SimCam"]))
        let paths = try await butler.uris(of: report.ingested).map { try ResourcePath($0[""] ?? "").localPath ?? "" }
        let raws = zip(report.ingested, paths).map { ref, path in
            JSONValue.array([
                int(ref.dataID, "exposure"), int(ref.dataID, "detector"), .string(ref.id.dashed), .string(path),
            ])
        }
        #expect(Set(theirs["raws"]?.array ?? []) == Set(raws))
        #expect(raws.count == 6)
        let regions = try await butler.queryDimensionRecords("visit_detector_region").map { record in
            JSONValue.array([
                .int(record["visit"]?.dimensionValue?.int ?? 0), .int(record["detector"]?.dimensionValue?.int ?? 0),
                .string(record.region.map { Hexadecimal.encode($0.encoded) } ?? ""),
            ])
        }
        #expect(Set(theirs["regions"]?.array ?? []) == Set(regions))
        #expect(regions.count == 12)
        let overlaps = try await butler.queryDataIDs(["visit", "detector", "htm7"]).map { dataID in
            JSONValue.array(["visit", "detector", "htm7"].map { int(dataID, $0) })
        }
        #expect(Set(theirs["overlaps"]?.array ?? []) == Set(overlaps))
        #expect(overlaps.count >= 12)
        let visits = try await butler.queryDimensionRecords("visit").map { record in
            JSONValue.array([
                .int(record["visit"]?.dimensionValue?.int ?? 0), .string(record["name"]?.dimensionValue?.string ?? ""),
                .int(record["day_obs"]?.dimensionValue?.int ?? 0), .double(60),
                .string(record.region.map { Hexadecimal.encode($0.encoded) } ?? ""),
            ])
        }
        #expect(Set(theirs["visits"]?.array ?? []) == Set(visits))
        #expect(theirs["definitions"]?.array?.count == 3)
        #expect(
            try JSONValue(parsing: Reference.peer("reference_raws.py", [night.root, "SimCam", "sync"]))["changed"]
                == .array([])
        )
    }
}

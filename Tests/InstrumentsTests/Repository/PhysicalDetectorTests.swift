import AstroTime
import FITS
import Instruments
import Steward
import StewardCore
import StewardTesting
import Testing

/// Physical detectors in a repository: noted by ingest and by camera versions.
@Suite struct PhysicalDetectorTests {
    private func instant(_ exposure: Int64) throws -> TAI {
        try TAI(61_109.9501 + 0.001 * Double(exposure), format: .mjd, scale: .tai)
    }

    @Test("ingest notes serial numbers once, and reports slots that changed")
    func ingest() async throws {
        let night = try await RawNight()
        let butler = try await night.open()
        #expect(try await butler.physicalDetectors(of: "SimCam").installations.isEmpty)
        try night.write(1...2, detectors: 2)
        #expect(try await night.ingest(butler).detectorChanges.isEmpty)
        let history = try await butler.physicalDetectors(of: "SimCam")
        #expect(history.installations.map(\.serial) == ["SIM-0001", "SIM-0002"])
        #expect(try await night.ingest(butler).detectorChanges.isEmpty)
        #expect(try await butler.physicalDetectors(of: "SimCam") == history)

        try night.write(3, 0, changes: ["CCDSERN": "SIM-0002"])
        try night.write(3, 1, changes: ["CCDSERN": "SPARE-1"])
        let changes = try #require(try await night.ingest(butler).detectorChanges["SimCam"])
        #expect(changes.map(\.serial) == ["SIM-0002", "SPARE-1"])
        #expect(changes.map(\.formerSlot) == [1, nil])
        let now = try await butler.physicalDetectors(of: "SimCam")
        #expect(now.installation(of: 0, at: try instant(1))?.serial == "SIM-0001")
        #expect(now.installation(of: 0, at: try instant(3))?.serial == "SIM-0002")
        #expect(now.installation(of: 3, at: try instant(1), defined: "SIM-0004")?.source == .definition)
        let reopened = try await Butler.open(night.root)
        #expect(try await reopened.physicalDetectors(of: "SimCam") == now)
    }

    @Test("what is known is read and not written again; only rows that differ are written")
    func statements() async throws {
        let night = try await RawNight()
        let recorder = StatementRecorder()
        _ = try await night.open()
        let butler = try await Butler.open(night.root, writeable: true, observer: recorder)
        try night.write(1...3, detectors: 4)
        _ = try await night.ingest(butler)
        func noting(_ body: () async throws -> Void) async throws -> [String] {
            recorder.reset()
            try await body()
            return recorder.texts.filter { $0.contains("steward_physical_detector") }
        }
        let again = try await noting { _ = try await night.ingest(butler) }
        #expect(again.count == 1 && again.first?.hasPrefix("SELECT") == true, "\(again)")
        // The same detectors in one exposure more: the row of each slot reaches further.
        try night.write(4, 0)
        let extended = try await noting { _ = try await night.ingest(butler) }
        #expect(extended.filter { $0.hasPrefix("DELETE") || $0.hasPrefix("INSERT") }.count == 2, "\(extended)")
        let history = try await butler.physicalDetectors(of: "SimCam")
        #expect(history.installations.count == 4)
        let known = try await noting {
            try await butler.notePhysicalDetectors(of: "SimCam") { $0.see(history.installations) }
        }
        #expect(known.allSatisfy { $0.hasPrefix("SELECT") } && known.count == 1, "\(known)")
    }

    @Test("a dry run notes nothing, and no table is made")
    func dryRun() async throws {
        let night = try await RawNight()
        let butler = try await night.open()
        try night.write(1)
        _ = try await night.ingest(butler) { $0.isDryRun = true }
        #expect(try await butler.physicalDetectors(of: "SimCam").installations.isEmpty)
    }

    @Test("a camera version gives serial numbers for its validity; slots must be registered")
    func version() async throws {
        let night = try await RawNight()
        let butler = try await night.open()
        let serials = try RawNight.camera().detectorSerials
        let validity = try Timespan(begin: instant(1), end: instant(5))
        let changes = try await butler.notePhysicalDetectors(of: "SimCam") { $0.define(serials, during: validity) }
        #expect(changes.isEmpty)
        let history = try await butler.physicalDetectors(of: "SimCam")
        #expect(history.installation(of: 2, at: try instant(2))?.source == .camera)
        #expect(history.installation(of: 2, at: try instant(7)) == nil)
        await #expect(throws: ButlerError(.integrity, "")) {
            try await butler.notePhysicalDetectors(of: "SimCam") { $0.define([99: "X"], during: validity) }
        }
    }
}

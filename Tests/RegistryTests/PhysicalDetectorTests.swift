import AstroTime
import Databases
import Dimensions
import Registry
import StewardCore
import Testing

/// Physical detectors in the slots of a camera, on both databases.
@Suite struct PhysicalDetectorTests {
    private func seen(_ detector: Int64, _ serial: String, _ begin: Int64) -> DetectorInstallation {
        let span = Timespan(beginNanoseconds: begin, endNanoseconds: begin + 5)
        return DetectorInstallation(detector: detector, serial: serial, timespan: span, source: .raw)
    }

    @Test("the table is made when something is known, and goes with the camera's slots")
    func history() async throws {
        try await TestRepository.with { repository in
            try await repository.addCamera()
            let empty = try await repository.read { try $0.physicalDetectors.history(of: "Cam1", on: $1) }
            #expect(empty == DetectorHistory())
            _ = try await repository.write { try $0.physicalDetectors.update("Cam1", on: $1) { _ in } }
            #expect(try await !repository.database.read { try $0.tableExists("steward_physical_detector") })
            let seen = [seen(1, "A", 10), seen(2, "B", 10), seen(1, "C", 30)]
            let validity = Timespan(beginNanoseconds: 5, endNanoseconds: 50)
            let (before, after) = try await repository.write {
                try $0.physicalDetectors.update("Cam1", on: $1) { history in
                    history.see(seen)
                    history.define([3: "D"], during: validity)
                }
            }
            #expect(before == DetectorHistory())
            #expect(after.changes.map(\.serial) == ["C"])
            let other = try await repository.reopened()
            #expect(try await other.read { try $0.physicalDetectors.history(of: "Cam1", on: $1) } == after)
            #expect(try await other.read { try $0.physicalDetectors.history(of: "Cam2", on: $1) } == DetectorHistory())
            await #expect(throws: ButlerError(.integrity, "")) {
                _ = try await other.write {
                    try $0.physicalDetectors.update("Cam1", on: $1) { $0.define([99: "X"], during: validity) }
                }
            }
            _ = try await other.database.write {
                try $0.execute("DELETE FROM detector WHERE \(id: "instrument") = \("Cam1") AND \(id: "id") = \(1)")
            }
            let rest = try await other.read { try $0.physicalDetectors.history(of: "Cam1", on: $1) }
            #expect(rest.installations.map(\.detector) == [2, 3])
            try await other.database.close()
        }
    }
}

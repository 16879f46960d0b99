import Steward
import StewardCore
import Testing

@Suite struct CheckTests {
    @Test("a repository opened for reading is checked, but not repaired")
    func readOnly() async throws {
        let repository = try await TemporaryRepository()
        let writer = try await repository.filled()
        let type = try await writer.datasetType("metric")
        _ = try await writer.put(JSONValue.object([]), as: type, writer.dataID(type, detector: 1), run: "u/run")
        let reader = try await Butler.open(repository.root)
        let outcome = try await reader.check { Issue.record("\($0.message)") }
        #expect(outcome.isClean && outcome.repaired.isEmpty && outcome.notes.isEmpty)
        let error = await #expect(throws: ButlerError.self) {
            _ = try await reader.check(RepositoryCheck(repairing: true)) { _ in }
        }
        #expect(error?.code == .readOnly)
        #expect(try await writer.check(RepositoryCheck(repairing: true)) { _ in }.isClean)
    }
}

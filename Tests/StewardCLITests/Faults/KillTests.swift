import Foundation
import Steward
import StewardTesting
import Synchronization
import Testing

/// `kill -9` before each file operation and each statement: what was reported done is there, nothing is half done, the
/// next command works, a repair leaves nothing to mend, and doing it again succeeds.
///
/// `STEWARD_FAULT_POINTS` sets at how many points each operation is killed; 0 means all.
@Suite(
    .serialized,
    .enabled(if: FaultLibrary.path != nil, "needs Linux and a C compiler"),
    .timeLimit(.minutes(60))
) struct KillTests {
    private static let limit: Int? = ProcessInfo.processInfo.environment["STEWARD_FAULT_POINTS"].flatMap(Int.init)
    /// Kills, points and operations by kind of database.
    private static let counts = Mutex<[TestBackend: (kills: Int, points: Int, operations: Int)]>([:])

    @Test("on SQLite", arguments: FaultOperation.all)
    func sqlite(_ operation: FaultOperation) async throws {
        try await kill(operation, .sqlite, Self.limit ?? 5)
    }

    @Test(
        "on PostgreSQL",
        .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed"),
        arguments: FaultOperation.all.filter { !$0.name.contains("symlink") && !$0.name.contains("by link") }
    )
    func postgresql(_ operation: FaultOperation) async throws {
        try await kill(operation, .postgresql, Self.limit ?? 2)
    }

    private func kill(_ operation: FaultOperation, _ backend: TestBackend, _ limit: Int) async throws {
        let repository = try await FaultRepository(backend)
        let log = repository.folder.path + "/calls"
        try await operation.prepare(repository, "whole")
        let whole = try FaultLibrary.run(operation.arguments(repository, "whole"), .none(log: log))
        try #require(whole.status == 0, "\(whole.errors)")
        #expect(try await Self.state(operation, repository, "whole") == .after)
        let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            .map { String($0.split(separator: " ")[1]) }
        try #require(calls.count > 2)
        let points = FaultLibrary.points(calls, limit: limit == 0 ? .max : limit)
        var kills = 0
        for point in points {
            let tag = "k\(point)"
            try await operation.prepare(repository, tag)
            let outcome = try FaultLibrary.run(
                operation.arguments(repository, tag),
                .kill(point),
                name: repository.sessionName
            )
            // The number of calls differs a little with the state of the database file.
            guard outcome.wasKilled else { continue }
            kills += 1
            try repository.awaitEndOfSessions()
            let place: Comment = "\(operation.name) killed before call \(point) of \(calls.count), \(calls[point - 1])"
            try await expectSound(operation, repository, tag, wasReported: outcome.output.hasSuffix("\n"), place)
        }
        #expect(kills > 0)
        let count = Self.counts.withLock { counts in
            let old = counts[backend] ?? (0, 0, 0)
            counts[backend] = (old.kills + kills, old.points + calls.count, old.operations + 1)
            return counts[backend] ?? old
        }
        print("\(backend), \(operation.name): killed at \(kills) of \(calls.count) points; so far \(count.kills) kills")
    }

    private func expectSound(
        _ operation: FaultOperation,
        _ repository: FaultRepository,
        _ tag: String,
        wasReported: Bool,
        _ place: Comment
    ) async throws {
        let found = try await Self.state(operation, repository, tag)
        // Files that were moved may have to be moved back first.
        if !operation.name.hasSuffix("move") { #expect(found == .before || found == .after, place) }
        #expect(try await repository.findings(after: operation).isEmpty, place)
        var state = try await Self.state(operation, repository, tag)
        #expect(state == .after || state == .before && !wasReported, place)
        guard state != .after else { return }
        let again = try StewardProgram().run(operation.arguments(repository, tag))
        #expect(again.status == 0, "\(place): \(again.errors)")
        state = try await Self.state(operation, repository, tag)
        #expect(state == .after, place)
        #expect(try await repository.findings(after: operation, repairing: false).isEmpty, place)
    }

    private static func state(
        _ operation: FaultOperation,
        _ repository: FaultRepository,
        _ tag: String
    ) async throws -> FaultOperation.State {
        try await operation.state(repository, try await Butler.open(repository.root), tag)
    }
}

import Databases
import Datastores
import Foundation
import Resources
import StewardCore
import StewardTesting
import Testing

@testable import Steward

/// Datasets whose runs give one file name, put at the same moment: one of them is stored, and no file is replaced.
@Suite(.enabled(if: TestBackend.isFirstPass, "the first pass does both databases"), .timeLimit(.minutes(20)))
struct PathRaceTests {
    /// Two runs whose datasets get the same file names.
    private static let runs = ("u/x y", "u/x_y")

    private struct Scene {
        let repository: TemporaryRepository
        let butler: Butler
        let type: DatasetType
        let dataID: DataCoordinate

        init(_ backend: TestBackend) async throws {
            repository = try await TemporaryRepository(backend)
            butler = try await repository.filled()
            type = try await butler.datasetType("metric")
            dataID = try await butler.dataID(type, detector: 1)
        }

        func put(_ value: Int64, _ run: String, with other: Butler? = nil) async throws -> DatasetRef {
            try await (other ?? butler).put(JSONValue.int(value), as: type, dataID, run: run)
        }

        func path(_ ref: DatasetRef) async throws -> String {
            let uri = try #require(try await butler.uris(of: [ref])[0][""])
            return try #require(URL(string: uri)).path
        }

        func expectClean() async throws {
            let found = Findings()
            #expect(
                try await butler.check(RepositoryCheck(temporaryAge: .zero)) { found.add($0) }.isClean,
                "\(found.all)"
            )
        }
    }

    @Test("while one is about to commit, the other waits and is refused", arguments: TestBackend.available)
    func refused(backend: TestBackend) async throws {
        let scene = try await Scene(backend)
        let pause = PausePoint("COMMIT")
        let first = try await Butler.open(scene.repository.root, writeable: true, observer: pause)
        pause.arm()
        let holding = Task { try await scene.put(1, Self.runs.0, with: first) }
        try #require(await pause.isReached())
        let other = Task { try await scene.put(2, Self.runs.1) }
        try await Task.sleep(for: .milliseconds(300))
        pause.release()
        let stored = try await holding.value
        await #expect(throws: ButlerError(.conflictingDefinition, "")) { try await other.value }
        #expect(try await scene.butler.get(stored) as? JSONValue == .int(1))
        try await scene.expectClean()
    }

    @Test("when the one that was about to commit fails, the other is stored", arguments: TestBackend.available)
    func succeeds(backend: TestBackend) async throws {
        let scene = try await Scene(backend)
        let pause = PausePoint("COMMIT")
        let first = try await Butler.open(scene.repository.root, writeable: true, observer: pause)
        pause.arm()
        let path = try await scene.path(DatasetRef(scene.type, scene.dataID, run: Self.runs.0))
        let holding = Task {
            try await first.storing { connection, rollback in
                _ = try first.store(
                    [(JSONValue.int(1), DatasetRef(scene.type, scene.dataID, run: Self.runs.0))],
                    on: connection,
                    rollback
                )
                // The transaction stays open, and then fails.
                pause.willRun(ObservedStatement(text: "COMMIT", rowCount: 1))
                throw ButlerError(.invalidArgument, "stop")
            }
        }
        try #require(await pause.isReached())
        #expect(FileManager.default.fileExists(atPath: path))
        let other = Task { try await scene.put(2, Self.runs.1) }
        try await Task.sleep(for: .milliseconds(300))
        pause.release()
        await #expect(throws: ButlerError(.invalidArgument, "")) { try await holding.value }
        let stored = try await other.value
        #expect(try await scene.butler.get(stored) as? JSONValue == .int(2))
        try await scene.expectClean()
    }

    @Test("many at once: one of each pair is stored, whole", arguments: TestBackend.available)
    func turmoil(backend: TestBackend) async throws {
        let scene = try await Scene(backend)
        let butlers = [try await scene.repository.open(), try await scene.repository.open()]
        for round in 0..<12 as Range<Int64> {
            let runs = ["u/r \(round)", "u/r_\(round)"]
            let refs = await withTaskGroup(of: (Int, Result<DatasetRef, any Error>).self) { group in
                for index in 0..<2 {
                    group.addTask {
                        do {
                            return (
                                index, .success(try await scene.put(Int64(index), runs[index], with: butlers[index]))
                            )
                        } catch {
                            return (index, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [(Int, Result<DatasetRef, any Error>)]()) { $0.append($1) }
            }
            var stored = 0
            for (index, result) in refs {
                switch result {
                case .success(let ref):
                    stored += 1
                    #expect(try await scene.butler.get(ref) as? JSONValue == .int(Int64(index)))
                case .failure(let error):
                    #expect((error as? ButlerError)?.code == .conflictingDefinition, "\(error)")
                }
            }
            #expect(stored == 1)
        }
        try await scene.expectClean()
    }

    @Test("purging a dataset whose file is missing takes no other one's file", arguments: TestBackend.available)
    func missing(backend: TestBackend) async throws {
        let scene = try await Scene(backend)
        let old = try await scene.put(1, Self.runs.0)
        try FileManager.default.removeItem(atPath: try await scene.path(old))
        let pause = PausePoint("COMMIT")
        let other = try await Butler.open(scene.repository.root, writeable: true, observer: pause)
        pause.arm()
        let put = Task { try await scene.put(2, Self.runs.1, with: other) }
        // Where others may write meanwhile, the path belongs to the first one until it is purged.
        if backend == .postgresql {
            await #expect(throws: ButlerError(.conflictingDefinition, "")) { try await put.value }
        }
        let purge = Task { try await scene.butler.prune([old], Pruning(purging: true)) }
        try await Task.sleep(for: .milliseconds(200))
        pause.release()
        try await purge.value
        let new = backend == .sqlite ? try await put.value : try await scene.put(2, Self.runs.1)
        #expect(try await scene.butler.get(new) as? JSONValue == .int(2))
        try await scene.expectClean()
    }

    @Test("a file that was ingested where it lies is not replaced", arguments: TestBackend.available)
    func direct(backend: TestBackend) async throws {
        let scene = try await Scene(backend)
        let ref = DatasetRef(scene.type, scene.dataID, run: Self.runs.0)
        let path = try await scene.path(ref)
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
            withIntermediateDirectories: true
        )
        try "1".write(toFile: path, atomically: false, encoding: .utf8)
        try await scene.butler.ingest([FileDataset(path: path, refs: [ref])], IngestOptions(mode: .direct))
        await #expect(throws: ButlerError(.conflictingDefinition, "")) { try await scene.put(2, Self.runs.1) }
        #expect(try await scene.butler.get(ref) as? JSONValue == .int(1))
    }

    @Test("files that killed programs left are replaced, by puts and ingests", arguments: TestBackend.available)
    func orphans(backend: TestBackend) async throws {
        let scene = try await Scene(backend)
        var files: [FileDataset] = []
        for detector in 0..<4 as Range<Int64> {
            let dataID = try await scene.butler.dataID(scene.type, detector: detector)
            let ref = DatasetRef(scene.type, dataID, run: "u/r")
            let path = try await scene.path(ref)
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path,
                withIntermediateDirectories: true
            )
            try "\"left\"".write(toFile: path, atomically: false, encoding: .utf8)
            let file = scene.repository.folder + "/\(detector).json"
            try "\(detector)".write(toFile: file, atomically: false, encoding: .utf8)
            files.append(FileDataset(path: file, refs: [ref]))
        }
        let put = try await scene.put(7, "u/r")
        #expect(try await scene.butler.get(put) as? JSONValue == .int(7))
        let rest = files.enumerated().filter { $0.offset != 1 }.map(\.element)
        let outcome = try await scene.butler.ingest(rest, IngestOptions(mode: .move))
        #expect(outcome.ingested.count == 3)
        for (ref, value) in zip(outcome.ingested, [0, 2, 3] as [Int64]) {
            #expect(try await scene.butler.get(ref) as? JSONValue == .int(value))
        }
        try await scene.expectClean()
    }
}

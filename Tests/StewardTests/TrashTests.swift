import Databases
import Datastores
import Registry
import Foundation
import StewardCore
import StewardTesting
import Synchronization
import Testing

@testable import Steward

/// Emptying the trash beside puts to the same paths: whoever comes first, no stored dataset loses its file.
@Suite(.enabled(if: TestBackend.isFirstPass, "the first pass does both databases"), .timeLimit(.minutes(20)))
struct TrashTests {
    /// Purges a dataset without emptying the trash, as one does that is killed in between.
    private static func trash(_ ref: DatasetRef, in butler: Butler) async throws {
        let name = butler.datastore.name
        try await butler.write { connection in
            try butler.registry.locations.trash([ref.id], from: name, on: connection)
            try butler.registry.datasets.delete([ref.id], on: connection)
        }
    }

    /// Expects that a dataset can be read after the trash has been emptied for good.
    private static func expectStored(
        _ ref: DatasetRef,
        _ value: JSONValue,
        in repository: TemporaryRepository
    ) async throws {
        let butler = try await repository.open()
        try await butler.emptyTrash()
        #expect(try await butler.get(ref) as? JSONValue == value)
        let left = try await butler.read { try butler.registry.locations.trashed(in: butler.datastore.name, on: $0) }
        #expect(left.isEmpty)
    }

    @Test(
        "a put that is about to commit keeps its file from who empties the trash",
        arguments: TestBackend.available,
        [false, true]
    )
    func putFirst(backend: TestBackend, fileIsGone: Bool) async throws {
        let repository = try await TemporaryRepository(backend)
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let dataID = try await butler.dataID(type, detector: 1)
        let old = try await butler.put(JSONValue.int(1), as: type, dataID, run: "u/r")
        if fileIsGone {
            let uri = try #require(try await butler.uris(of: [old])[0][""])
            try FileManager.default.removeItem(at: try #require(URL(string: uri)))
        }
        try await Self.trash(old, in: butler)
        let commit = PausePoint("COMMIT")
        let begin = PausePoint("BEGIN", pausing: false)
        let writer = try await Butler.open(repository.root, writeable: true, observer: commit)
        let cleaner = try await Butler.open(repository.root, writeable: true, observer: begin)
        begin.arm()
        commit.arm()
        let put = Task { try await writer.put(JSONValue.int(2), as: type, dataID, run: "u/r") }
        try #require(await commit.isReached())
        let emptying = Task { try await cleaner.emptyTrash() }
        // With one lock for all writers the cleaner has to wait; else it goes on without the file.
        if backend == .sqlite { #expect(await begin.isReached()) } else { try await emptying.value }
        commit.release()
        let new = try await put.value
        try await emptying.value
        try await Self.expectStored(new, .int(2), in: repository)
    }

    @Test(
        "a put to the path of a file that is being removed waits until it is gone",
        arguments: TestBackend.available,
        ["SELECT DISTINCT", "DELETE FROM"]
    )
    func emptyingFirst(backend: TestBackend, statement: String) async throws {
        let repository = try await TemporaryRepository(backend)
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let dataID = try await butler.dataID(type, detector: 1)
        try await Self.trash(try await butler.put(JSONValue.int(1), as: type, dataID, run: "u/r"), in: butler)
        let pause = PausePoint(statement)
        let cleaner = try await Butler.open(repository.root, writeable: true, observer: pause)
        pause.arm()
        let emptying = Task { try await cleaner.emptyTrash() }
        try #require(await pause.isReached())
        let stored = SharedFlag()
        let put = Task {
            let ref = try await butler.put(JSONValue.int(2), as: type, dataID, run: "u/r")
            stored.set()
            return ref
        }
        try await Task.sleep(for: .milliseconds(300))
        #expect(!stored.isSet)
        pause.release()
        try await emptying.value
        try await Self.expectStored(try await put.value, .int(2), in: repository)
    }

    @Test("many that put, purge and put again at the same paths lose nothing", arguments: TestBackend.available)
    func turmoil(backend: TestBackend) async throws {
        let repository = try await TemporaryRepository(backend)
        let type = try await repository.filled().datasetType("metric")
        let refs = try await withThrowingTaskGroup(of: DatasetRef.self) { group in
            for detector in 0..<4 as Range<Int64> {
                let butler = try await repository.open()
                group.addTask {
                    let dataID = try await butler.dataID(type, detector: detector)
                    var ref = try await butler.put(JSONValue.int(-1), as: type, dataID, run: "u/r")
                    for round in 0..<12 as Range<Int64> {
                        try await butler.prune([ref], Pruning(purging: true))
                        ref = try await butler.put(JSONValue.int(round), as: type, dataID, run: "u/r")
                        #expect(try await butler.get(ref) as? JSONValue == .int(round))
                    }
                    return ref
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for ref in refs { try await Self.expectStored(ref, .int(11), in: repository) }
        let outcome = try await repository.open().check { _ in }
        #expect(outcome.isClean)
    }
}

/// Something that happens once, seen from several threads.
private final class SharedFlag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

import Databases
import Datastores
import Foundation
import Resources
import StewardCore
import StewardTesting
import Testing

@testable import Steward

/// The connection breaks during the commit itself: before the server got it, or before the client got the answer.
@Suite(
    .serialized,
    .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed"),
    .enabled(if: TestBackend.isFirstPass, "the first pass does this"),
    .timeLimit(.minutes(20))
) struct LostCommitTests {
    /// An operation whose transactions are disturbed.
    enum Operation: CaseIterable {
        case put, ingest, move, certify, associate, unstore, purge

        /// How many transactions it has.
        var transactions: Int { [.unstore, .purge].contains(self) ? 2 : 1 }
    }

    /// A repository with a connection that can break.
    private struct Scene {
        let repository: TemporaryRepository
        let proxy: ServerProxy
        /// Goes through the proxy.
        let butler: Butler
        /// Goes its own way.
        let observer: Butler
        let type: DatasetType

        init(locks: LockWaiting = LockWaiting()) async throws {
            let server = try #require(PostgreSQLServer.shared)
            repository = try await TemporaryRepository(.postgresql)
            observer = try await repository.filled()
            proxy = try ServerProxy(to: server.folder)
            let path = repository.root + "/butler.yaml"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let changed = text.replacing("host=" + server.folder, with: "host=" + proxy.folder)
            try #require(changed != text)
            try changed.write(toFile: path, atomically: true, encoding: .utf8)
            butler = try await Butler.open(repository.root, writeable: true, locks: locks)
            type = try await butler.datasetType("metric")
        }

        func refs(_ run: String) async throws -> [DatasetRef] {
            var refs: [DatasetRef] = []
            for detector in 0..<2 as Range<Int64> {
                refs.append(DatasetRef(type, try await observer.dataID(type, detector: detector), run: run))
            }
            return refs
        }

        func files(_ refs: [DatasetRef]) throws -> [FileDataset] {
            try refs.enumerated().map { index, ref in
                let path = repository.folder + "/\(ref.run.replacing("/", with: "-"))-\(index).json"
                try "\(index)".write(toFile: path, atomically: false, encoding: .utf8)
                return FileDataset(path: path, refs: [ref])
            }
        }

        /// Makes what an operation works on, and gives the operation.
        func prepare(_ operation: Operation, _ tag: String) async throws -> @Sendable () async throws -> Void {
            let refs = try await refs("u/" + tag)
            let butler = butler
            let type = try await observer.datasetType("bias")
            switch operation {
            case .put: return { try await butler.put(refs.map { (JSONValue.int(0), $0) }) }
            case .ingest, .move:
                let files = try files(refs)
                let mode: TransferMode = operation == .move ? .move : .copy
                return { try await butler.ingest(files, IngestOptions(mode: mode)) }
            case .certify:
                let bias = refs.map { DatasetRef(type, $0.dataID, run: $0.run) }
                try await observer.put(bias.map { (JSONValue.int(0), $0) })
                try await observer.collections.register("c/" + tag, .calibration)
                return { try await butler.certify(bias, in: "c/" + tag, validity: .all) }
            case .associate:
                try await observer.put(refs.map { (JSONValue.int(0), $0) })
                try await observer.collections.register("t/" + tag, .tagged)
                return { try await butler.associate(refs, with: "t/" + tag) }
            case .unstore, .purge:
                try await observer.put(refs.map { (JSONValue.int(0), $0) })
                return { try await butler.prune(refs, Pruning(unstoring: true, purging: operation == .purge)) }
            }
        }

        /// How many datasets tell that an operation has happened.
        func count(_ operation: Operation, _ tag: String) async throws -> Int {
            switch operation {
            case .certify: return try await observer.queryDatasets("bias", collections: ["c/" + tag]).count
            case .associate: return try await observer.queryDatasets("metric", collections: ["t/" + tag]).count
            case .put, .ingest, .move:
                let runs = try await observer.collections.query(["u/" + tag], missingIsEmpty: true)
                let found = runs.isEmpty ? [] : try await observer.queryDatasets("metric", collections: ["u/" + tag])
                for ref in found { _ = try await observer.get(ref) }
                return found.count
            case .unstore, .purge:
                let found = try await observer.queryDatasets("metric", collections: ["u/" + tag])
                return 2 - (try await observer.stored(found).count { $0 })
            }
        }

        func findings(repairing: Bool = false) async throws -> [RepositoryFinding] {
            let found = Findings()
            _ = try await observer.check(RepositoryCheck(repairing: repairing, temporaryAge: .zero)) { found.add($0) }
            return found.all
        }
    }

    @Test(
        "the outcome is found out: success, or an error and nothing done",
        arguments: Operation.allCases,
        ServerProxy.Break.allCases
    )
    func foundOut(operation: Operation, kind: ServerProxy.Break) async throws {
        let scene = try await Scene()
        for number in 1...operation.transactions {
            let tag = "r\(number)"
            let run = try await scene.prepare(operation, tag)
            scene.proxy.arm(kind, count: number)
            var failure: (any Error)?
            do { try await run() } catch { failure = error }
            try #require(scene.proxy.hasBroken)
            let count = try await scene.count(operation, tag)
            if kind == .afterStatement {
                #expect(failure == nil && count == 2)
            } else {
                let error = try #require(failure as? ButlerError)
                #expect(error.code == .connection && !(error.cause is UnknownOutcome), "\(error)")
                #expect(count == (number == 1 ? 0 : 2))
                if number == 1 {
                    try await run()
                    #expect(try await scene.count(operation, tag) == 2)
                } else {
                    // Rows and files that are left lie in the trash.
                    #expect(Set(try await scene.findings().map(\.kind)) == [.trash])
                    try await scene.butler.emptyTrash()
                }
            }
            #expect(try await scene.findings().isEmpty)
        }
    }

    @Test("where the outcome cannot be found out the error says so, and files stay", arguments: [false, true])
    func unknown(wasCommitted: Bool) async throws {
        let (repository, proxy) = try await Self.lose(wasCommitted)
        #expect(proxy.hasBroken)
        // The program is gone; what it was not sure of is known to who comes after.
        let found = Findings()
        let butler = try await repository.open()
        _ = try await butler.check(RepositoryCheck(repairing: true, temporaryAge: .zero)) { found.add($0) }
        #expect(found.all.count { $0.kind == .unfinishedFile && $0.state == .repaired } == (wasCommitted ? 0 : 4))
        let rest = Findings()
        #expect(try await butler.check(RepositoryCheck(temporaryAge: .zero)) { rest.add($0) }.isClean, "\(rest.all)")
    }

    /// Loses the outcomes of a put and of an ingest by move, with a program that has ended when this returns.
    private static func lose(_ wasCommitted: Bool) async throws -> (TemporaryRepository, ServerProxy) {
        let scene = try await Scene(locks: LockWaiting(timeout: .seconds(1)))
        for operation in [Operation.put, .move] {
            let tag = "\(operation)"
            let run = try await scene.prepare(operation, tag)
            scene.proxy.arm(wasCommitted ? .afterStatement : .beforeStatement, refusing: true)
            let error = await #expect(throws: ButlerError(.connection, "")) { try await run() }
            #expect(error?.cause is UnknownOutcome && error?.message.contains("unknown") == true)
            scene.proxy.acceptAgain()
            #expect(try await scene.count(operation, tag) == (wasCommitted ? 2 : 0))
            let refs = try await scene.refs("u/" + tag)
            for (ref, dataID) in zip(refs, try await scene.observer.expand(refs.map(\.dataID))) {
                let path = try scene.observer.datastore.predictedPath(for: ref.expanded(dataID))
                #expect(FileManager.default.fileExists(atPath: scene.repository.root + "/" + path))
            }
            guard operation == .move else { continue }
            let files = try FileManager.default.contentsOfDirectory(atPath: scene.repository.folder)
            #expect(files.count { $0.hasPrefix("u-\(tag)") } == 2)
        }
        return (scene.repository, scene.proxy)
    }
}

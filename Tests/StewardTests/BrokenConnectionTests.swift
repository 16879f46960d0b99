import Databases
import Foundation
import StewardCore
import StewardTesting
import Synchronization
import Testing

@testable import Steward

/// A database server that ends sessions or starts again in the middle of work: a typed error or a repetition, nothing half
/// written, and the same butler goes on.
@Suite(
    .serialized,
    .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed"),
    .enabled(if: TestBackend.isFirstPass, "the first pass does this"),
    .timeLimit(.minutes(20))
) struct BrokenConnectionTests {
    /// Ends the sessions of a name before a certain statement.
    private final class Assassin: StatementObserver {
        private let server: PostgreSQLServer
        private let name: String
        private let countdown = Mutex(0)

        init(_ server: PostgreSQLServer, name: String) {
            self.server = server
            self.name = name
        }

        func strike(before statement: Int) { countdown.withLock { $0 = statement } }

        /// Whether the statement has come.
        var hasStruck: Bool { countdown.withLock { $0 == 0 } }

        func willRun(_ statement: ObservedStatement) {
            let isDue = countdown.withLock { left in
                guard left > 0 else { return false }
                left -= 1
                return left == 0
            }
            guard isDue else { return }
            _ = try? server.query(
                "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE application_name = '\(name)'"
            )
        }
    }

    /// Gives the sessions of a repository a name of their own.
    private static func name(_ repository: TemporaryRepository) throws -> String {
        let name = "victim-" + UUID().uuidString
        let path = repository.root + "/butler.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("?host=", with: "?application_name=\(name)&host=").write(
            toFile: path,
            atomically: true,
            encoding: .utf8
        )
        return name
    }

    @Test("a session that ends before any statement of a put")
    func put() async throws {
        let server = try #require(PostgreSQLServer.shared)
        let repository = try await TemporaryRepository(.postgresql)
        let type = try await repository.filled().datasetType("metric")
        let assassin = Assassin(server, name: try Self.name(repository))
        let butler = try await Butler.open(repository.root, writeable: true, observer: assassin)
        let dataID = try await butler.dataID(type, detector: 1)
        var codes: Set<ButlerError.Code> = []
        var statement = 0
        repeat {
            statement += 1
            let run = "u/r\(statement)"
            assassin.strike(before: statement)
            var failure: ButlerError?
            do {
                try await butler.put(JSONValue.int(1), as: type, dataID, run: run)
            } catch let error as ButlerError {
                failure = error
                codes.insert(error.code)
            }
            let runs = try await butler.collections.query([run], missingIsEmpty: true)
            let refs = runs.isEmpty ? [] : try await butler.queryDatasets("metric", collections: [run])
            for ref in refs { #expect(try await butler.get(ref) as? JSONValue == .int(1)) }
            // Before the commit is sent nothing is stored.
            #expect(refs.count == (failure == nil ? 1 : 0), "statement \(statement)")
            if failure != nil { try await butler.put(JSONValue.int(1), as: type, dataID, run: run) }
        } while assassin.hasStruck && statement < 60
        #expect(statement > 5 && codes == [.connection])
        let found = Findings()
        #expect(try await butler.check { found.add($0) }.isClean, "\(found.all)")
    }

    @Test("queries are repeated on a new session, snapshots end in an error or are repeated")
    func query() async throws {
        let server = try #require(PostgreSQLServer.shared)
        let repository = try await TemporaryRepository(.postgresql)
        let first = try await repository.filled()
        let type = try await first.datasetType("metric")
        try await first.put(JSONValue.int(1), as: type, first.dataID(type, detector: 1), run: "u/r")
        let assassin = Assassin(server, name: try Self.name(repository))
        let butler = try await Butler.open(repository.root, writeable: true, observer: assassin)
        var statement = 0
        repeat {
            statement += 1
            assassin.strike(before: statement)
            do {
                #expect(try await butler.queryDatasets("metric", collections: ["u/*"]).count == 1)
            } catch let error as ButlerError {
                #expect(error.code == .connection)
            }
            #expect(try await butler.queryDatasets("metric", collections: ["u/*"]).count == 1)
        } while assassin.hasStruck && statement < 60
        #expect(statement > 2)
    }

    @Test("a server that starts again between and within operations")
    func restart() async throws {
        let server = try #require(try PostgreSQLServer.start())
        let repository = try await TemporaryRepository(.postgresql, server)
        let butler = try await repository.filled()
        let type = try await butler.datasetType("metric")
        let stored = try await butler.put(JSONValue.int(1), as: type, butler.dataID(type, detector: 1), run: "u/r")
        try server.crash()
        #expect(try await butler.get(stored) as? JSONValue == .int(1))
        try await butler.put(JSONValue.int(2), as: type, butler.dataID(type, detector: 2), run: "u/r")
        let error = await #expect(throws: ButlerError.self) {
            try await butler.write { connection in
                try butler.registry.datasets.delete([stored.id], on: connection)
                try server.crash()
                _ = try connection.integer("SELECT 1")
            }
        }
        #expect(error?.code == .connection || error?.code == .integrity)
        #expect(try await butler.get(stored) as? JSONValue == .int(1))
        try await butler.put(JSONValue.int(3), as: type, butler.dataID(type, detector: 3), run: "u/r")
        let found = Findings()
        #expect(try await butler.check { found.add($0) }.isClean, "\(found.all)")
    }
}

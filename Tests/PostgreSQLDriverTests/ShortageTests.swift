import Databases
import PostgreSQLDriver
import StewardCore
import StewardTesting
import Synchronization
import Testing

/// A server that has fewer connections than are asked for.
@Suite(.needsServer, .timeLimit(.minutes(20))) struct ShortageTests {
    /// The connections that the server has.
    private static let limit = 6

    private static func open(
        _ server: PostgreSQLServer,
        timeout: Duration = .seconds(60),
        report: (@Sendable (LockWaitReport) -> Void)? = nil
    ) async throws -> PostgreSQLDatabase {
        let parameters: [ConnectionParameter] = [
            .init("host", server.folder), .init("user", server.user), .init("dbname", server.database),
        ]
        let waiting = LockWaiting(timeout: timeout, patience: .milliseconds(50), report: report)
        return try await .open(
            parameters,
            name: "small",
            namespace: "public",
            mode: .readOnly,
            options: .init(locks: waiting)
        )
    }

    @Test("who finds no connection left waits until one is, says so, and gives up when the time is over")
    func opening() async throws {
        let server = try #require(try PostgreSQLServer.start(connections: Self.limit))
        var others: [PostgreSQLDatabase] = []
        for _ in 0..<Self.limit { others.append(try await Self.open(server)) }
        let error = try await #require(throws: ButlerError.self) {
            _ = try await Self.open(server, timeout: .milliseconds(300))
        }
        #expect(error.code == .databaseBusy)
        #expect(error.message.hasPrefix("The server of small has no connection left: "))
        #expect(error.remedy?.contains("STEWARD_DATABASE_CONNECTIONS") == true)
        let reports = Mutex([String]())
        async let late = Self.open(server) { report in reports.withLock { $0.append(report.description) } }
        while reports.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(10)) }
        try await others.removeLast().close()
        #expect(try await late.read(.latest) { try $0.integer("SELECT 1") } == 1)
        let first = try #require(reports.withLock { $0.first })
        #expect(first.hasPrefix("Waiting for a connection, since the server has none left, for 0."))
        #expect(first.hasSuffix(" s of at most 60 s: database small."))
    }

    @Test("a wait for a connection ends when its task is cancelled")
    func cancellation() async throws {
        let server = try #require(try PostgreSQLServer.start(connections: Self.limit))
        var others: [PostgreSQLDatabase] = []
        for _ in 0..<Self.limit { others.append(try await Self.open(server)) }
        let isWaiting = Mutex(false)
        let late = Task { try await Self.open(server) { _ in isWaiting.withLock { $0 = true } } }
        while !isWaiting.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(try await others[0].read(.latest) { try $0.integer("SELECT 1") } == 1)
    }

    @Test("who has a connection does with it where the server has no more")
    func sharing() async throws {
        let server = try #require(try PostgreSQLServer.start(connections: Self.limit))
        var others: [PostgreSQLDatabase] = []
        for _ in 0..<Self.limit { others.append(try await Self.open(server)) }
        let database = others[0]
        let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 1...20 {
                group.addTask {
                    try await database.read(.latest) {
                        try $0.integer("SELECT \(Int64(number))::bigint FROM pg_sleep(0.01)") ?? 0
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 210)
    }
}

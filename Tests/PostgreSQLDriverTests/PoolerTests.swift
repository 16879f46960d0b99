import Databases
import PostgreSQLDriver
import StewardCore
import StewardTesting
import Testing

/// A real pooler before the server: what it is set to need not be told, and nothing is left in the server's sessions.
@Suite(
    .needsServer,
    .enabled(if: PgBouncer.isAvailable, "PgBouncer is not installed"),
    .timeLimit(.minutes(20))
) struct PoolerTests {
    private static let transactions = shared("transaction")
    private static let sessions = shared("session")

    private static func shared(_ mode: String) -> PgBouncer? {
        PostgreSQLServer.shared.flatMap { try? PgBouncer(to: $0, mode: mode, size: mode == "session" ? 40 : 3) }
    }

    private static func parameters(_ pooler: PgBouncer?) throws -> [ConnectionParameter] {
        let folder = try #require(pooler, "PgBouncer did not start").folder
        return try TestDatabase.parameters().filter { $0.keyword != "host" } + [.init("host", folder)]
    }

    private static func open(
        _ pooler: PgBouncer?,
        _ options: PostgreSQLDatabase.Options = .init()
    ) async throws -> PostgreSQLDatabase {
        let schema = TestDatabase.newSchema()
        return try await .open(parameters(pooler), name: "test", namespace: schema, mode: .create, options: options)
    }

    @Test("databases behind PgBouncer in transaction mode behave as they must", arguments: DatabaseConformance.checks)
    func transactionMode(check: DatabaseConformance.Check) async throws {
        try await check.run(try await Self.open(Self.transactions))
    }

    @Test("databases behind PgBouncer in session mode behave as they must", arguments: DatabaseConformance.checks)
    func sessionMode(check: DatabaseConformance.Check) async throws {
        let database = try await Self.open(Self.sessions)
        try await check.run(database)
        try await database.close()
    }

    @Test("programs that share three sessions of the server leave nothing in them")
    func sharing() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let database = try await Self.open(Self.transactions)
                    for round in 0..<20 as Range<Int64> {
                        #expect(try await database.read(.latest) { try $0.integer("SELECT \(round)") } == round)
                        #expect(try await database.write { try $0.integer("SELECT \(round) + 1") } == round + 1)
                    }
                    try await database.close()
                }
            }
            try await group.waitForAll()
        }
        // Whoever gets these sessions next may write, and finds no statements of ours.
        var options = PostgreSQLDatabase.Options()
        options.isPooled = true
        let other = try await Self.open(Self.transactions, options)
        let left = try await other.read(.latest) { connection in
            try connection.texts(
                """
                SELECT name FROM pg_prepared_statements UNION ALL \
                SELECT setting FROM pg_settings WHERE name = 'default_transaction_read_only' AND setting = 'on'
                """
            )
        }
        #expect(left.isEmpty)
    }
}

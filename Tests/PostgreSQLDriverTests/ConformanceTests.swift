import Databases
import PostgreSQLDriver
import StewardTesting
import Testing

@Suite(.needsServer) struct ConformanceTests {
    @Test("PostgreSQL behaves as databases must", .timeLimit(.minutes(20)), arguments: DatabaseConformance.checks)
    func direct(check: DatabaseConformance.Check) async throws {
        try await check.run(try await TestDatabase.open())
    }

    @Test(
        "PostgreSQL behind a transaction pooler behaves as databases must",
        .timeLimit(.minutes(20)),
        arguments: DatabaseConformance.checks
    )
    func pooled(check: DatabaseConformance.Check) async throws {
        var options = PostgreSQLDatabase.Options()
        options.isPooled = true
        try await check.run(try await TestDatabase.open(TestDatabase.newSchema(), .create, options))
    }
}

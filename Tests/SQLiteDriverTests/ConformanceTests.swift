import Databases
import SQLiteDriver
import StewardTesting
import Testing

@Suite struct ConformanceTests {
    @Test("SQLite files behave as databases must", .timeLimit(.minutes(15)), arguments: DatabaseConformance.checks)
    func file(check: DatabaseConformance.Check) async throws {
        try await withTemporaryFolder { folder in
            try await check.run(try await SQLiteDatabase.open(folder + "/db.sqlite3", mode: .create))
        }
    }

    @Test("databases in memory behave as files do", .timeLimit(.minutes(15)), arguments: DatabaseConformance.checks)
    func memory(check: DatabaseConformance.Check) async throws {
        try await check.run(try await SQLiteDatabase.inMemory())
    }
}

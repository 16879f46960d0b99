import Databases
import PostgreSQLDriver
import StewardTesting
import Synchronization
import Testing

/// Databases on the process's private server, each in a schema of its own.
enum TestDatabase {
    private static let lastNumber = Mutex(0)

    static func parameters() throws -> [ConnectionParameter] {
        let server = try #require(PostgreSQLServer.shared, "the server did not start")
        return [.init("host", server.folder), .init("user", server.user), .init("dbname", server.database)]
    }

    /// A name for a schema that no other test uses.
    static func newSchema() -> String {
        let number = lastNumber.withLock { last in
            last += 1
            return last
        }
        return "test_\(number)"
    }

    static func open(
        _ schema: String = newSchema(),
        _ mode: PostgreSQLDatabase.Mode = .create,
        _ options: PostgreSQLDatabase.Options = .init()
    ) async throws -> PostgreSQLDatabase {
        try await .open(try parameters(), name: "test", namespace: schema, mode: mode, options: options)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips, and says so, where no server can be started.
    static var needsServer: Self { .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed") }
}

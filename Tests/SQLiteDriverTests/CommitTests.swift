import Databases
import Foundation
import SQLiteDriver
import StewardTesting
import Synchronization
import Testing

@Suite struct CommitTests {
    private static let table = TableSpec("t", columns: [.key("id", .int64)])

    /// Makes a database with a row, by as many writes as make the connection keep its journal.
    private func database(_ path: String) async throws -> SQLiteDatabase {
        let database = try await SQLiteDatabase.open(path, mode: .create)
        try await database.write { try $0.createTable(Self.table) }
        try await database.write { try insert(1, on: $0) }
        try await database.write { try insert(2, on: $0) }
        return database
    }

    private func insert(_ id: Int64, on connection: any Connection) throws {
        try connection.execute("INSERT INTO t (id) VALUES (\(id))")
    }

    private func count(_ path: String) async throws -> Int64? {
        let database = try await SQLiteDatabase.open(path, mode: .readWrite)
        let count = try await database.read { try $0.integer("SELECT count(*) FROM t") }
        try await database.close()
        return count
    }

    @Test("at the last moment before a commit is final the file has the changes, and the journal undoes them")
    func lastMoment() async throws {
        try await withTemporaryFolder { folder in
            let (path, copy) = (folder + "/db", folder + "/copy")
            let database = try await database(path)
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let change = Mutex(Data())
            try await database.write { connection in
                connection.beforeCommit {
                    for suffix in ["", "-journal"] {
                        try Data(contentsOf: URL(fileURLWithPath: path + suffix))
                            .write(to: URL(fileURLWithPath: copy + suffix))
                    }
                    try change.withLock { $0 = try Data(contentsOf: URL(fileURLWithPath: copy)) }
                }
                try insert(3, on: connection)
            }
            #expect(change.withLock { $0 } != before)
            #expect(try await count(copy) == 2)
            #expect(try await count(path) == 3)
        }
    }

    @Test("an error at the last moment leaves the file as it was; other connections see nothing of the write")
    func failure() async throws {
        struct Stop: Error {}
        try await withTemporaryFolder { folder in
            let path = folder + "/db"
            let database = try await database(path)
            await #expect(throws: Stop.self) {
                try await database.write { connection in
                    connection.beforeCommit { throw Stop() }
                    for id in 3..<5000 { try insert(Int64(id), on: connection) }
                }
            }
            #expect(try await count(path) == 2)
            try await database.write { try insert(3, on: $0) }
            #expect(try await count(path) == 3)
        }
    }
}

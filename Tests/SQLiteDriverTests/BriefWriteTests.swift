import Databases
import Foundation
import SQLiteDriver
import StewardCore
import StewardTesting
import Synchronization
import Testing

/// Writes that may run on the calling thread.
@Suite(.serialized) struct BriefWriteTests {
    private static let table = TableSpec("t", columns: [.key("id", .int64)])

    private func withDatabase(_ body: (SQLiteDatabase, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/db", mode: .create)
            try await database.write { try $0.createTable(Self.table) }
            try await body(database, folder + "/db")
            try await database.close()
        }
    }

    private func insert(_ id: Int, _ connection: any Connection) throws {
        try connection.execute("INSERT INTO t (id) VALUES (\(Int64(id)))")
    }

    private func count(_ database: SQLiteDatabase) async throws -> Int64? {
        try await database.read { try $0.integer("SELECT count(*) FROM t") }
    }

    @Test("they commit, or undo everything when the body throws")
    func outcome() async throws {
        struct Stop: Error {}
        try await withDatabase { database, _ in
            try await database.writeBriefly { try insert(1, $0) }
            await #expect(throws: Stop.self) {
                try await database.writeBriefly { connection in
                    try insert(2, connection)
                    throw Stop()
                }
            }
            #expect(try await count(database) == 1)
        }
    }

    @Test("many at once all succeed")
    func many() async throws {
        try await withDatabase { database, path in
            let other = try await SQLiteDatabase.open(path, mode: .readWrite)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 0..<200 {
                    group.addTask { try await (id % 2 == 0 ? database : other).writeBriefly { try insert(id, $0) } }
                }
                try await group.waitForAll()
            }
            try await other.close()
            #expect(try await count(database) == 200)
        }
    }

    @Test("who holds the lock is waited for as in any write")
    func lock() async throws {
        try await withDatabase { database, path in
            let other = try await SQLiteDatabase.open(path, mode: .readWrite)
            let isHeld = Mutex(false)
            async let holder: Void = other.write { connection in
                try insert(1, connection)
                isHeld.withLock { $0 = true }
                Thread.sleep(forTimeInterval: 0.3)
            }
            while !isHeld.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
            try await database.writeBriefly { try insert(2, $0) }
            try await holder
            try await other.close()
            #expect(try await count(database) == 2)
        }
    }

    @Test("a reader that needs the cooperative pool to end is no obstacle")
    func reader() async throws {
        try await withDatabase { database, path in
            try await database.writeBriefly { try insert(1, $0) }
            let other = try await SQLiteDatabase.open(path, mode: .readOnly)
            let mayEnd = DispatchSemaphore(value: 0)
            let isReading = Mutex(false)
            async let rows: Int64? = other.read(.snapshot) { connection in
                let found = try connection.integer("SELECT count(*) FROM t")
                isReading.withLock { $0 = true }
                mayEnd.wait()
                return found
            }
            while !isReading.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(1)) }
            // As many tasks as would fill the pool, if each of them waited on a thread of it.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 2..<40 { group.addTask { try await database.writeBriefly { try insert(id, $0) } } }
                group.addTask(priority: .background) { _ = mayEnd.signal() }
                try await group.waitForAll()
            }
            #expect(try await rows == 1)
            try await other.close()
            #expect(try await count(database) == 39)
        }
    }
}

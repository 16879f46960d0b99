import Databases
import Dispatch
import Foundation
@testable import SQLiteDriver
import StewardCore
import Synchronization
import Testing

@Suite struct LockTests {
    private static let table = TableSpec("t", columns: [.key("id", .int64)])

    private func insert(_ id: Int, _ connection: any Connection) throws {
        var rows = RowBatch(columns: ["id"])
        rows.append(id)
        try connection.insert(rows, into: Self.table)
    }

    private func open(
        _ path: String,
        timeout: Duration,
        mode: SQLiteDatabase.Mode = .readWrite
    ) async throws
        -> SQLiteDatabase
    {
        try await SQLiteDatabase.open(path, mode: mode, options: .init(locks: LockWaiting(timeout: timeout)))
    }

    @Test("a writer that waits too long says for what, how long and for whom", .timeLimit(.minutes(15)))
    func timeout() async throws {
        try await withTemporaryFolder { folder in
            let first = try await open(folder + "/db", timeout: .seconds(30), mode: .create)
            try await first.write { try $0.createTable(Self.table) }
            let second = try await open(folder + "/db", timeout: .milliseconds(200))
            let (holding, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let held: Void = first.write { connection in
                try insert(1, connection)
                holding.signal()
                release.wait()
            }
            await signalled(holding)
            let error = await #expect(throws: ButlerError.self) { try await second.write { try insert(2, $0) } }
            #expect(error?.code == .databaseBusy)
            #expect(error?.message.contains("waited 0.2 s to begin writing") == true, "\(String(describing: error))")
            #expect(error?.remedy?.contains("STEWARD_LOCK_TIMEOUT") == true)
            #if os(Linux)
            #expect(error?.context.contains(.init("held by", "this process")) == true, "\(String(describing: error))")
            #endif
            let seen = try await second.read { try $0.integer("SELECT count(*) FROM t") }
            #expect(seen == 0)
            release.signal()
            try await held
            try await second.write { try insert(2, $0) }
            #expect(try await first.read { try $0.integer("SELECT count(*) FROM t") } == 2)
        }
    }

    @Test("a writer waits for its turn, and a cancelled one stops waiting", .timeLimit(.minutes(15)))
    func turns() async throws {
        try await withTemporaryFolder { folder in
            let first = try await open(folder + "/db", timeout: .seconds(60), mode: .create)
            try await first.write { try $0.createTable(Self.table) }
            let second = try await open(folder + "/db", timeout: .seconds(60))
            let third = try await open(folder + "/db", timeout: .seconds(60))
            let (holding, release) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let held: Void = first.write { _ in
                holding.signal()
                release.wait()
            }
            await signalled(holding)
            let patient = Task { try await second.write { try insert(2, $0) } }
            let cancelled = Task { try await third.write { try insert(3, $0) } }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            release.signal()
            try await held
            try await patient.value
            #expect(try await third.read { try $0.integer("SELECT max(id) FROM t") } == 2)
        }
    }

    @Test("a task cancelled while it waits for a lock stops waiting", .timeLimit(.minutes(15)))
    func cancelledWait() async throws {
        let wait = LockWait(LockWaiting(timeout: .seconds(60)))
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return wait.pause(afterAttempt: 0)
        }
        #expect(await !task.value)
        let short = LockWait(LockWaiting(timeout: .milliseconds(5)))
        var attempts = 0
        while short.pause(afterAttempt: attempts) {
            attempts += 1
        }
        #expect(short.waited >= .milliseconds(5) && attempts > 0)
    }

    @Test("reads run beside each other and beside a writer", .timeLimit(.minutes(15)))
    func concurrency() async throws {
        try await withTemporaryFolder { folder in
            let database = try await open(folder + "/db", timeout: .seconds(30), mode: .create)
            try await database.write { try $0.createTable(Self.table) }
            let (reading, writing) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let first = database.read { connection in
                let before = try connection.integer("SELECT count(*) FROM t")
                reading.signal()
                writing.wait()
                return [before, try connection.integer("SELECT count(*) FROM t")]
            }
            await signalled(reading)
            #expect(try await database.read { try $0.integer("SELECT count(*) FROM t") } == 0)
            try await database.write { connection in
                try insert(1, connection)
                #expect(try connection.integer("SELECT count(*) FROM t") == 1)
                writing.signal()
            }
            #expect(try await first == [0, 0])
            #expect(try await database.read { try $0.integer("SELECT count(*) FROM t") } == 1)
        }
    }

    @Test(
        "the lock of another process is waited for and its holder named",
        .timeLimit(.minutes(15)),
        .enabled(if: Python.exists)
    )
    func otherProcess() async throws {
        try await withTemporaryFolder { folder in
            let database = try await open(folder + "/db", timeout: .milliseconds(300), mode: .create)
            try await database.write { try $0.createTable(Self.table) }
            let python = try Python(
                """
                import sqlite3, sys
                c = sqlite3.connect(sys.argv[1], isolation_level=None)
                c.execute("BEGIN IMMEDIATE")
                c.execute("INSERT INTO t VALUES (7)")
                print("locked", flush=True)
                sys.stdin.readline()
                c.execute("COMMIT")
                """,
                folder + "/db"
            )
            #expect(python.readLine() == "locked")
            let error = await #expect(throws: ButlerError.self) { try await database.write { try insert(1, $0) } }
            #expect(error?.code == .databaseBusy)
            #if os(Linux)
            let holder = error?.context.first { $0.label == "held by" }?.value
            #expect(holder?.hasPrefix("process \(python.identifier) (python") == true, "\(holder ?? "nobody")")
            #expect(holder?.contains(") on host ") == true, "\(holder ?? "nobody")")
            let heard = Mutex<[LockWaitReport]>([])
            let locks = LockWaiting(timeout: .milliseconds(500), patience: .milliseconds(100)) { report in
                heard.withLock { $0.append(report) }
            }
            let other = try await SQLiteDatabase.open(folder + "/db", mode: .readWrite, options: .init(locks: locks))
            await #expect(throws: ButlerError(.databaseBusy, "")) { try await other.write { try insert(1, $0) } }
            let reports = heard.withLock { $0 }
            #expect((2...3).contains(reports.count))
            #expect(reports.allSatisfy { $0.holders == holder && $0.timeout == .milliseconds(500) })
            #expect(
                "\(try #require(reports.first))".hasPrefix(
                    "Waiting for the write lock held by process \(python.identifier)"
                )
            )
            #endif
            python.finish()
            try await database.write { try insert(1, $0) }
            #expect(try await database.read { try $0.integer("SELECT sum(id) FROM t") } == 8)
        }
    }

    @Test("the longest wait comes from the options, then the environment, then the reference")
    func lockTimeout() throws {
        let options = SQLiteDatabase.Options()
        #expect(try options.resolvedLocks([:]).timeout == .seconds(300))
        #expect(try options.resolvedLocks(["STEWARD_LOCK_TIMEOUT": "2.5"]).timeout == .milliseconds(2500))
        let set = SQLiteDatabase.Options(locks: LockWaiting(timeout: .seconds(1)))
        #expect(try set.resolvedLocks(["STEWARD_LOCK_TIMEOUT": "2.5"]).timeout == .seconds(1))
        for text in ["", "soon", "-1", "nan", "1e9"] {
            #expect(throws: ButlerError(.configuration, "")) {
                try options.resolvedLocks(["STEWARD_LOCK_TIMEOUT": text])
            }
        }
    }

    /// Waits for a semaphore without blocking the cooperative pool.
    private func signalled(_ semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}

/// A Python program that runs beside the test.
private struct Python {
    static let executable = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    static var exists: Bool { executable != nil }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ program: String, _ argument: String) throws {
        process.executableURL = URL(fileURLWithPath: try #require(Self.executable))
        process.arguments = ["-c", program, argument]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    var identifier: Int32 { process.processIdentifier }

    func readLine() -> String {
        String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Lets the program go on, and waits for its end.
    func finish() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

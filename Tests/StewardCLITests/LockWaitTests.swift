import Foundation
import StewardTesting
import Testing

/// Commands that wait for a lock: they say for whom, and no longer than they are told.
@Suite(.timeLimit(.minutes(20))) struct LockWaitTests {
    private func put(_ root: String, _ file: String, _ seconds: String) throws -> StewardProgram.Outcome {
        try StewardProgram().run(
            ["put", root, "metric", file, "--run", "u/new", "--data-id", "instrument=Cam1,detector=1"]
                + ["--lock-timeout", seconds]
        )
    }

    @Test("a command that waits for the write lock of SQLite names its holder and gives up in time")
    func sqlite() async throws {
        let sample = try await SampleRepository()
        let file = try sample.write("value: 1", to: "value.yaml")
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None)
            c.execute("BEGIN IMMEDIATE")
            print("locked", flush=True)
            sys.stdin.readline()
            """
        holder.arguments = ["python3", "-c", script, sample.root + "/gen3.sqlite3"]
        let (input, output) = (Pipe(), Pipe())
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        #expect(!output.fileHandleForReading.availableData.isEmpty)
        let start = ContinuousClock.now
        let outcome = try put(sample.root, file, "2.5")
        #expect(ContinuousClock.now - start > .seconds(2.5))
        #expect(outcome.status == 1)
        #if os(Linux)
        let name = "held by process \(holder.processIdentifier) (python"
        #expect(outcome.errors.contains("Waiting for the write lock \(name)"), "\(outcome.errors)")
        #expect(outcome.errors.contains(" on host "))
        #endif
        #expect(outcome.errors.contains("--lock-timeout"))
        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        #expect(try put(sample.root, file, "60").status == 0)
    }

    @Test(
        "a command that waits for a lock of PostgreSQL names its holder and gives up in time",
        .enabled(if: PostgreSQLServer.isAvailable, "no PostgreSQL server is installed")
    )
    func postgresql() async throws {
        let server = try #require(PostgreSQLServer.shared)
        let folder = try TemporaryFolder()
        let root = folder.path + "/repo"
        try await SampleRepository.make(root, .postgresql)
        let file = folder.path + "/value.yaml"
        try "value: 1".write(toFile: file, atomically: false, encoding: .utf8)
        let table = TestBackend.namespace(of: root) + ".collection"
        let holder = Task.detached {
            try server.query("BEGIN; LOCK TABLE \(table) IN EXCLUSIVE MODE; SELECT pg_sleep(120); COMMIT")
        }
        var process = ""
        while process.isEmpty {
            try await Task.sleep(for: .milliseconds(50))
            process = try server.query(
                "SELECT pid FROM pg_locks WHERE relation = to_regclass('\(table)') AND mode = 'ExclusiveLock' AND granted"
            )
        }
        let outcome = try put(root, file, "4")
        #expect(outcome.status == 1)
        let name = "held by the server's process \(process) (psql)"
        #expect(outcome.errors.contains("Waiting for the write lock \(name)"), "\(outcome.errors)")
        #expect(outcome.errors.contains("--lock-timeout"))
        try server.query("SELECT pg_terminate_backend(\(process))")
        _ = await holder.result
        #expect(try put(root, file, "60").status == 0)
    }
}

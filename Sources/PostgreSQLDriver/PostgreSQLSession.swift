internal import CPostgreSQL
internal import Databases
internal import Dispatch
internal import StewardCore

/// One session with the thread that it runs on; work waits for its turn.
actor PostgreSQLSession {
    private nonisolated let executor = QueueExecutor()
    private nonisolated let canceller: StatementCanceller
    private let connection: PostgreSQLConnection

    /// Creates a session; it connects when it is first used.
    init(_ settings: SessionSettings) {
        canceller = StatementCanceller()
        connection = PostgreSQLConnection(settings, canceller)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Lends the connection to a function on the session's thread, ending its statement when the task is cancelled.
    nonisolated func lend<Result: Sendable>(
        _ body: @Sendable (PostgreSQLConnection) throws -> Result
    ) async throws -> Result {
        let canceller = canceller
        let work = canceller.nextWork()
        return try await withTaskCancellationHandler {
            try await run(work, body)
        } onCancel: {
            canceller.cancel(work)
        }
    }

    private func run<Result: Sendable>(
        _ work: UInt64,
        _ body: @Sendable (PostgreSQLConnection) throws -> Result
    ) throws -> Result {
        canceller.begin(work)
        defer { connection.finishWork() }
        return try body(connection)
    }

    /// Connects unless the server has no connection to spare; returns whether it had.
    func opensAtOnce() -> Bool {
        connection.opensAtOnce()
    }

    /// Closes the connection once running work is done.
    func close() {
        connection.disconnect()
    }
}

/// Runs jobs one after the other on a queue of its own, so that they may block.
private final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "steward.postgresql")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}

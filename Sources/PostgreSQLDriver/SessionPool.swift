internal import Dispatch
internal import StewardCore
internal import Synchronization

/// The sessions of a database: the one used last is lent first, and no more are opened than are needed at once and the
/// server has to spare.
final class SessionPool: Sendable {
    private struct State {
        var idle: [PostgreSQLSession] = []
        /// Sessions that exist, idle or lent.
        var count = 0
        var waiters: [(number: Int, continuation: CheckedContinuation<PostgreSQLSession, any Error>)] = []
        var nextNumber = 0
        var isClosed = false
    }

    private enum Lent {
        case session(PostgreSQLSession)
        /// One more than there were.
        case another(PostgreSQLSession)
        case mustWait
        case closed
    }

    private let settings: SessionSettings
    private let limit: Int
    private let state = Mutex(State())

    /// Creates a pool.
    ///
    /// - Parameters:
    ///   - settings: What the sessions have in common.
    ///   - first: A session that exists already.
    ///   - limit: Most sessions; more users wait for one.
    init(_ settings: SessionSettings, first: PostgreSQLSession, limit: Int) {
        self.settings = settings
        self.limit = max(1, limit)
        state.withLock { state in
            state.idle = [first]
            state.count = 1
        }
    }

    /// Lends a session to a function; waits for one as long as for a lock.
    func lend<Result: Sendable>(
        _ body: @Sendable (PostgreSQLConnection) throws -> Result
    ) async throws -> Result {
        let session = try await acquire()
        defer { release(session) }
        return try await session.lend(body)
    }

    /// Closes the idle sessions now, and those that are lent when they come back.
    func close() async {
        let (idle, waiters) = state.withLock { state in
            defer {
                state.idle = []
                state.waiters = []
                state.isClosed = true
            }
            return (state.idle, state.waiters)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: closedError) }
        for session in idle { await session.close() }
    }

    private func acquire() async throws -> PostgreSQLSession {
        try Task.checkCancellation()
        let lent = state.withLock { state -> Lent in
            guard !state.isClosed else { return .closed }
            if let session = state.idle.popLast() { return .session(session) }
            guard state.count >= limit else {
                state.count += 1
                return .another(PostgreSQLSession(settings))
            }
            return .mustWait
        }
        switch lent {
        case .session(let session): return session
        case .closed: throw closedError
        case .mustWait: return try await wait()
        case .another(let session):
            if await session.opensAtOnce() { return session }
            state.withLock { $0.count -= 1 }
            return try await wait()
        }
    }

    /// Waits for one of the sessions that there are; there is always one.
    private func wait() async throws -> PostgreSQLSession {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        let (seconds, _) = settings.lockTimeout.components
        let deadline = DispatchTime.now() + .seconds(Int(clamping: max(1, seconds)))
        DispatchQueue.global().asyncAfter(deadline: deadline) { [weak self] in self?.giveUp(number, nil) }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { enqueue(number, $0) }
        } onCancel: {
            giveUp(number, CancellationError())
        }
    }

    private func enqueue(_ number: Int, _ continuation: CheckedContinuation<PostgreSQLSession, any Error>) {
        let outcome = state.withLock { state -> Result<PostgreSQLSession, any Error>? in
            if state.isClosed { return .failure(closedError) }
            if Task.isCancelled { return .failure(CancellationError()) }
            if let session = state.idle.popLast() { return .success(session) }
            state.waiters.append((number, continuation))
            return nil
        }
        if let outcome { continuation.resume(with: outcome) }
    }

    /// Ends a wait that is still going on.
    private func giveUp(_ number: Int, _ error: (any Error)?) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
        let busy = ButlerError(
            .databaseBusy,
            "All connections to the database \(settings.name), at most \(limit), have been in use for too long.",
            remedy: "Do less at the same time, or allow more: set STEWARD_DATABASE_CONNECTIONS."
        )
        waiter?.continuation.resume(throwing: error ?? busy)
    }

    private func release(_ session: PostgreSQLSession) {
        let (waiter, isClosed) = state.withLock { state in
            if state.isClosed {
                state.count -= 1
                return (nil as CheckedContinuation<PostgreSQLSession, any Error>?, true)
            }
            guard state.waiters.isEmpty else { return (state.waiters.removeFirst().continuation, false) }
            state.idle.append(session)
            return (nil, false)
        }
        waiter?.resume(returning: session)
        if isClosed { Task { await session.close() } }
    }

    private var closedError: ButlerError {
        ButlerError(.database, "The database \(settings.name) has been closed.", remedy: "Open it again.")
    }
}

internal import Databases
internal import Foundation
internal import Synchronization

/// Decides how long a connection waits for a lock, and remembers how long it did.
///
/// SQLite's own waiting cannot be ended by cancelling a task; this can.
final class LockWait: Sendable {
    private struct State {
        var start = ContinuousClock.now
        var waited = Duration.zero
        /// When the wait is reported next.
        var nextReport = Duration.zero
        /// Whether locks are waited for at all.
        var isRefusing = false
    }

    /// Longest wait for one lock.
    let timeout: Duration
    private let locks: LockWaiting
    private let path: String?
    private let state = Mutex(State())

    /// Creates a wait.
    ///
    /// - Parameters:
    ///   - locks: How long it waits at most, and who hears of it.
    ///   - path: Path of the database file; nil if it is in memory.
    init(_ locks: LockWaiting, path: String? = nil) {
        self.locks = locks
        self.path = path
        timeout = locks.timeout ?? .seconds(300)
    }

    /// How long the last wait took.
    var waited: Duration { state.withLock { $0.waited } }

    /// Forgets the last wait.
    func reset() {
        state.withLock { $0.waited = .zero }
    }

    /// Runs statements that fail where a lock is not to be had at once.
    func refusing<Result>(_ body: () throws -> Result) rethrows -> Result {
        state.withLock { $0.isRefusing = true }
        defer { state.withLock { $0.isRefusing = false } }
        return try body()
    }

    /// Sleeps a little after a failed attempt to lock, the first being number 0; returns whether to try again.
    func pause(afterAttempt attempt: Int) -> Bool {
        let wait: (waited: Duration, isDue: Bool)? = state.withLock { state in
            guard !state.isRefusing else { return nil }
            let now = ContinuousClock.now
            if attempt == 0 {
                state.start = now
                state.nextReport = locks.patience
            }
            state.waited = now - state.start
            guard state.waited >= state.nextReport else { return (state.waited, false) }
            state.nextReport = state.waited * 2
            return (state.waited, true)
        }
        guard let (waited, isDue) = wait else { return false }
        if isDue, let path, let report = locks.report {
            let holders = LockHolders.describe(path: path)
            report(LockWaitReport(database: "\"\(path)\"", holders: holders, waited: waited, timeout: timeout))
        }
        guard waited < timeout, !Task.isCancelled else { return false }
        let pause = min(.milliseconds(1 << min(attempt, 6)), timeout - waited)
        Thread.sleep(forTimeInterval: max(0.001, pause / .seconds(1)))
        return true
    }
}

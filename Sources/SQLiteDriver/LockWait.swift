internal import Foundation
internal import Synchronization

/// Decides how long a connection waits for a lock, and remembers how long it did.
///
/// SQLite's own waiting cannot be ended by cancelling a task; this can.
final class LockWait: Sendable {
    private struct State {
        var start = ContinuousClock.now
        var waited = Duration.zero
    }

    /// Longest wait for one lock.
    let timeout: Duration
    private let state = Mutex(State())

    init(timeout: Duration) {
        self.timeout = timeout
    }

    /// How long the last wait took.
    var waited: Duration { state.withLock { $0.waited } }

    /// Forgets the last wait.
    func reset() {
        state.withLock { $0.waited = .zero }
    }

    /// Sleeps a little after a failed attempt to lock, the first being number 0; returns whether to try again.
    func pause(afterAttempt attempt: Int) -> Bool {
        let waited = state.withLock { state in
            let now = ContinuousClock.now
            if attempt == 0 {
                state.start = now
            }
            state.waited = now - state.start
            return state.waited
        }
        guard waited < timeout, !Task.isCancelled else { return false }
        let pause = min(.milliseconds(1 << min(attempt, 6)), timeout - waited)
        Thread.sleep(forTimeInterval: max(0.001, pause / .seconds(1)))
        return true
    }
}

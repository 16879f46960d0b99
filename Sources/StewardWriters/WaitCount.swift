import Steward
import StewardTesting
import Synchronization

/// Counts the waits for locks that were reported.
final class WaitCount: Sendable {
    private struct State {
        var count = 0
        var longest = Duration.zero
    }

    private let state = Mutex(State())

    func add(_ report: LockWaitReport) {
        state.withLock { state in
            // A wait is reported again whenever it has become twice as long.
            if report.waited < .milliseconds(150) { state.count += 1 }
            state.longest = max(state.longest, report.waited)
        }
    }

    func fill(_ report: inout WriterReport) {
        (report.waits, report.longestWait) = state.withLock { ($0.count, $0.longest / .milliseconds(1)) }
    }
}

import Steward
import StewardTesting
import Synchronization

/// Counts the waits for locks that were reported.
final class WaitCount: Sendable {
    private struct State {
        var count = 0
        var longest = Duration.zero
        var lastReport: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    func add(_ report: LockWaitReport) {
        state.withLock { state in
            // A wait is reported again whenever it has become twice as long.
            let now = ContinuousClock.now
            if state.lastReport.map({ $0 < now - report.waited }) ?? true { state.count += 1 }
            state.lastReport = now
            state.longest = max(state.longest, report.waited)
        }
    }

    func fill(_ report: inout WriterReport) {
        (report.waits, report.longestWait) = state.withLock { ($0.count, $0.longest / .milliseconds(1)) }
    }
}

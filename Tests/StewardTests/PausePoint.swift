import Databases
import Dispatch
import Synchronization

/// Stops a butler once before a statement that begins with a text, until it may go on.
final class PausePoint: StatementObserver {
    private let text: String
    private let isPausing: Bool
    private let isArmed = Atomic(false)
    private let reached = DispatchSemaphore(value: 0)
    private let going = DispatchSemaphore(value: 0)

    init(_ text: String, pausing: Bool = true) {
        self.text = text
        isPausing = pausing
    }

    func arm() { isArmed.store(true, ordering: .releasing) }

    func release() { going.signal() }

    func willRun(_ statement: ObservedStatement) {
        guard statement.text.hasPrefix(text), isArmed.exchange(false, ordering: .acquiringAndReleasing) else { return }
        reached.signal()
        if isPausing { _ = going.wait(timeout: .now() + 20) }
    }

    /// Waits for the statement without blocking the cooperative pool; false if it does not come.
    func isReached() async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: self.reached.wait(timeout: .now() + 20) == .success)
            }
        }
    }
}

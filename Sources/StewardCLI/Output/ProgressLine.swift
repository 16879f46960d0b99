internal import Foundation
internal import Synchronization

/// A line on standard error that shows how far long work has come: items, rate and time left.
///
/// Drawn only on a terminal (or when forced), not before half a second has passed, and at most ten times a second.
final class ProgressLine: Sendable {
    private struct State {
        var drawn: ContinuousClock.Instant
        var isShown = false
    }

    private let title: String
    private let isEnabled: Bool
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    init(_ title: String, isEnabled: Bool = Console.errorIsTerminal) {
        self.title = title
        self.isEnabled = isEnabled
        state = Mutex(State(drawn: start))
    }

    /// The progress of rows that are listed; not drawn between the rows where these go to the terminal as they come.
    static func rows(_ format: OutputFormat) -> ProgressLine {
        ProgressLine("Rows", isEnabled: Console.errorIsTerminal && (format == .table || !Console.outputIsTerminal))
    }

    /// Tells that so many of the items are done; nil for an unknown total.
    func update(_ done: Int, of total: Int?) {
        guard isEnabled else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            guard now - start > .milliseconds(500), now - state.drawn > .milliseconds(100) else { return }
            state.drawn = now
            state.isShown = true
            draw(done, total, elapsed: now - start)
        }
    }

    /// Removes the line.
    func finish() {
        guard state.withLock({ $0.isShown }) else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }

    private func draw(_ done: Int, _ total: Int?, elapsed: Duration) {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        let rate = Double(done) / max(seconds, 1e-3)
        guard let total else {
            return FileHandle.standardError.write(Data("\r\(title) \(done), \(Int(rate))/s\u{1B}[K".utf8))
        }
        let left = rate > 0 ? Int(Double(total - done) / rate) : 0
        let filled = total > 0 ? 30 * min(done, total) / total : 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let text = "\r\(title) \(bar) \(done)/\(total), \(Int(rate))/s, \(left) s left\u{1B}[K"
        FileHandle.standardError.write(Data(text.utf8))
    }
}

internal import CPostgreSQL
internal import Dispatch
internal import Synchronization

/// Ends the statement that a session runs, from any thread.
///
/// The mutex keeps libpq's cancel object from being freed while in use, and from being used when the work that it is
/// meant for is over.
final class StatementCanceller: Sendable {
    /// libpq's cancel object; `@unchecked Sendable` because any thread may use it.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private struct State {
        var handle: Handle?
        var lastWork: UInt64 = 0
        var current: UInt64?
        var hasCancelled = false
    }

    private let state = Mutex(State())

    deinit {
        detach()
    }

    /// Takes the cancel object of a new connection.
    func attach(_ connection: OpaquePointer) {
        let handle = PQgetCancel(connection).map { Handle(pointer: $0) }
        state.withLock { state in
            PQfreeCancel(state.handle?.pointer)
            state.handle = handle
        }
    }

    /// Frees the cancel object of a connection that is closed.
    func detach() {
        state.withLock { state in
            PQfreeCancel(state.handle?.pointer)
            state.handle = nil
        }
    }

    /// A number for a work that will begin.
    func nextWork() -> UInt64 {
        state.withLock { state in
            state.lastWork += 1
            return state.lastWork
        }
    }

    /// Tells that a work begins: from now on it can be cancelled.
    func begin(_ work: UInt64) {
        state.withLock { state in
            state.current = work
            state.hasCancelled = false
        }
    }

    /// Tells that a work is over; returns whether anything of it was cancelled.
    func end() -> Bool {
        state.withLock { state in
            state.current = nil
            return state.hasCancelled
        }
    }

    /// Asks the server to end the statement that a work runs, again and again until the work is over: what is asked just
    /// before a statement begins has no effect.
    func cancel(_ work: UInt64, after delay: DispatchTimeInterval = .nanoseconds(0)) {
        DispatchQueue.global().asyncAfter(deadline: .now() + delay) { [weak self] in
            guard let self else { return }
            let goesOn = state.withLock { state in
                guard state.current == work else { return false }
                Self.send(&state)
                return true
            }
            if goesOn { cancel(work, after: .milliseconds(50)) }
        }
    }

    /// Asks the server to end the statement that runs now.
    func cancelCurrent() {
        state.withLock { Self.send(&$0) }
    }

    private static func send(_ state: inout State) {
        guard let handle = state.handle else { return }
        state.hasCancelled = true
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = PQcancel(handle.pointer, buffer.baseAddress, 256)
        }
    }
}

internal import Dispatch
internal import Synchronization

/// Runs work that waits for disks on threads that may wait.
enum BlockingWork {
    /// Runs a body on a thread of the system's pool.
    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Results of a body for each item, in order, worked on by several threads at once.
    ///
    /// - Throws: What the body threw for one of the items; items not begun by then are left.
    static func map<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        _ body: @Sendable (Item) throws -> Value
    ) throws -> [Value] {
        guard items.count > 1 else { return try items.map(body) }
        let width = min(items.count, threadCount)
        let next = Atomic<Int>(0)
        let results = Mutex<(values: [Int: Value], failure: (any Error)?)>(([:], nil))
        DispatchQueue.concurrentPerform(iterations: width) { _ in
            var values: [Int: Value] = [:]
            while results.withLock({ $0.failure == nil }) {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < items.count else { break }
                do {
                    values[index] = try body(items[index])
                } catch {
                    results.withLock { $0.failure = $0.failure ?? error }
                }
            }
            results.withLock { $0.values.merge(values) { first, _ in first } }
        }
        return try results.withLock { results in
            if let failure = results.failure { throw failure }
            return items.indices.compactMap { results.values[$0] }
        }
    }

    /// Threads that work at a time; waiting for a disk leaves room for more of them than processors.
    private static let threadCount = 8
}

import Dispatch
import Foundation
import Synchronization

/// Tells blocking work, which knows no task, that its task was cancelled.
public final class Cancellation: Sendable {
    /// The cancellation of the work that runs on this thread.
    @TaskLocal public static var current: Cancellation?

    private let flag = Atomic(false)

    /// Creates one that has not come.
    public init() {}

    /// Whether it has come.
    public var hasCome: Bool { flag.load(ordering: .relaxed) }

    /// Whether the work on this thread should end.
    public static var isDue: Bool { Task.isCancelled || (current?.hasCome ?? false) }

    /// Lets it come.
    public func cancel() { flag.store(true, ordering: .relaxed) }

    /// Runs blocking work that waits for a network on a thread of its own.
    ///
    /// The few threads that tasks share stay free, however many such works wait.
    ///
    /// - Parameter body: The work; it looks at ``isDue``.
    /// - Returns: What the work returned.
    /// - Throws: What the work threw.
    public static func thread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result { try Cancellation.$current.withValue(cancellation) { try body() } }
                    )
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Threads that wait for servers at the same time: what `LSST_RESOURCES_NUM_WORKERS` says, or 10 as in the reference.
    public static let usualThreads: Int = {
        let named = ProcessInfo.processInfo.environment["LSST_RESOURCES_NUM_WORKERS"].flatMap { Int($0) }
        return named.map { min(max($0, 1), 64) } ?? 10
    }()

    /// Runs work for each index on some threads, in order of the results.
    ///
    /// - Parameters:
    ///   - count: Number of works.
    ///   - threads: Most of them at a time.
    ///   - work: Work on an index; none is begun after one has failed.
    /// - Returns: The results.
    /// - Throws: The error of the least index that failed.
    public static func threads<Value: Sendable>(
        _ count: Int,
        atOnce threads: Int = usualThreads,
        _ work: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        guard count > 1, threads > 1 else { return try (0..<count).map(work) }
        let outer = current ?? Cancellation()
        let state = Mutex(Shared<Value>())
        let group = DispatchGroup()
        for _ in 0..<min(threads, count) {
            group.enter()
            Thread.detachNewThread {
                while let index = state.withLock({ $0.take(below: count) }) {
                    let result = Result { try Cancellation.$current.withValue(outer) { try work(index) } }
                    state.withLock { state in
                        if case .failure = result { state.hasFailed = true }
                        state.results[index] = result
                    }
                }
                group.leave()
            }
        }
        while group.wait(timeout: .now() + 0.2) == .timedOut {
            if isDue { outer.cancel() }
        }
        return try state.withLock { state in
            try state.results.sorted { $0.key < $1.key }.map { try $0.value.get() }
        }
    }
}

/// What the threads of one call share.
private struct Shared<Value: Sendable> {
    var results: [Int: Result<Value, any Error>] = [:]
    var hasFailed = false
    private var next = 0

    mutating func take(below count: Int) -> Int? {
        guard !hasFailed, next < count else { return nil }
        defer { next += 1 }
        return next
    }
}

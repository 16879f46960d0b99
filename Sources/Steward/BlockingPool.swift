internal import Dispatch

/// Runs blocking work (files, C libraries) on threads of its own, so that it cannot starve the cooperative pool.
enum BlockingPool {
    private static let queue = DispatchQueue(label: "steward.blocking", attributes: .concurrent)

    /// Runs a body on one of the pool's threads.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}

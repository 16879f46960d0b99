internal import Dispatch
internal import Resources

/// Runs blocking work (files, C libraries) on threads of its own, so that it cannot starve the cooperative pool.
enum BlockingPool {
    private static let queue = DispatchQueue(label: "steward.blocking", attributes: .concurrent)

    /// Runs a body on one of the pool's threads; waits for servers end when the task is cancelled.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(
                        with: Swift.Result { try Cancellation.$current.withValue(cancellation) { try body() } }
                    )
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}

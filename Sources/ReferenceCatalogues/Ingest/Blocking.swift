internal import Dispatch

/// Runs blocking work on a thread of its own, so that it cannot starve the cooperative pool.
enum Blocking {
    private static let queue = DispatchQueue(label: "steward.reference-catalogues", attributes: .concurrent)

    /// Runs a body on such a thread.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result(catching: body)) }
        }
    }
}

internal import Databases
internal import StewardCore

extension Butler {
    /// Most attempts at a transaction that others make impossible.
    private static let attempts = 5

    /// Runs a transaction, and again where another one made it impossible, as when each waits for a row of the other.
    ///
    /// - Parameter body: The transaction; it must leave nothing behind when it throws.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    func repeating<Result>(_ body: () async throws -> Result) async throws -> Result {
        for attempt in 1..<Self.attempts {
            do {
                return try await body()
            } catch let error as ButlerError where error.cause is TransactionConflict {
                // Those who met wait for different times, so that they do not meet again.
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...50) * attempt))
            }
        }
        return try await body()
    }
}

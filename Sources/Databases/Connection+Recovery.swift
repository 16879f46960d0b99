extension Connection {
    /// Runs statements after whose failure the transaction must go on, to find out why they failed.
    ///
    /// Where a failed statement undoes the whole transaction they run in a savepoint.
    ///
    /// - Parameter body: The statements.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func recoverably<Result>(_ body: () throws -> Result) throws -> Result {
        dialect.failureEndsTransaction ? try savepoint(body) : try body()
    }
}

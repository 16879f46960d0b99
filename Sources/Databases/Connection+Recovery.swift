internal import StewardCore

extension Connection {
    /// Creates a table unless it exists, also where another process creates it at the same time.
    ///
    /// - Parameter table: The definition.
    /// - Returns: Whether the table is new.
    /// - Throws: As described for ``Connection``.
    @discardableResult
    public func ensureTable(_ table: TableSpec) throws -> Bool {
        guard try !tableExists(table.name) else { return false }
        do {
            try recoverably { try createTable(table) }
            return true
        } catch let error as ButlerError where [.database, .integrity].contains(error.code) {
            guard try tableExists(table.name) else { throw error }
            return false
        }
    }

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

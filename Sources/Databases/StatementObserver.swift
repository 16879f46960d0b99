/// One statement about to run.
public struct ObservedStatement: Sendable, Hashable {
    /// The text with placeholders; never the bound values.
    public let text: String
    /// How many rows a batch binds, or 1.
    public let rowCount: Int

    /// Creates a record of a statement.
    public init(text: String, rowCount: Int = 1) {
        self.text = text
        self.rowCount = rowCount
    }
}

/// Is told of every statement that a driver runs: `BEGIN`, `COMMIT` and savepoints too, a batch once.
///
/// What a connection sets up when it is opened is not reported.
public protocol StatementObserver: Sendable {
    /// Called on the connection's thread before the statement runs.
    func willRun(_ statement: ObservedStatement)
}

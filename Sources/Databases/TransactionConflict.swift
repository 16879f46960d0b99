/// Another transaction made this one impossible, which is undone as a whole; the cause of a `.databaseBusy` error.
///
/// The same transaction may succeed when it is repeated.
public struct TransactionConflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened, in the database's words.
    public let description: String

    /// Creates a description of what happened.
    public init(_ description: String) {
        self.description = description
    }
}

/// The connection broke while a transaction was committed, and it could not be found out whether that happened; the cause
/// of a `.connection` error.
///
/// What the transaction wrote elsewhere must stay as it is until somebody has looked.
public struct UnknownOutcome: Error, Sendable, Hashable, CustomStringConvertible {
    /// What broke, in the database's words.
    public let description: String

    /// Creates a description of what broke.
    public init(_ description: String) {
        self.description = description
    }
}

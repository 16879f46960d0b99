/// A state of some tables: two equal marks of one scope mean that nobody has changed the tables in between.
public struct ChangeMark: Sendable, Hashable {
    /// Marks of different scopes cannot be compared: a number of the connection, or 0 where all connections agree.
    public let scope: Int
    /// What distinguishes the states.
    public let values: [Int64]

    /// Creates a mark.
    public init(scope: Int, values: [Int64]) {
        self.scope = scope
        self.values = values
    }
}

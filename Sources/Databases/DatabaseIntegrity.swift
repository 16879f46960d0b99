/// A row that refers to one that does not exist.
public struct ForeignKeyViolation: Sendable, Hashable {
    /// Table of the row.
    public let table: String
    /// Table in which the row referred to is missing.
    public let parent: String
    /// The referring columns with their values, such as `collection_id = 4`.
    public let row: String

    /// Creates a description.
    public init(table: String, parent: String, row: String) {
        self.table = table
        self.parent = parent
        self.row = row
    }
}

extension Connection {
    /// Nothing: a server looks after its storage itself.
    public func storageProblems(limit: Int) throws -> [String] { [] }

    /// Calls nothing: a database whose foreign keys always hold has no such rows.
    public func forEachForeignKeyViolation(_ body: (ForeignKeyViolation) throws -> Void) throws {}
}

extension Database {
    /// No files: the database is elsewhere.
    public var files: [String] { [] }
}

public import Databases

/// Which of the historical variants of the tables a repository has.
///
/// Follows from the managers named in `butler_attributes`; new repositories have ``current``.
public struct RegistryFormat: Sendable, Hashable {
    /// What identifies a collection in other tables.
    public enum CollectionKeys: Sendable, Hashable {
        /// A generated number (`SynthIntKeyCollectionManager`).
        case numbers
        /// The collection's name (`NameKeyCollectionManager`).
        case names
    }

    /// How the time at which a dataset was put is stored.
    public enum IngestDates: Sendable, Hashable {
        /// TAI nanoseconds since 1970-01-01 TAI (datasets manager 2.0).
        case nanoseconds
        /// UTC date and time without a zone (datasets manager 1.0).
        case timestamps
    }

    /// What identifies a collection in other tables.
    public let collectionKeys: CollectionKeys
    /// How the time at which a dataset was put is stored.
    public let ingestDates: IngestDates

    /// The variant of new repositories.
    public static let current = RegistryFormat(collectionKeys: .numbers, ingestDates: .nanoseconds)

    /// Creates a variant.
    public init(collectionKeys: CollectionKeys, ingestDates: IngestDates) {
        self.collectionKeys = collectionKeys
        self.ingestDates = ingestDates
    }

    /// Primary key column of tables `collection` and `run`.
    public var collectionTableKey: String { collectionKeys == .numbers ? "collection_id" : "name" }

    /// Column of other tables that refers to a collection.
    public var collectionColumn: String { collectionKeys == .numbers ? "collection_id" : "collection_name" }

    /// Column of other tables that refers to a run.
    public var runColumn: String { collectionKeys == .numbers ? "run_id" : "run_name" }

    /// Type of every column that refers to a collection.
    var collectionType: ColumnType { collectionKeys == .numbers ? .int64 : .string(64) }

    /// How a column that refers to a collection is fetched.
    public var collectionKind: ColumnKind { collectionKeys == .numbers ? .integer : .label }

    /// The key in a cell fetched as ``collectionKind``, or nil where it is null.
    public func collectionKey(_ page: ColumnPage, _ row: Int, _ column: Int) -> CollectionKey? {
        switch collectionKeys {
        case .numbers: page.integer(row, column).map(CollectionKey.number)
        case .names: page.text(row, column).map(CollectionKey.name)
        }
    }
}

/// What identifies a collection in the tables of a repository.
public enum CollectionKey: Sendable, Hashable, SQLBindable {
    /// A generated number; may be used again once its collection has been removed.
    case number(Int64)
    /// The collection's name.
    case name(String)

    /// The value to bind.
    public var sqlValue: SQLValue {
        switch self {
        case .number(let value): .int(value)
        case .name(let value): .text(value)
        }
    }
}

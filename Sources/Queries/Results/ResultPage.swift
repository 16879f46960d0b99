public import Datasets
public import Dimensions

/// Some rows of a result.
public enum ResultPage: Sendable {
    /// Data IDs with required and implied values.
    case dataIDs([DataCoordinate])
    /// Records of one element.
    case records([DimensionRecord])
    /// Datasets of one type.
    case datasets([DatasetRef])
    /// Values of any columns.
    case general(GeneralRows)

    /// How many rows there are.
    public var count: Int {
        switch self {
        case .dataIDs(let rows): rows.count
        case .records(let rows): rows.count
        case .datasets(let rows): rows.count
        case .general(let rows): rows.rows.count
        }
    }
}

/// Rows of a general result.
public struct GeneralRows: Sendable, Hashable {
    /// Names of the columns: `dimension`, `element.field`, `type.field`.
    public let columns: [String]
    /// Values of each row in the order of the columns.
    public let rows: [[ResultValue]]

    /// Creates rows.
    public init(columns: [String], rows: [[ResultValue]]) {
        self.columns = columns
        self.rows = rows
    }
}

/// A value of a general result.
public enum ResultValue: Sendable, Hashable {
    /// No value.
    case null
    /// Truth value.
    case bool(Bool)
    /// Any other value.
    case value(LiteralValue)
}

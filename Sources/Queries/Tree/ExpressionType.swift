/// Type of a column or expression of a query.
public enum ExpressionType: String, Sendable, Hashable, CustomStringConvertible {
    /// 64-bit integer.
    case int
    /// Double precision number.
    case real = "float"
    /// Text.
    case string
    /// Truth value.
    case bool
    /// Identifier of a dataset.
    case uuid
    /// Bytes.
    case hash
    /// Instant in TAI.
    case datetime
    /// Half-open span of TAI.
    case timespan
    /// Region on the sky.
    case region
    /// Instant at which a dataset was registered; comparable with instants.
    case ingestDate = "ingest_date"

    /// The reference's word for the type.
    public var description: String { rawValue }

    /// Whether values can be added and multiplied.
    public var isNumber: Bool { self == .int || self == .real }

    /// Whether rows can be sorted by values of this type.
    public var isOrdered: Bool {
        switch self {
        case .int, .real, .string, .datetime, .ingestDate: true
        case .bool, .uuid, .hash, .timespan, .region: false
        }
    }
}

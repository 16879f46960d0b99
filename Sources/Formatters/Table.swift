public import StewardCore

/// A table: columns of equal length, each of one type.
public struct Table: Sendable, Hashable {
    /// The columns, in order.
    public var columns: [Column]
    /// Facts about the whole table, a JSON object.
    public var metadata: JSONValue

    /// One column.
    public struct Column: Sendable, Hashable {
        /// Name.
        public var name: String
        /// The values; those of masked rows have no meaning.
        public var values: Values
        /// Type of the values in files, for instance `float32`.
        public var dataType: String
        /// Unit, for instance `m / s`.
        public var unit: String?
        /// What the values are.
        public var description: String?
        /// Python format for printing.
        public var format: String?
        /// Facts about the column, a JSON object.
        public var metadata: JSONValue?
        /// Which rows have no value; nil if all have one.
        public var mask: [Bool]?

        /// Creates a column.
        public init(
            _ name: String,
            _ values: Values,
            dataType: String? = nil,
            unit: String? = nil,
            description: String? = nil,
            format: String? = nil,
            metadata: JSONValue? = nil,
            mask: [Bool]? = nil
        ) {
            self.name = name
            self.values = values
            self.dataType = dataType ?? values.defaultType
            self.unit = unit
            self.description = description
            self.format = format
            self.metadata = metadata
            self.mask = mask
        }
    }

    /// Values of one column.
    public enum Values: Sendable, Hashable {
        /// Truth values.
        case bool([Bool])
        /// Whole numbers of up to 64 bits.
        case int([Int64])
        /// Whole numbers of up to 64 bits without sign.
        case unsigned([UInt64])
        /// Floating-point numbers of any width.
        case double([Double])
        /// Text; also types that have no case of their own, as written.
        case string([String])
        /// Arrays and objects.
        case json([JSONValue])

        /// Number of values.
        public var count: Int {
            switch self {
            case .bool(let values): values.count
            case .int(let values): values.count
            case .unsigned(let values): values.count
            case .double(let values): values.count
            case .string(let values): values.count
            case .json(let values): values.count
            }
        }

        var defaultType: String {
            switch self {
            case .bool: "bool"
            case .int: "int64"
            case .unsigned: "uint64"
            case .double: "float64"
            case .string: "string"
            case .json: "json"
            }
        }
    }

    /// Creates a table.
    public init(_ columns: [Column], metadata: JSONValue = .object([])) {
        self.columns = columns
        self.metadata = metadata
    }

    /// Number of rows.
    public var rowCount: Int { columns.first?.values.count ?? 0 }

    /// The column of a name.
    public subscript(name: String) -> Column? { columns.first { $0.name == name } }
}

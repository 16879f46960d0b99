public import FITS

/// One field of a reference catalogue: what a column, or one bit of the flags, holds.
public struct CatalogueField: Sendable, Hashable {
    /// What a field holds, as the reference's table reader distinguishes it (`afw: src/table/io/FitsSchemaInputMapper.cc`).
    public enum Kind: Sendable, Hashable {
        /// A whole number of 64 bits.
        case int64
        /// A whole number of 32 bits.
        case int32
        /// A whole number of 16 bits.
        case int16
        /// A whole number of 16 bits without sign.
        case uint16
        /// A whole number of 8 bits without sign.
        case uint8
        /// A number of double precision.
        case double
        /// A number of single precision.
        case float
        /// An angle in radians, of double precision.
        case angle
        /// Text of at most so many bytes.
        case string(Int)
        /// A truth value, one bit of the row's flags.
        case flag
        /// Several numbers of one type.
        case array(FITSColumnType, Int)
    }

    /// Name, unique in the catalogue.
    public let name: String
    /// What it holds.
    public let kind: Kind
    /// Unit; empty without one.
    public let unit: String
    /// What it is; may be empty.
    public let documentation: String

    /// Creates a field.
    public init(_ name: String, _ kind: Kind, unit: String = "", _ documentation: String = "") {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.documentation = documentation
    }
}

extension CatalogueField.Kind {
    /// The column format of FITS; nil for a flag, which is no column.
    var form: String? {
        switch self {
        case .int64: "1K"
        case .int32: "1J"
        case .int16, .uint16: "1I"
        case .uint8: "1B"
        case .double, .angle: "1D"
        case .float: "1E"
        case .string(let width): "\(width)A"
        case .array(let type, let count): "\(count)\(type.rawValue)"
        case .flag: nil
        }
    }

    /// The class of fields that the reference's reader makes of it.
    var template: String {
        switch self {
        case .angle: "Angle"
        case .string: "String"
        case .array: "Array"
        default: "Scalar"
        }
    }

    /// Bytes in a row; none for a flag.
    var byteCount: Int {
        switch self {
        case .int64, .double, .angle: 8
        case .int32, .float: 4
        case .int16, .uint16: 2
        case .uint8: 1
        case .string(let width): width
        case .flag: 0
        case .array(let type, let count): FITSColumnType.bytes(type, count)
        }
    }

    /// Whether it is a single number of double precision.
    var isDouble: Bool { self == .double || self == .angle }

    /// A word for people.
    public var name: String {
        switch self {
        case .int64: "int64"
        case .int32: "int32"
        case .int16: "int16"
        case .uint16: "uint16"
        case .uint8: "uint8"
        case .double: "float64"
        case .float: "float32"
        case .angle: "angle"
        case .string(let width): "string[\(width)]"
        case .flag: "flag"
        case .array(let type, let count): "\(type.rawValue)[\(count)]"
        }
    }

    /// What a column of a file holds; nil for one that the reference's reader leaves out.
    init?(_ column: FITSColumn, template: String?) {
        guard case .fixed(let count) = column.length else { return nil }
        switch (column.type, count) {
        case (.character, _): self = .string(count)
        case (.int64, 1) where column.zero == 0: self = .int64
        case (.int32, 1) where column.zero == 0: self = .int32
        case (.int16, 1): self = column.zero == 32_768 ? .uint16 : .int16
        case (.uint8, 1): self = .uint8
        case (.float64, 1): self = template == "Angle" ? .angle : .double
        case (.float32, 1): self = .float
        case (.float64, 2...), (.float32, 2...), (.int32, 2...), (.int64, 2...), (.uint8, 2...):
            self = .array(column.type, count)
        default: return nil
        }
    }
}

extension FITSColumnType {
    /// Bytes of some elements of a type.
    static func bytes(_ type: FITSColumnType, _ count: Int) -> Int {
        switch type {
        case .float64, .int64: 8 * count
        case .float32, .int32: 4 * count
        case .int16: 2 * count
        default: count
        }
    }
}

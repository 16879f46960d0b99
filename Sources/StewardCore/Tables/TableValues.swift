/// The values of a column, one after the other in one array of their type.
public enum TableValues: Sendable, Hashable {
    /// Truth values.
    case bool([Bool])
    /// Whole numbers of 8 bits.
    case int8([Int8])
    /// Whole numbers of 16 bits.
    case int16([Int16])
    /// Whole numbers of 32 bits.
    case int32([Int32])
    /// Whole numbers of 64 bits.
    case int64([Int64])
    /// Whole numbers of 8 bits without sign.
    case uint8([UInt8])
    /// Whole numbers of 16 bits without sign.
    case uint16([UInt16])
    /// Whole numbers of 32 bits without sign.
    case uint32([UInt32])
    /// Whole numbers of 64 bits without sign.
    case uint64([UInt64])
    /// Numbers of single precision; also those of half precision.
    case float([Float])
    /// Numbers of double precision.
    case double([Double])
    /// Complex numbers.
    case complex([ComplexNumber])
    /// Text.
    case string([String])
    /// Anything else, one value for each cell.
    case json([JSONValue])

    /// A number with a real and an imaginary part.
    public struct ComplexNumber: Sendable, Hashable {
        /// The real part.
        public var real: Double
        /// The imaginary part.
        public var imaginary: Double

        /// Creates a number.
        public init(_ real: Double, _ imaginary: Double = 0) {
            self.real = real
            self.imaginary = imaginary
        }
    }

    /// The number of values.
    public var count: Int {
        switch self {
        case .bool(let values): values.count
        case .int8(let values): values.count
        case .int16(let values): values.count
        case .int32(let values): values.count
        case .int64(let values): values.count
        case .uint8(let values): values.count
        case .uint16(let values): values.count
        case .uint32(let values): values.count
        case .uint64(let values): values.count
        case .float(let values): values.count
        case .double(let values): values.count
        case .complex(let values): values.count
        case .string(let values): values.count
        case .json(let values): values.count
        }
    }

    /// The type of the values.
    public var type: TableElementType {
        switch self {
        case .bool: .bool
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .uint8: .uint8
        case .uint16: .uint16
        case .uint32: .uint32
        case .uint64: .uint64
        case .float: .float32
        case .double: .float64
        case .complex: .complex128
        case .string: .string
        case .json: .json
        }
    }

    /// The values as numbers of double precision; nil for text, JSON and complex numbers.
    public var doubles: [Double]? {
        switch self {
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .int8(let values): values.map { Double($0) }
        case .int16(let values): values.map { Double($0) }
        case .int32(let values): values.map { Double($0) }
        case .int64(let values): values.map { Double($0) }
        case .uint8(let values): values.map { Double($0) }
        case .uint16(let values): values.map { Double($0) }
        case .uint32(let values): values.map { Double($0) }
        case .uint64(let values): values.map { Double($0) }
        case .float(let values): values.map { Double($0) }
        case .double(let values): values
        case .complex, .string, .json: nil
        }
    }

    /// The values as whole numbers; nil for other types, and if one does not fit 64 bits with sign.
    public var integers: [Int64]? {
        switch self {
        case .bool(let values): return values.map { $0 ? 1 : 0 }
        case .int8(let values): return values.map { Int64($0) }
        case .int16(let values): return values.map { Int64($0) }
        case .int32(let values): return values.map { Int64($0) }
        case .int64(let values): return values
        case .uint8(let values): return values.map { Int64($0) }
        case .uint16(let values): return values.map { Int64($0) }
        case .uint32(let values): return values.map { Int64($0) }
        case .uint64(let values):
            let exact = values.compactMap { Int64(exactly: $0) }
            return exact.count == values.count ? exact : nil
        case .float, .double, .complex, .string, .json: return nil
        }
    }

    /// The values as text; nil for any other type.
    public var strings: [String]? {
        guard case .string(let values) = self else { return nil }
        return values
    }

    /// One value as JSON; a complex number as a list of its parts.
    public func json(_ index: Int) -> JSONValue {
        switch self {
        case .bool(let values): .bool(values[index])
        case .int8(let values): .int(Int64(values[index]))
        case .int16(let values): .int(Int64(values[index]))
        case .int32(let values): .int(Int64(values[index]))
        case .int64(let values): .int(values[index])
        case .uint8(let values): .int(Int64(values[index]))
        case .uint16(let values): .int(Int64(values[index]))
        case .uint32(let values): .int(Int64(values[index]))
        case .uint64(let values): Int64(exactly: values[index]).map { .int($0) } ?? .double(Double(values[index]))
        case .float(let values): .double(Double("\(values[index])") ?? Double(values[index]))
        case .double(let values): .double(values[index])
        case .complex(let values): .array([.double(values[index].real), .double(values[index].imaginary)])
        case .string(let values): .string(values[index])
        case .json(let values): values[index]
        }
    }
}

/// The type of a column's values, by the names of the ECSV format.
public enum TableElementType: String, Sendable, Hashable, CaseIterable {
    /// Truth value.
    case bool
    /// Whole number of 8 bits.
    case int8
    /// Whole number of 16 bits.
    case int16
    /// Whole number of 32 bits.
    case int32
    /// Whole number of 64 bits.
    case int64
    /// Whole number of 8 bits without sign.
    case uint8
    /// Whole number of 16 bits without sign.
    case uint16
    /// Whole number of 32 bits without sign.
    case uint32
    /// Whole number of 64 bits without sign.
    case uint64
    /// Number of half precision, held as single.
    case float16
    /// Number of single precision.
    case float32
    /// Number of double precision.
    case float64
    /// Number of extended precision, held as double.
    case float128
    /// Complex number of single precision, held as double.
    case complex64
    /// Complex number of double precision.
    case complex128
    /// Complex number of extended precision, held as double.
    case complex256
    /// Text.
    case string
    /// Anything else.
    case json

    /// The type of array that holds such values.
    public var storage: TableElementType {
        switch self {
        case .float16: .float32
        case .float128: .float64
        case .complex64, .complex256: .complex128
        default: self
        }
    }
}

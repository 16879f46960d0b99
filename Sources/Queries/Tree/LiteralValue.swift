public import AstroTime
public import Dimensions
public import Foundation
public import SphericalGeometry

/// A constant in a query.
public enum LiteralValue: Sendable, Hashable {
    /// Whole number.
    case int(Int64)
    /// Double precision number.
    case real(Double)
    /// Text.
    case string(String)
    /// Bytes.
    case hash([UInt8])
    /// Identifier of a dataset.
    case uuid(UUID)
    /// Instant.
    case time(TAI)
    /// Span of time.
    case timespan(Timespan)
    /// Region on the sky.
    case region(Region)

    /// The value of a dimension.
    public init(_ value: DimensionValue) {
        switch value {
        case .int(let value): self = .int(value)
        case .string(let value): self = .string(value)
        }
    }

    /// The value as a dimension's, if it is a whole number or text.
    public var dimensionValue: DimensionValue? {
        switch self {
        case .int(let value): .int(value)
        case .string(let value): .string(value)
        default: nil
        }
    }

    /// Type of the value.
    public var type: ExpressionType {
        switch self {
        case .int: .int
        case .real: .real
        case .string: .string
        case .hash: .hash
        case .uuid: .uuid
        case .time: .datetime
        case .timespan: .timespan
        case .region: .region
        }
    }
}

extension LiteralValue: CustomStringConvertible {
    /// The value as the reference prints it in expressions: text in single quotes, times in TAI to the second.
    public var description: String {
        switch self {
        case .int(let value): String(value)
        case .real(let value): String(value)
        case .string(let value): "'\(value)'"
        case .hash: "(bytes)"
        case .uuid(let value): value.uuidString.lowercased()
        case .time(let value): String(value.isot(decimals: 6).prefix(19))
        case .timespan(let value): String(describing: value)
        case .region: "(region)"
        }
    }
}

extension LiteralValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A double precision number.
    public init(floatLiteral value: Double) { self = .real(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
}

/// What a name stands for that is bound to a `where` expression: one value, or a list to be used behind `IN`.
public enum BindValue: Sendable, Hashable {
    /// One value.
    case value(LiteralValue)
    /// Values for membership tests; all must have one type.
    case list([LiteralValue])
}

extension BindValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral
{
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .value(.int(value)) }
    /// A double precision number.
    public init(floatLiteral value: Double) { self = .value(.real(value)) }
    /// Text.
    public init(stringLiteral value: String) { self = .value(.string(value)) }
    /// A list.
    public init(arrayLiteral elements: LiteralValue...) { self = .list(elements) }
}

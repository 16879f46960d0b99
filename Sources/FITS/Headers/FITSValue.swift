/// The value of a header card (FITS standard 4.0, section 4.2).
public enum FITSValue: Sendable, Hashable {
    /// `T` or `F`.
    case logical(Bool)
    /// An integer that fits 64 bits; greater ones become ``real(_:)``.
    case integer(Int64)
    /// A floating-point number.
    case real(Double)
    /// Text without trailing blanks; also the raw text of a value that follows no rule of the standard.
    case string(String)
    /// A keyword with a value indicator and no value.
    case undefined
}

extension FITSValue {
    /// The Boolean, or nil for any other kind.
    public var logicalValue: Bool? {
        guard case .logical(let value) = self else { return nil }
        return value
    }

    /// The integer, also from a real number that is whole; nil for any other value.
    public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value)
        case .logical, .string, .undefined: nil
        }
    }

    /// The number as a double; nil for any kind but integer and real.
    public var realValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .logical, .string, .undefined: nil
        }
    }

    /// The text, or nil for any other kind.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }
}

extension FITSValue: CustomStringConvertible {
    /// The value as it would be read aloud: text in double quotes, `T` or `F`, a number, or `undefined`.
    public var description: String {
        switch self {
        case .logical(let value): value ? "T" : "F"
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .string(let value): "\"\(value)\""
        case .undefined: "undefined"
        }
    }
}

extension FITSValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    /// A logical value.
    public init(booleanLiteral value: Bool) { self = .logical(value) }

    /// An integer value.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// A real value.
    public init(floatLiteral value: Double) { self = .real(value) }

    /// A string value.
    public init(stringLiteral value: String) { self = .string(value) }
}

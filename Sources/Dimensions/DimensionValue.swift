public import StewardCore

/// Value of one dimension: an integer or text, as the dimension's key demands.
public enum DimensionValue: Hashable, Sendable {
    /// Whole number.
    case int(Int64)
    /// Text.
    case string(String)

    /// The number, if this is one.
    public var int: Int64? {
        guard case .int(let value) = self else { return nil }
        return value
    }

    /// The text, if this is text.
    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The JSON form.
    public var json: JSONValue {
        switch self {
        case .int(let value): .int(value)
        case .string(let value): .string(value)
        }
    }

    /// This value in the type that a dimension's key has: decimal text becomes a number, nothing else is converted.
    ///
    /// - Parameter dimension: The dimension that the value is of.
    /// - Returns: The converted value.
    /// - Throws: ``ButlerError`` with `.dataIDValue` when the value cannot be one of the dimension.
    public func converted(for dimension: DimensionElement) throws -> DimensionValue {
        switch (self, dimension.hasStringKey) {
        case (.int, false), (.string, true): return self
        case (.int(let value), true): return .string(String(value))
        case (.string(let text), false):
            if let value = Int64(text) { return .int(value) }
            throw ButlerError(
                .dataIDValue,
                "\"\(text)\" is not a value of dimension \"\(dimension.name)\", whose values are integers."
            )
        }
    }
}

extension DimensionValue: Comparable, CustomStringConvertible {
    /// Numbers by size, text by its UTF-8 bytes (as the databases compare), numbers before text.
    public static func < (left: DimensionValue, right: DimensionValue) -> Bool {
        switch (left, right) {
        case (.int(let left), .int(let right)): left < right
        case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.int, .string): true
        case (.string, .int): false
        }
    }

    /// The value as bare text.
    public var description: String {
        switch self {
        case .int(let value): String(value)
        case .string(let value): value
        }
    }
}

extension DimensionValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// A whole number.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension DimensionValue: Codable {
    /// Reads a number or text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            self = .int(number)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    /// Writes a number or text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        }
    }
}

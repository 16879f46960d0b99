public import Foundation

/// A value bound to a statement or read from a row: the closed set that both databases can hold.
public enum SQLValue: Sendable {
    /// No value.
    case null
    /// A 64-bit integer.
    case int(Int64)
    /// A double; databases store NaN as ``null``.
    case real(Double)
    /// Unicode text.
    case text(String)
    /// Bytes.
    case blob([UInt8])
    /// An identifier; the dialect decides how it is stored.
    case uuid(UUID)
    /// A truth value; the dialect decides how it is stored.
    case bool(Bool)

    /// Whether this is ``null``.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }
}

extension SQLValue: Hashable {
    /// Equality as databases see it: texts are equal when their UTF-8 bytes are.
    ///
    /// Swift's own string equality also takes canonically equivalent texts for equal; a database keeps them apart.
    public static func == (left: SQLValue, right: SQLValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.int(let a), .int(let b)): a == b
        case (.real(let a), .real(let b)): a == b
        case (.text(let a), .text(let b)): a == b && a.utf8.elementsEqual(b.utf8)
        case (.blob(let a), .blob(let b)): a == b
        case (.uuid(let a), .uuid(let b)): a == b
        case (.bool(let a), .bool(let b)): a == b
        default: false
        }
    }

    /// Feeds kind and value to the hasher.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .int(let value): hasher.combine(value)
        case .real(let value): hasher.combine(value)
        case .text(let value): hasher.combine(value)
        case .blob(let value): hasher.combine(value)
        case .uuid(let value): hasher.combine(value)
        case .bool(let value): hasher.combine(value)
        }
    }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A text written in the source code.
    public init(stringLiteral value: String) {
        self = .text(value)
    }

    /// An integer written in the source code.
    public init(integerLiteral value: Int64) {
        self = .int(value)
    }
}

extension SQLValue: CustomStringConvertible {
    /// The value as a person would write it; texts in double quotes.
    public var description: String {
        switch self {
        case .null: "NULL"
        case .int(let value): String(value)
        case .real(let value): String(value)
        case .text(let value): "\"\(value)\""
        case .blob(let value): "\(value.count) bytes"
        case .uuid(let value): value.uuidString.lowercased()
        case .bool(let value): String(value)
        }
    }
}

/// A type whose values can be bound to a statement.
public protocol SQLBindable {
    /// The value to bind.
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    /// The value itself.
    public var sqlValue: SQLValue { self }
}

extension Int: SQLBindable {
    /// The value as ``SQLValue/int(_:)``.
    public var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Int64: SQLBindable {
    /// The value as ``SQLValue/int(_:)``.
    public var sqlValue: SQLValue { .int(self) }
}

extension Int32: SQLBindable {
    /// The value as ``SQLValue/int(_:)``.
    public var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Int16: SQLBindable {
    /// The value as ``SQLValue/int(_:)``.
    public var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Double: SQLBindable {
    /// The value as ``SQLValue/real(_:)``.
    public var sqlValue: SQLValue { .real(self) }
}

extension Bool: SQLBindable {
    /// The value as ``SQLValue/bool(_:)``.
    public var sqlValue: SQLValue { .bool(self) }
}

extension String: SQLBindable {
    /// The value as ``SQLValue/text(_:)``.
    public var sqlValue: SQLValue { .text(self) }
}

extension UUID: SQLBindable {
    /// The value as ``SQLValue/uuid(_:)``.
    public var sqlValue: SQLValue { .uuid(self) }
}

extension [UInt8]: SQLBindable {
    /// The value as ``SQLValue/blob(_:)``.
    public var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    /// The wrapped value, or ``SQLValue/null``.
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

/// A value of the JSON in which `lsst.images` describes its files; numbers may be NaN or infinite.
public enum TreeNode: Sendable, Hashable {
    /// Nothing.
    case null
    /// A Boolean.
    case logical(Bool)
    /// An integer of 64 bits.
    case integer(Int64)
    /// Any other number.
    case real(Double)
    /// Text.
    case string(String)
    /// Values in order.
    case array([TreeNode])
    /// Named values in order.
    case object([Member])

    /// A named value.
    public struct Member: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public let value: TreeNode

        /// Creates a named value.
        public init(_ name: String, _ value: TreeNode) {
            self.name = name
            self.value = value
        }
    }

    /// The member with a name, nil for other names and for anything but objects.
    public subscript(name: String) -> TreeNode? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The members, none for anything but objects.
    public var members: [Member] {
        guard case .object(let members) = self else { return [] }
        return members
    }

    /// The elements, none for anything but arrays.
    public var elements: [TreeNode] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// The text, nil for anything but text.
    public var stringValue: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number, nil for anything but numbers.
    public var realValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }

    /// The integer, nil for anything else.
    public var integerValue: Int? {
        guard case .integer(let value) = self else { return nil }
        return Int(exactly: value)
    }

    /// Whether this is nothing.
    public var isNull: Bool { self == .null }

    /// The value as compact JSON, with bare `NaN`, `Infinity` and `-Infinity`.
    public var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .logical(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .real(let value): text += Self.number(value)
        case .string(let value): Self.quote(value, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.quote(member.name, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity" }
        return value.description
    }

    private static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

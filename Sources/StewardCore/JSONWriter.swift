extension JSONValue {
    /// How to lay out JSON text.
    public enum Layout: Sendable {
        /// No white space at all.
        case compact
        /// A space after `:` and `,`, as Python's default writer does.
        case spaced
        /// One member or item a line, indented by two spaces a level.
        case indented
    }

    /// The JSON text; non-ASCII characters stay as they are.
    public func text(_ layout: Layout = .compact) -> String {
        var bytes: [UInt8] = []
        write(into: &bytes, layout: layout, depth: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the JSON text to a buffer.
    ///
    /// - Parameters:
    ///   - bytes: The buffer.
    ///   - layout: How to lay the text out.
    ///   - depth: How many lists and objects this value is inside of, for indentation.
    public func write(into bytes: inout [UInt8], layout: Layout = .compact, depth: Int = 0) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .int(let value): bytes += String(value).utf8
        case .double(let value): bytes += Self.text(of: value).utf8
        case .string(let value): Self.quote(value, into: &bytes)
        case .array(let items):
            Self.list(items, "[", "]", &bytes, layout, depth) { item, bytes in
                item.write(into: &bytes, layout: layout, depth: depth + 1)
            }
        case .object(let members):
            Self.list(members, "{", "}", &bytes, layout, depth) { member, bytes in
                Self.quote(member.key, into: &bytes)
                bytes += (layout == .compact ? ":" : ": ").utf8
                member.value.write(into: &bytes, layout: layout, depth: depth + 1)
            }
        }
    }

    private static func list<Item>(
        _ items: [Item],
        _ open: String,
        _ close: String,
        _ bytes: inout [UInt8],
        _ layout: Layout,
        _ depth: Int,
        _ writeItem: (Item, inout [UInt8]) -> Void
    ) {
        bytes += open.utf8
        for (index, item) in items.enumerated() {
            if index > 0 { bytes += (layout == .spaced ? ", " : ",").utf8 }
            if layout == .indented { bytes += ("\n" + String(repeating: "  ", count: depth + 1)).utf8 }
            writeItem(item, &bytes)
        }
        if layout == .indented, !items.isEmpty { bytes += ("\n" + String(repeating: "  ", count: depth)).utf8 }
        bytes += close.utf8
    }

    /// Shortest text that reads back as the same double, always recognisable as a real number.
    private static func text(of value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        return String(value)
    }

    private static func quote(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20: bytes += "\\u00\(Hexadecimal.encode([byte]))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

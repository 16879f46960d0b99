import StewardCore

extension ConfigTree {
    /// The tree of JSON text; the order of keys is kept.
    ///
    /// - Parameters:
    ///   - text: One JSON value.
    ///   - source: Name of the text in errors, such as the file's path.
    /// - Throws: ``ButlerError`` with `.configuration`, with line and column, if the text is malformed.
    public init(json text: String, source: String = "JSON text") throws {
        var reader = JSONReader(Array(text.utf8), source: source)
        self = try reader.read()
    }

    /// The tree as JSON on one line with `, ` and `: ` as separators; other than ASCII characters stand for themselves.
    public var json: String {
        var text = ""
        writeJSON(to: &text)
        return text
    }

    private func writeJSON(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value):
            text += value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : "\(value)"
        case .string(let value): ConfigTree.writeJSON(value, to: &text)
        case .list(let list):
            text += "["
            for (index, value) in list.enumerated() {
                if index > 0 { text += ", " }
                value.writeJSON(to: &text)
            }
            text += "]"
        case .map(let map):
            text += "{"
            for (index, entry) in map.enumerated() {
                if index > 0 { text += ", " }
                ConfigTree.writeJSON(entry.key, to: &text)
                text += ": "
                entry.value.writeJSON(to: &text)
            }
            text += "}"
        }
    }

    private static func writeJSON(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{8}": text += "\\b"
            case "\u{C}": text += "\\f"
            case "\0"..<" ": text += "\\u00" + Hexadecimal.encode([UInt8(scalar.value)])
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

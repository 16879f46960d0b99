/// A value of a configuration file: what Python literals can say.
enum ConfigValue: Sendable, Hashable {
    case none
    case bool(Bool)
    case int(Int)
    case real(Double)
    case text(String)
    case list([ConfigValue])

    /// The number as a real one; whole numbers serve as such.
    var realValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }

    /// As Python writes it.
    var pythonText: String {
        switch self {
        case .none: return "None"
        case .bool(let value): return value ? "True" : "False"
        case .int(let value): return String(value)
        case .real(let value):
            if value.isNaN { return "float('nan')" }
            return value.isInfinite ? "float('\(value < 0 ? "-inf" : "inf")')" : "\(value)"
        case .text(let value):
            let escaped = value.map { character -> String in
                switch character {
                case "\\": "\\\\"
                case "'": "\\'"
                case "\n": "\\n"
                default: String(character)
                }
            }
            return "'" + escaped.joined() + "'"
        case .list(let values): return "[" + values.map(\.pythonText).joined(separator: ", ") + "]"
        }
    }
}

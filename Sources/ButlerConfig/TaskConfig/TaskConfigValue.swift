/// A value of a task's configuration: what Python literals can say.
package enum TaskConfigValue: Sendable, Hashable {
    /// `None`.
    case none
    /// `True` or `False`.
    case bool(Bool)
    /// A whole number.
    case int(Int)
    /// A number with a point or an exponent.
    case real(Double)
    /// A text in quotes.
    case text(String)
    /// A list or tuple.
    case list([TaskConfigValue])

    /// The number as a real one; whole numbers serve as such.
    package var realValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }

    /// As Python writes it.
    package var pythonText: String {
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

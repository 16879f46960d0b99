/// Texts as Python's `repr` writes them, where the reference's messages show values that way.
enum PythonText {
    /// A text in quotes.
    static func quoted(_ text: String) -> String {
        let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case quote: result += "\\" + String(character)
            default: result.append(character)
            }
        }
        return result + String(quote)
    }

    /// A list of texts.
    static func list(_ items: [String]) -> String {
        "[" + items.map(quoted).joined(separator: ", ") + "]"
    }

    /// A tuple of texts.
    static func tuple(_ items: [String]) -> String {
        "(" + items.map(quoted).joined(separator: ", ") + (items.count == 1 ? ",)" : ")")
    }
}

internal import StewardCore

/// Tables as comma-separated values (RFC 4180, lines end with a line feed).
enum CSVText {
    /// The text of a table: names, then rows; missing values are empty, arrays are JSON.
    static func text(of table: Table) -> String {
        var text = table.columns.map { quoted($0.name) }.joined(separator: ",") + "\n"
        for row in 0..<table.rowCount {
            text += table.columns.map { field($0.json(row)) }.joined(separator: ",") + "\n"
        }
        return text
    }

    private static func field(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): quoted(text)
        default: quoted(value.text())
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

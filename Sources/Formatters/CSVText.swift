internal import StewardCore

/// Tables as comma-separated values (RFC 4180, lines end with a line feed).
enum CSVText {
    /// The text of a table: names, then rows; masked values are empty.
    static func text(of table: Table) -> String {
        var text = table.columns.map { quoted($0.name) }.joined(separator: ",") + "\n"
        for row in 0..<table.rowCount {
            for (index, column) in table.columns.enumerated() {
                if index > 0 { text += "," }
                if column.mask?[row] != true { text += field(column.values, row) }
            }
            text += "\n"
        }
        return text
    }

    private static func field(_ values: Table.Values, _ row: Int) -> String {
        switch values {
        case .bool(let values): values[row] ? "true" : "false"
        case .int(let values): String(values[row])
        case .unsigned(let values): String(values[row])
        case .double(let values): String(values[row])
        case .string(let values): quoted(values[row])
        case .json(let values): quoted(values[row].text())
        }
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

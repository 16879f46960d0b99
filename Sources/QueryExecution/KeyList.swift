internal import Databases
internal import StewardCore

/// Distinct keys of rows as a table of a statement, one row for each key: an array for each column where the database has
/// arrays, else one JSON array of all keys.
struct KeyList {
    let page: ColumnPage
    /// A row for each key.
    let rows: [Int]
    /// Positions of the columns that make up a key.
    let columns: [Int]

    /// The table, under the name `k`.
    func source(_ dialect: SQLDialect) -> SQL {
        guard dialect.supportsArrays else { return "json_each(\(json)) AS k" }
        let arrays = columns.isEmpty ? [Self.one] : columns.map(array)
        let names = arrays.indices.map { "\(id: "k\($0)")" as SQL }
        return """
            unnest(\(arrays.joined(separator: ", "))) WITH ORDINALITY \
            AS k (\(names.joined(separator: ", ")), \(id: "place"))
            """
    }

    /// How a part of the key is written.
    func column(_ position: Int, _ dialect: SQLDialect) -> SQL {
        if dialect.supportsArrays { return "\(id: "k", "k\(position)")" }
        return columns.count == 1 ? "k.value" : SQL(generated: "json_extract(k.value, '$[\(position)]')")
    }

    /// The clause that keeps the keys in their order, where the database would not.
    func order(_ dialect: SQLDialect) -> SQL {
        dialect.supportsArrays ? " ORDER BY \(id: "k", "place")" : ""
    }

    /// Stands for a key without columns.
    private static let one: SQL = "CAST('{0}' AS BIGINT[])"

    /// One column of the keys; texts are quoted as the server's manual says of input of arrays.
    private func array(_ index: Int) -> SQL {
        let column = page.columns[index]
        guard column.kind == .label else {
            let numbers = rows.map { String(column.integers[$0]) }.joined(separator: ",")
            return "CAST(\("{" + numbers + "}") AS BIGINT[])"
        }
        let texts = rows.map { row in
            let text = page.text(row, index) ?? ""
            return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return "CAST(\("{" + texts.joined(separator: ",") + "}") AS TEXT[])"
    }

    /// The keys as an array of values, or of arrays of values.
    private var json: String {
        var text = "["
        for (position, row) in rows.enumerated() {
            if position > 0 { text += "," }
            let values = columns.map { index -> String in
                page.columns[index].kind == .label
                    ? JSONValue.string(page.text(row, index) ?? "").text() : String(page.columns[index].integers[row])
            }
            text += values.count == 1 ? values[0] : "[" + values.joined(separator: ",") + "]"
        }
        return text + "]"
    }
}

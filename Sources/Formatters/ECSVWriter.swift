internal import Datastores
internal import StewardCore

/// Writes tables as ECSV.
enum ECSVWriter {
    /// The text of a table, in UTF-8.
    static func bytes(of table: Table) -> [UInt8] {
        var bytes = Array(header(of: table).utf8)
        for (index, column) in table.columns.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: " ")) }
            bytes += field(column.name).utf8
        }
        bytes.append(UInt8(ascii: "\n"))
        for row in 0..<table.rowCount {
            for (index, column) in table.columns.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: " ")) }
                let isMasked = column.mask?[row] ?? false
                bytes += (isMasked ? "\"\"" : text(column.values, row)).utf8
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    // MARK: Header

    private static func header(of table: Table) -> String {
        var lines = ["%ECSV 1.0", "---", "datatype:"]
        lines += table.columns.map { "- {" + properties(of: $0).joined(separator: ", ") + "}" }
        // Descriptions of Python objects refer to tags that are not kept; the columns stand for themselves.
        let members = (table.metadata.members ?? []).filter { $0.key != "__serialized_columns__" }
        if !members.isEmpty {
            lines.append("meta: !!omap")
            lines += members.map { "- {\(YAMLFlow.text($0.key)): \(YAMLFlow.text($0.value))}" }
        }
        lines.append("schema: astropy-2.0")
        return lines.map { "# \($0)\n" }.joined()
    }

    private static func properties(of column: Table.Column) -> [String] {
        var parts = ["name: \(YAMLFlow.text(column.name))"]
        if let unit = column.unit { parts.append("unit: \(YAMLFlow.text(unit))") }
        if case .json = column.values {
            parts += ["datatype: string", "subtype: \(YAMLFlow.text(column.dataType))"]
        } else {
            parts.append("datatype: \(column.dataType)")
        }
        if let format = column.format { parts.append("format: \(YAMLFlow.text(format))") }
        if let description = column.description { parts.append("description: \(YAMLFlow.text(description))") }
        if let metadata = column.metadata { parts.append("meta: \(YAMLFlow.text(metadata))") }
        return parts
    }

    // MARK: Rows

    private static func text(_ values: Table.Values, _ row: Int) -> String {
        switch values {
        case .bool(let values): values[row] ? "True" : "False"
        case .int(let values): String(values[row])
        case .unsigned(let values): String(values[row])
        case .double(let values): PythonText.repr(values[row])
        case .string(let values): field(values[row])
        case .json(let values): field(values[row].text())
        }
    }

    /// A field, in quotes where blanks, quotes or nothing is in it.
    private static func field(_ text: String) -> String {
        let needsQuotes = text.isEmpty || text.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x23 }
        return needsQuotes ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}

/// Values in YAML's flow style on one line.
enum YAMLFlow {
    /// Plain text where that is safe, else JSON, which is YAML too.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): self.text(text)
        case .array(let items): "[" + items.map(text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", ") + "}"
        case .double(let value) where !value.isFinite: value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf"
        case .double(let value): double(value)
        default: value.text()
        }
    }

    /// Text, plain or in double quotes.
    static func text(_ text: String) -> String {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let isPlain = words.allSatisfy { word in
            guard let first = word.utf8.first, isLetter(first) || (word.startIndex > text.startIndex && first == 0x2F)
            else { return false }
            return word.utf8.allSatisfy { isLetter($0) || 0x30...0x39 ~= $0 || "_.-+/()".utf8.contains($0) }
        }
        let reserved: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        guard isPlain, !reserved.contains(text.lowercased()) else { return JSONValue.string(text).text() }
        return text
    }

    private static func double(_ value: Double) -> String {
        let text = PythonText.repr(value)
        guard !text.contains("."), let end = text.firstIndex(of: "e") else { return text }
        return text[..<end] + ".0" + text[end...]
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }
}

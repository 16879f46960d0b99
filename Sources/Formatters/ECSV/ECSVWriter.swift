internal import StewardCore

/// Writes a table as ECSV text, separated by blanks as astropy does.
struct ECSVWriter {
    private let table: Table

    init(_ table: Table) {
        self.table = table
    }

    /// The text.
    func bytes() -> [UInt8] {
        var output: [UInt8] = []
        for line in header() { output += "# \(line)\n".utf8 }
        // A first name that looks like a comment, or names with blanks at their ends, are safe in quotes only.
        for (index, name) in table.names.enumerated() {
            if index > 0 { output.append(UInt8(ascii: " ")) }
            Self.append(name, to: &output)
        }
        output.append(UInt8(ascii: "\n"))
        for row in 0..<table.rowCount {
            for (index, column) in table.columns.enumerated() {
                if index > 0 { output.append(UInt8(ascii: " ")) }
                append(column, row, to: &output)
            }
            output.append(UInt8(ascii: "\n"))
        }
        return output
    }

    // MARK: Header

    private func header() -> [String] {
        var lines = ["%ECSV 1.0", "---", table.columns.isEmpty ? "datatype: []" : "datatype:"]
        lines += table.columns.map { "- " + Self.definition($0) }
        let members = table.metadata.members ?? []
        let serialized = table.serializedColumns.flatMap { ECSVMetadata.fits($0, table) ? $0 : nil }
        if !members.isEmpty || serialized != nil {
            lines.append("meta: !!omap")
            lines += members.map { "- " + FlowYAML.text(.object([$0])) }
            if let serialized {
                lines.append("- \(ECSVMetadata.serializedColumns):")
                lines += serialized.split(separator: "\n").map { "    " + $0 }
            }
        }
        return lines + ["schema: astropy-2.0"]
    }

    private static func definition(_ column: TableColumn) -> String {
        var parts = ["name: " + FlowYAML.text(.string(column.name))]
        if let unit = column.unit, !unit.isEmpty { parts.append("unit: " + FlowYAML.text(.string(unit))) }
        if column.offsets != nil {
            parts += ["datatype: string", "subtype: '\(column.type.rawValue)[null]'"]
        } else if !column.shape.isEmpty {
            let shape = column.shape.map(String.init).joined(separator: ",")
            parts += ["datatype: string", "subtype: '\(column.type.rawValue)[\(shape)]'"]
        } else if column.type == .json {
            parts += ["datatype: string", "subtype: json"]
        } else {
            parts.append("datatype: " + column.type.rawValue)
        }
        if let format = column.format { parts.append("format: " + FlowYAML.text(.string(format))) }
        if let description = column.description { parts.append("description: " + FlowYAML.text(.string(description))) }
        if let members = column.metadata.members, !members.isEmpty {
            let items = members.map { FlowYAML.text(.object([$0])) }
            parts.append("meta: !!omap [\(items.joined(separator: ", "))]")
        }
        return "{\(parts.joined(separator: ", "))}"
    }

    // MARK: Cells

    private func append(_ column: TableColumn, _ row: Int, to output: inout [UInt8]) {
        guard column.shape.isEmpty, column.offsets == nil, column.type != .json else {
            Self.append(column.json(row).text(), to: &output)
            return
        }
        guard column.mask?[row] != true else {
            output += "\"\"".utf8
            return
        }
        switch column.values {
        case .bool(let values): output += (values[row] ? "True" : "False").utf8
        case .int8(let values): output += String(values[row]).utf8
        case .int16(let values): output += String(values[row]).utf8
        case .int32(let values): output += String(values[row]).utf8
        case .int64(let values): output += String(values[row]).utf8
        case .uint8(let values): output += String(values[row]).utf8
        case .uint16(let values): output += String(values[row]).utf8
        case .uint32(let values): output += String(values[row]).utf8
        case .uint64(let values): output += String(values[row]).utf8
        case .float(let values): output += Self.number(values[row]).utf8
        case .double(let values): output += Self.number(values[row]).utf8
        case .complex(let values): output += ComplexText.write(values[row]).utf8
        case .string(let values): Self.append(values[row], to: &output)
        case .json: break
        }
    }

    /// The shortest text that reads back as the same number.
    static func number<Value: BinaryFloatingPoint & CustomStringConvertible>(_ value: Value) -> String {
        value.isNaN ? "nan" : value.description
    }

    /// Text, in quotes where a reader would take it for something else.
    private static func append(_ text: String, to output: inout [UInt8]) {
        let isPlain =
            !text.isEmpty && text.utf8.first != UInt8(ascii: "#")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }
        guard !isPlain else {
            output += text.utf8
            return
        }
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { output.append(byte) }
            output.append(byte)
        }
        output.append(UInt8(ascii: "\""))
    }
}

/// YAML on one line, in a form that every reader takes alike.
enum FlowYAML {
    /// The text of a value.
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): String(number)
        case .double(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let items): "[\(items.map(text).joined(separator: ", "))]"
        case .object(let members):
            "{\(members.map { "\(string($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
        }
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
        let text = "\(value)"
        // Without a point PyYAML takes a number with an exponent for text.
        guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
        return text[..<exponent] + ".0" + text[exponent...]
    }

    private static func string(_ text: String) -> String {
        guard !isPlain(text) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(Character(scalar))
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case " "..."~": quoted.unicodeScalars.append(scalar)
            default:
                let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
            }
        }
        return quoted + "\""
    }

    /// Words that stand for something else than text.
    private static let reserved: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]

    /// Whether text stands for itself: words of letters, digits and a few signs that begin with a letter.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first), text.utf8.last != UInt8(ascii: " "),
            !reserved.contains(text.lowercased())
        else { return false }
        return text.utf8.allSatisfy { byte in
            isLetter(byte) || 0x30...0x39 ~= byte || "_./ *^()-".utf8.contains(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_")
    }
}

internal import StewardCore

/// Turns rows into JSON, JSON lines or CSV as they come.
struct RowEncoder: Sendable {
    /// The text so far, as far as it has not been written.
    private(set) var bytes: [UInt8] = []
    private let format: OutputFormat
    private let showsHeader: Bool
    private let chosen: [Int]
    private let keys: [String]
    private var hasBegun = false
    private var hasRows = false

    /// How much text is collected before it is written.
    private static let chunk = 1 << 16

    /// Begins a text with the chosen ones of these columns.
    ///
    /// - Parameters:
    ///   - columns: All columns.
    ///   - output: The form and the columns chosen.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    init(_ columns: [OutputTable.Column], _ output: OutputOptions) throws {
        format = output.format
        showsHeader = !output.noHeader
        chosen = try output.chosenColumns(of: columns)
        keys = chosen.map { columns[$0].key }
    }

    /// Adds a row with a cell for each of all columns.
    mutating func add(_ row: [OutputTable.Cell]) {
        begin()
        switch format {
        case .csv: addLine(chosen.map { row[$0].csv })
        case .json, .table:
            bytes += (hasRows ? ",\n  " : "\n  ").utf8
            object(row).write(into: &bytes, layout: .indented, depth: 1)
        case .jsonl:
            object(row).write(into: &bytes)
            bytes += "\n".utf8
        }
        hasRows = true
    }

    private func object(_ row: [OutputTable.Cell]) -> JSONValue {
        .object(zip(keys, chosen).map { JSONValue.Member($0, row[$1].json) })
    }

    /// Ends the text.
    mutating func end() {
        begin()
        if format == .json { bytes += (hasRows ? "\n]\n" : "]\n").utf8 }
    }

    /// Writes the text so far to standard output, if it is long or the end.
    mutating func flush(isEnd: Bool = false) {
        guard isEnd || bytes.count >= Self.chunk else { return }
        Console.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func begin() {
        guard !hasBegun else { return }
        hasBegun = true
        if format == .json { bytes += "[".utf8 }
        if format == .csv, showsHeader, !keys.isEmpty { addLine(keys) }
    }

    private mutating func addLine(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            add(field)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Adds a field as RFC 4180 demands.
    private mutating func add(_ field: String) {
        let quote = UInt8(ascii: "\"")
        guard field.utf8.contains(where: { $0 == 0x2C || $0 == quote || $0 == 0x0A || $0 == 0x0D }) else {
            bytes += field.utf8
            return
        }
        bytes.append(quote)
        for byte in field.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}

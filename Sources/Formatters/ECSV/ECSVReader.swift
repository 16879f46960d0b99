internal import StewardCore

/// Reads ECSV text in two steps: cells are found first, then each column is decoded in one go.
struct ECSVReader {
    private let bytes: [UInt8]
    private let source: String

    init(_ bytes: [UInt8], source: String) {
        self.bytes = bytes
        self.source = source
    }

    func table() throws -> Table {
        let (headerText, dataStart, dataLine) = splitHeader()
        let header = try ECSVHeader(headerText, source: source)
        var cells = ECSVCells(
            bytes: bytes,
            start: dataStart,
            line: dataLine,
            delimiter: header.delimiter,
            width: header.columns.count,
            source: source
        )
        try checkNames(try cells.names(), header, line: dataLine)
        try cells.readRows()
        var table = try Table([], metadata: header.metadata)
        table.serializedColumns = header.serializedColumns
        for (index, definition) in header.columns.enumerated() {
            var column = try ECSVColumnReader(cells, index, definition, source: source).column()
            column.unit = definition.unit
            column.format = definition.format
            column.description = definition.description
            column.metadata = definition.metadata
            do {
                try table.append(column)
            } catch let error as ButlerError {
                throw ButlerError(
                    .corruptFile,
                    "\"\(source)\": \(error.message)",
                    remedy: "Restore the file from a copy."
                )
            }
        }
        return table
    }

    /// The comment lines at the beginning without their mark, and where the rest begins.
    private func splitHeader() -> (lines: [String], start: Int, line: Int) {
        var lines: [String] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let line = bytes[start..<end].drop { $0 == 0x20 || $0 == 0x09 }
            let isBlank = line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            guard isBlank || line.first == UInt8(ascii: "#") else { break }
            // Blank lines keep the numbers of those that follow.
            var text = isBlank ? "" : String(decoding: line.dropFirst(), as: UTF8.self)
            if text.hasSuffix("\r") { text.removeLast() }
            lines.append(text)
            start = min(end + 1, bytes.count)
            number += 1
        }
        return (lines, start, number)
    }

    private func checkNames(_ names: [String], _ header: ECSVHeader, line: Int) throws {
        let expected = header.columns.map(\.name)
        guard names != expected else { return }
        throw ButlerError(
            .corruptFile,
            """
            "\(source)", line \(line): the columns are \(names.joined(separator: ", ")), but the header describes \
            \(expected.joined(separator: ", ")).
            """,
            remedy: "Restore the file from a copy."
        )
    }
}

internal import StewardCore

/// The cells of ECSV data: where each one's text is, row by row.
struct ECSVCells {
    /// Where the text of a cell is.
    struct Cell {
        var start: Int
        var end: Int
        /// Whether it stands in quotes and has doubled ones in it.
        var hasEscapes = false
    }

    let bytes: [UInt8]
    private let delimiter: UInt8
    private let width: Int
    private let source: String
    private var position: Int
    private var line: Int
    /// All cells, row by row.
    private(set) var cells: [Cell] = []
    /// Line on which each row begins.
    private(set) var lines: [Int] = []

    init(bytes: [UInt8], start: Int, line: Int, delimiter: UInt8, width: Int, source: String) {
        self.bytes = bytes
        position = start
        self.line = line
        self.delimiter = delimiter
        self.width = width
        self.source = source
    }

    var rowCount: Int { lines.count }

    /// The text of a cell.
    func text(_ cell: Cell) -> String {
        guard cell.hasEscapes else { return String(decoding: bytes[cell.start..<cell.end], as: UTF8.self) }
        var text: [UInt8] = []
        var index = cell.start
        while index < cell.end {
            text.append(bytes[index])
            index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The cell of a row and column.
    func cell(_ row: Int, _ column: Int) -> Cell {
        cells[row * width + column]
    }

    /// Reads the line with the names of the columns.
    mutating func names() throws -> [String] {
        guard let row = try nextRow() else { return [] }
        return row.map(text)
    }

    /// Reads everything that follows the names.
    mutating func readRows() throws {
        while true {
            let before = position
            let beginning = line
            guard let row = try nextRow() else { return }
            guard row.count == width else {
                let text = String(decoding: bytes[before..<position].prefix(80), as: UTF8.self)
                throw failure(
                    beginning,
                    "there are \(row.count) values, not \(width): \(text.split(separator: "\n").first ?? "")"
                )
            }
            lines.append(beginning)
            cells += row
        }
    }

    /// The cells of the next line that is neither blank nor a comment; nil at the end.
    private mutating func nextRow() throws -> [Cell]? {
        while position < bytes.count {
            skipBlanks()
            guard position < bytes.count else { return nil }
            switch bytes[position] {
            case 0x0A, 0x0D:
                endLine()
            case UInt8(ascii: "#"):
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
                endLine()
            default: return try row()
            }
        }
        return nil
    }

    private mutating func row() throws -> [Cell] {
        var row: [Cell] = []
        row.reserveCapacity(width)
        while true {
            row.append(try nextCell())
            skipBlanks(exceptDelimiter: true)
            guard position < bytes.count else { return row }
            guard bytes[position] == delimiter else {
                endLine()
                return row
            }
            position += 1
            skipBlanks()
            // Blanks at the end of a line are no cell.
            if delimiter == 0x20, position >= bytes.count || bytes[position] == 0x0A || bytes[position] == 0x0D {
                endLine()
                return row
            }
        }
    }

    private mutating func nextCell() throws -> Cell {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return plainCell() }
        let first = line
        position += 1
        var cell = Cell(start: position, end: position)
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\"") where position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\""):
                cell.hasEscapes = true
                position += 2
            case UInt8(ascii: "\""):
                cell.end = position
                position += 1
                guard position >= bytes.count || isEnd(bytes[position]) || bytes[position] == 0x09 else {
                    throw failure(line, "there is text after the closing quote")
                }
                return cell
            default:
                if bytes[position] == 0x0A { line += 1 }
                position += 1
            }
        }
        throw failure(first, "a quote is not closed")
    }

    private mutating func plainCell() -> Cell {
        let start = position
        while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
        var end = position
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return Cell(start: start, end: end)
    }

    private func isEnd(_ byte: UInt8) -> Bool { byte == delimiter || byte == 0x0A || byte == 0x0D }

    private mutating func skipBlanks(exceptDelimiter: Bool = false) {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09,
            !(exceptDelimiter && bytes[position] == delimiter)
        {
            position += 1
        }
    }

    private mutating func endLine() {
        if position < bytes.count, bytes[position] == 0x0D { position += 1 }
        if position < bytes.count, bytes[position] == 0x0A {
            position += 1
            line += 1
        }
    }

    /// The error of a line.
    func failure(_ line: Int, _ problem: String) -> ButlerError {
        ButlerError(
            .corruptFile,
            "\"\(source)\", line \(line): \(problem).",
            remedy: "Restore the file from a copy.",
            context: [.init("line", String(line))]
        )
    }
}

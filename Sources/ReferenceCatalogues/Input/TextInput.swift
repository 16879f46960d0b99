internal import Formatters
internal import StewardCore

/// Rows of CSV or ECSV text, read in chunks on the borders of rows.
final class TextInput: CatalogueInput {
    let columns: [InputColumnInfo]
    private let stream: ByteStream
    private let label: String
    private let delimiter: UInt8
    /// Bytes that were read and belong to the next chunk.
    private var rest: [UInt8] = []
    private var line = 1
    private var hasEnded = false

    init(_ stream: ByteStream, isECSV: Bool, label: String) throws {
        self.stream = stream
        self.label = label
        var head = Head(stream, label)
        let comments = try head.comments()
        let header = isECSV ? try ECSVHeader(comments, source: label) : nil
        delimiter = header?.delimiter ?? UInt8(ascii: ",")
        guard let names = try head.nextLine() else {
            throw ButlerError(.corruptFile, "\"\(label)\" is empty.").adding("file", label)
        }
        let cells = RowCells.split(names, delimiter)
        if let header, header.columns.map(\.name) != cells {
            throw ButlerError(
                .corruptFile,
                "\"\(label)\", line \(head.line - 1): the columns are not those that the header describes.",
                remedy: "Restore the file from a copy."
            ).adding("file", label)
        }
        columns = header?.columns.map(InputColumnInfo.init) ?? cells.map { InputColumnInfo(name: $0) }
        (rest, line) = (Array(head.rest), head.line)
    }

    func next() throws -> (any InputChunk)? {
        while true {
            if !hasEnded { hasEnded = try !stream.append(InputFile.chunkSize, to: &rest) }
            guard !rest.isEmpty else { return nil }
            let border = RowBorders(rest, firstLine: line, isLast: hasEnded)
            guard border.end > 0 else {
                guard hasEnded || rest.count > 16 * InputFile.chunkSize else { continue }
                throw ButlerError(
                    .corruptFile,
                    "\"\(label)\", line \(line): a quote is not closed.",
                    remedy: "Restore the file from a copy."
                ).adding("file", label)
            }
            let chunk = TextChunk(
                bytes: Array(rest[..<border.end]),
                borders: border,
                delimiter: delimiter,
                columns: columns.map(\.name),
                label: label
            )
            rest.removeFirst(border.end)
            line = border.nextLine
            if chunk.rowCount > 0 { return chunk }
        }
    }
}

extension InputColumnInfo {
    /// What an ECSV header says of a column.
    fileprivate init(_ column: ECSVHeader.Column) {
        self.init(name: column.name, unit: column.unit)
        guard case .single(let type) = column.form else { return }
        switch type.storage {
        case .bool: self.type = .bool
        case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: self.type = .int64
        case .float32, .float64: self.type = .float64
        default: self.type = .string
        }
    }
}

/// The lines before the rows.
private struct Head {
    private let stream: ByteStream
    private let label: String
    private var bytes: [UInt8] = []
    private var start = 0
    private(set) var line = 1

    init(_ stream: ByteStream, _ label: String) {
        self.stream = stream
        self.label = label
    }

    /// What follows the lines taken.
    var rest: ArraySlice<UInt8> { bytes[start...] }

    /// The next line that is not blank, without its end; nil at the end of the file.
    mutating func nextLine() throws -> [UInt8]? {
        while true {
            if let end = bytes[start...].firstIndex(of: 0x0A) {
                let text = bytes[start..<end]
                start = end + 1
                line += 1
                if let text = Self.trimmed(text) { return text }
            } else if try !stream.append(1 << 16, to: &bytes) {
                let text = bytes[start...]
                start = bytes.count
                return Self.trimmed(text)
            }
            guard bytes.count - start < 1 << 26 else {
                throw ButlerError(.corruptFile, "\"\(label)\" is no text file.").adding("file", label)
            }
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var text = text
        if text.last == 0x0D { text.removeLast() }
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        return text.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? nil : Array(text)
    }

    /// The comments in front, without their marks.
    mutating func comments() throws -> [String] {
        var comments: [String] = []
        while true {
            let (before, number) = (start, line)
            guard let text = try nextLine(), text.first == UInt8(ascii: "#") else {
                (start, line) = (before, number)
                return comments
            }
            comments.append(String(decoding: text.dropFirst(), as: UTF8.self))
        }
    }
}

/// Where rows begin in text; a line break in quotes ends none.
struct RowBorders: Sendable {
    /// Where each row begins; rows without content are left out.
    private(set) var starts: [Int] = []
    /// The line on which each row begins.
    private(set) var lines: [Int32] = []
    /// Where what is no complete row begins.
    private(set) var end = 0
    private(set) var nextLine: Int

    init(_ bytes: [UInt8], firstLine: Int, isLast: Bool) {
        nextLine = firstLine
        var (start, line, breaks) = (0, firstLine, 0)
        var isQuoted = false
        var hasContent = false
        bytes.withUnsafeBufferPointer { bytes in
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte == 0x0A else {
                    if byte == 0x22 { isQuoted.toggle() }
                    if byte > 0x20 { hasContent = true }
                    continue
                }
                breaks += 1
                guard !isQuoted else { continue }
                if hasContent { add(start, line) }
                (start, line, hasContent) = (index + 1, line + breaks, false)
                breaks = 0
            }
        }
        (end, nextLine) = (start, line)
        guard isLast, start < bytes.count, !isQuoted else { return }
        if hasContent { add(start, line) }
        (end, nextLine) = (bytes.count, line + 1)
    }

    private mutating func add(_ start: Int, _ line: Int) {
        starts.append(start)
        lines.append(Int32(clamping: line))
    }
}

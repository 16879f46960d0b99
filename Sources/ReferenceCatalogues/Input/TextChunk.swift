internal import StewardCore

/// Rows of text.
struct TextChunk: InputChunk {
    private let bytes: [UInt8]
    private let borders: RowBorders
    private let delimiter: UInt8
    private let names: [String]
    private let label: String

    init(bytes: [UInt8], borders: RowBorders, delimiter: UInt8, columns: [String], label: String) {
        self.bytes = bytes
        self.borders = borders
        self.delimiter = delimiter
        names = columns
        self.label = label
    }

    var rowCount: Int { borders.starts.count }

    func place(_ row: Int) -> String { "line \(borders.lines[row])" }

    func columns(_ requests: [ColumnRequest], missing: CatalogueConfiguration.MissingRule) throws -> [InputColumn] {
        var builders = requests.map { ColumnBuilder($0.kind, missing, capacity: rowCount) }
        var targets = [[Int]](repeating: [], count: names.count)
        for (index, request) in requests.enumerated() {
            guard let column = names.firstIndex(of: request.name) else { continue }
            targets[column].append(index)
        }
        try bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<rowCount {
                let end = row + 1 < rowCount ? borders.starts[row + 1] : bytes.count
                var cells = RowCells(bytes, borders.starts[row]..<end, delimiter)
                var column = 0
                while let cell = cells.next() {
                    guard column < targets.count else { throw count(row, column + 1 + cells.rest) }
                    for target in targets[column] {
                        guard builders[target].add(cell) else {
                            throw mismatch(row, column, cell, requests[target].kind)
                        }
                    }
                    column += 1
                }
                guard column == names.count else { throw count(row, column) }
            }
        }
        return builders.map(\.column)
    }

    private func count(_ row: Int, _ count: Int) -> ButlerError {
        failure(row, "there are \(count) values, not \(names.count)")
    }

    private func mismatch(
        _ row: Int,
        _ column: Int,
        _ cell: RowCells.Cell,
        _ kind: ColumnRequest.Kind
    ) -> ButlerError {
        guard !NumberParser.isMissing(cell.bytes) else {
            return failure(row, "the column \"\(names[column])\" has no value, which the configuration forbids")
        }
        let word =
            switch kind {
            case .real: "number"
            case .integer: "whole number"
            case .flag: "truth value"
            case .text: "text"
            }
        let text = String(decoding: cell.bytes.prefix(40), as: UTF8.self)
        return failure(row, "the value \"\(text)\" of column \"\(names[column])\" is not a \(word)")
    }

    private func failure(_ row: Int, _ problem: String) -> ButlerError {
        ButlerError(
            .corruptFile,
            "\"\(label)\", \(place(row)): \(problem).",
            remedy: "Mend the file, or check the configuration.",
            context: [.init("file", label), .init("line", String(borders.lines[row]))]
        )
    }
}

/// Collects the values of one column.
private struct ColumnBuilder {
    private let kind: ColumnRequest.Kind
    private let missing: CatalogueConfiguration.MissingRule
    private var reals: [Double] = []
    private var integers: [Int64] = []
    private var isMissing: [Bool] = []
    private var hasMissing = false
    private var flags: [Bool] = []
    private var texts = InputTexts()

    init(_ kind: ColumnRequest.Kind, _ missing: CatalogueConfiguration.MissingRule, capacity: Int) {
        self.kind = kind
        self.missing = missing
        switch kind {
        case .real: reals.reserveCapacity(capacity)
        case .integer: integers.reserveCapacity(capacity)
        case .flag: flags.reserveCapacity(capacity)
        case .text: break
        }
    }

    var column: InputColumn {
        switch kind {
        case .real: .reals(reals)
        case .integer: .integers(integers, missing: hasMissing ? isMissing : nil)
        case .flag: .flags(flags)
        case .text: .texts(texts)
        }
    }

    /// Adds the value of a cell; false if it is none of the kind.
    mutating func add(_ cell: RowCells.Cell) -> Bool {
        let bytes = cell.bytes
        if kind == .real, let value = NumberParser.double(bytes) {
            reals.append(value)
            return true
        }
        let isEmpty = NumberParser.isMissing(bytes)
        guard !isEmpty || missing != .error || kind == .text else { return false }
        switch kind {
        case .real:
            guard isEmpty else { return false }
            reals.append(missing == .zero ? 0 : .nan)
        case .integer:
            guard let value = isEmpty ? 0 : NumberParser.integer(bytes) else { return false }
            integers.append(value)
            isMissing.append(isEmpty)
            hasMissing = hasMissing || isEmpty
        case .flag:
            guard let value = isEmpty ? false : NumberParser.flag(bytes) else { return false }
            flags.append(value)
        case .text: cell.hasEscapes ? texts.append(cell.unescaped) : texts.append(bytes)
        }
        return true
    }
}

/// The cells of one row, one after the other, without blanks around them and without quotes.
struct RowCells {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let delimiter: UInt8
    private var position: Int
    private let end: Int
    private var isDone = false

    /// The bytes of a cell.
    struct Cell {
        let bytes: UnsafeBufferPointer<UInt8>
        /// Whether quotes in it are doubled.
        var hasEscapes = false

        /// The bytes with single quotes.
        var unescaped: [UInt8] {
            var isSecond = false
            return bytes.filter { byte in
                isSecond = byte == 0x22 && !isSecond
                return !isSecond
            }
        }
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ delimiter: UInt8) {
        self.bytes = bytes
        self.delimiter = delimiter
        position = range.lowerBound
        var end = range.upperBound
        while end > position, bytes[end - 1] <= 0x20 { end -= 1 }
        // Blanks in front of a row are no cells, nor those of an empty last cell of CSV lost.
        while position < end, bytes[position] == 0x20 { position += 1 }
        self.end = end
    }

    /// Number of cells that follow.
    var rest: Int {
        var copy = self
        var count = 0
        while copy.next() != nil { count += 1 }
        return count
    }

    /// The next cell.
    mutating func next() -> Cell? {
        guard !isDone else { return nil }
        if delimiter == 0x20 {
            while position < end, bytes[position] == 0x20 { position += 1 }
        }
        var start = position
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        if start < end, bytes[start] == 0x22 { return quoted(start) }
        var stop = start
        while stop < end, bytes[stop] != delimiter { stop += 1 }
        finish(stop)
        while stop > start, bytes[stop - 1] == 0x20 || bytes[stop - 1] == 0x09 { stop -= 1 }
        return Cell(bytes: UnsafeBufferPointer(rebasing: bytes[start..<stop]))
    }

    private mutating func finish(_ stop: Int) {
        var stop = stop
        while stop < end, bytes[stop] != delimiter { stop += 1 }
        isDone = stop >= end
        position = stop + 1
    }

    private mutating func quoted(_ start: Int) -> Cell {
        var index = start + 1
        var hasEscapes = false
        while index < end {
            guard bytes[index] == 0x22 else {
                index += 1
                continue
            }
            guard index + 1 < end, bytes[index + 1] == 0x22 else { break }
            hasEscapes = true
            index += 2
        }
        let inner = UnsafeBufferPointer(rebasing: bytes[start + 1..<min(index, end)])
        finish(min(index + 1, end))
        return Cell(bytes: inner, hasEscapes: hasEscapes)
    }

    /// The cells of a line as texts.
    static func split(_ line: [UInt8], _ delimiter: UInt8) -> [String] {
        line.withUnsafeBufferPointer { bytes in
            var cells = RowCells(bytes, 0..<bytes.count, delimiter)
            var texts: [String] = []
            while let cell = cells.next() { texts.append(String(decoding: cell.unescaped, as: UTF8.self)) }
            return texts
        }
    }
}

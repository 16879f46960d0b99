/// The lines of a table and their cells: separated by commas, or by spaces where the heading has no comma.
struct TableLines {
    /// Number of the present line, from 1.
    private(set) var number = 0
    private let bytes: [UInt8]
    private var position = 0
    private var separator: UInt8?
    /// The cells of the present line, without quotes and white space around them.
    private var cells: [Range<Int>] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The cells of the next line, or nil at the end.
    mutating func next() -> [String]? { advance().map { (0..<$0).map(cell) } }

    /// Goes to the next line that is neither empty nor a comment; its number of cells, or nil at the end.
    mutating func advance() -> Int? {
        while position < bytes.count {
            let begin = position
            let end = bytes[begin...].firstIndex(of: 0x0A) ?? bytes.count
            position = end + 1
            number += 1
            let line = begin..<end
            guard bytes[begin] != UInt8(ascii: "#"), let content = trimmed(line) else { continue }
            if separator == nil { separator = bytes[content].contains(0x2C) ? 0x2C : 0x20 }
            split(content)
            return cells.count
        }
        return nil
    }

    /// The text of a cell.
    func cell(_ index: Int) -> String {
        let text = String(decoding: bytes[cells[index]], as: UTF8.self)
        return text.utf8.contains(UInt8(ascii: "\"")) ? text.replacing("\"\"", with: "\"") : text
    }

    private mutating func split(_ line: Range<Int>) {
        cells.removeAll(keepingCapacity: true)
        var begin = line.lowerBound
        var isQuoted = false
        for index in line {
            if bytes[index] == UInt8(ascii: "\"") { isQuoted.toggle() }
            guard bytes[index] == separator, !isQuoted else { continue }
            add(begin..<index)
            begin = index + 1
        }
        add(begin..<line.upperBound)
    }

    private mutating func add(_ cell: Range<Int>) {
        if let content = trimmed(cell) {
            let isQuoted =
                content.count > 1 && bytes[content.lowerBound] == 0x22 && bytes[content.upperBound - 1] == 0x22
            cells.append(isQuoted ? content.lowerBound + 1..<content.upperBound - 1 : content)
        } else if separator == 0x2C {
            cells.append(cell.lowerBound..<cell.lowerBound)
        }
    }

    /// The range without white space at its ends, or nil if nothing is left.
    private func trimmed(_ range: Range<Int>) -> Range<Int>? {
        let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var (begin, end) = (range.lowerBound, range.upperBound)
        while begin < end, isSpace(bytes[begin]) { begin += 1 }
        while begin < end, isSpace(bytes[end - 1]) { end -= 1 }
        return begin < end ? begin..<end : nil
    }
}

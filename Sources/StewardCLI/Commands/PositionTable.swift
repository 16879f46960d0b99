internal import Foundation
internal import StewardCore

/// Positions in degrees, from words of the command line or from two columns of a table.
struct PositionTable {
    /// Right ascensions.
    private(set) var ra: [Double] = []
    /// Declinations.
    private(set) var dec: [Double] = []

    /// Reads words of the form `ra,dec`.
    ///
    /// - Parameter words: The words.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for one that is no position.
    init(_ words: [String]) throws {
        for word in words {
            let numbers = word.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
            guard numbers.count == 2, let ra = numbers[0], let dec = numbers[1] else {
                throw ButlerError(
                    .invalidArgument,
                    "\"\(word)\" is no position.",
                    remedy: "Write right ascension and declination in degrees, for instance 150.1,2.2."
                )
            }
            self.ra.append(ra)
            self.dec.append(dec)
        }
    }

    /// Reads two columns of a table: CSV, or the CSV-like part of ECSV.
    ///
    /// - Parameters:
    ///   - path: Path of the file.
    ///   - raName: Column of right ascensions.
    ///   - decName: Column of declinations.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.corruptFile` naming the line, `.invalidArgument` for a column that
    ///   is not there.
    init(readingFrom path: String, ra raName: String, dec decName: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ButlerError(.fileNotFound, "The table \"\(path)\" cannot be read.")
        }
        var lines = TableLines(Array(data))
        guard let names = lines.next() else { throw ButlerError(.corruptFile, "The table \"\(path)\" is empty.") }
        let raIndex = try Self.index(raName, names, path)
        let decIndex = try Self.index(decName, names, path)
        while let count = lines.advance() {
            guard
                count > max(raIndex, decIndex), let ra = Double(lines.cell(raIndex)),
                let dec = Double(lines.cell(decIndex))
            else {
                throw ButlerError(
                    .corruptFile,
                    "\(path), line \(lines.number): there is no position.",
                    remedy: "Columns \(raName) and \(decName) must hold numbers in degrees."
                )
            }
            self.ra.append(ra)
            self.dec.append(dec)
        }
    }

    private static func index(_ name: String, _ names: [String], _ path: String) throws -> Int {
        if let index = names.firstIndex(of: name) { return index }
        throw ButlerError(
            .invalidArgument,
            "The table \"\(path)\" has no column \"\(name)\".",
            remedy: "Name the columns with --ra-column and --dec-column; there are \(names.joined(separator: ", ")).",
            candidates: Candidates.nearest(to: name, in: names)
        )
    }
}

/// The lines of a table and their cells: separated by commas, or by spaces where the heading has no comma.
private struct TableLines {
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
    func cell(_ index: Int) -> String { String(decoding: bytes[cells[index]], as: UTF8.self) }

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

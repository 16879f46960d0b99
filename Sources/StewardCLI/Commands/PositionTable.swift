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
        var columns: (ra: Int, dec: Int)?
        var separator = UInt8(ascii: ",")
        for (number, line) in Array(data).split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            guard let first = line.first, first != UInt8(ascii: "#"), line != [0x0D] else { continue }
            guard let columns else {
                if !line.contains(separator) { separator = UInt8(ascii: " ") }
                let names = line.split(separator: separator).map(Self.word)
                columns = (try Self.index(raName, names, path), try Self.index(decName, names, path))
                continue
            }
            let cells = line.split(separator: separator, omittingEmptySubsequences: separator != 0x20)
            guard
                cells.count > max(columns.ra, columns.dec), let ra = Double(Self.word(cells[columns.ra])),
                let dec = Double(Self.word(cells[columns.dec]))
            else {
                throw ButlerError(
                    .corruptFile,
                    "\(path), line \(number + 1): \"\(Self.word(line))\" holds no position.",
                    remedy: "Columns \(raName) and \(decName) must hold numbers in degrees."
                )
            }
            self.ra.append(ra)
            self.dec.append(dec)
        }
        guard columns != nil else { throw ButlerError(.corruptFile, "The table \"\(path)\" is empty.") }
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

    /// The text of a cell without quotes and white space around it.
    private static func word(_ cell: ArraySlice<UInt8>) -> String {
        let isPadding = { (byte: UInt8) in byte == 0x20 || byte == 0x0D || byte == 0x09 || byte == UInt8(ascii: "\"") }
        let begin = cell.firstIndex { !isPadding($0) } ?? cell.endIndex
        let end = cell.lastIndex { !isPadding($0) }.map { $0 + 1 } ?? begin
        return String(decoding: cell[begin..<max(begin, end)], as: UTF8.self)
    }
}

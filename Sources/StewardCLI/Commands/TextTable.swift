internal import Foundation
internal import StewardCore

/// A table with named columns: CSV, or the CSV-like part of ECSV.
struct TextTable {
    /// Names of the columns.
    let columns: [String]
    /// Lines with their numbers and as many cells as there are columns.
    let rows: [(line: Int, cells: [String])]

    /// Reads a table.
    ///
    /// - Parameter path: Path of the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.corruptFile` naming the line.
    init(readingFrom path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ButlerError(.fileNotFound, "The table \"\(path)\" cannot be read.")
        }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated().filter { !$0.element.hasPrefix("#") && !$0.element.allSatisfy(\.isWhitespace) }
        guard let header = lines.first else {
            throw ButlerError(.corruptFile, "The table \"\(path)\" is empty.")
        }
        let separator: Character = header.element.contains(",") ? "," : " "
        let columns = Self.cells(header.element, separator)
        self.columns = columns
        rows = try lines.dropFirst().map { number, line in
            let cells = Self.cells(line, separator)
            guard cells.count == columns.count else {
                throw ButlerError(
                    .corruptFile,
                    "\(path), line \(number + 1): \(cells.count) cells where the heading has \(columns.count)."
                )
            }
            return (number + 1, cells)
        }
    }

    /// The cells of a line; quoted ones may hold the separator, and doubled quotes.
    private static func cells(_ line: some StringProtocol, _ separator: Character) -> [String] {
        var cells = [""]
        var isQuoted = false
        var rest = Substring(line)
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                cells[cells.count - 1].append(character)
            case "\"": isQuoted.toggle()
            case separator where !isQuoted: cells.append("")
            case "\r": break
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}

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
        var lines = TableLines(Array(data))
        guard let columns = lines.next() else {
            throw ButlerError(.corruptFile, "The table \"\(path)\" is empty.")
        }
        var rows: [(line: Int, cells: [String])] = []
        while let cells = lines.next() {
            guard cells.count == columns.count else {
                throw ButlerError(
                    .corruptFile,
                    "\(path), line \(lines.number): \(cells.count) cells where the heading has \(columns.count)."
                )
            }
            rows.append((lines.number, cells))
        }
        self.columns = columns
        self.rows = rows
    }
}

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

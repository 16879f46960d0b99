internal import ArgumentParser
internal import StewardCore

/// Form of what a command lists.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// Aligned columns for people, as the reference prints them.
    case table
    /// One JSON object a row in a list; keys are stable.
    case json
    /// One JSON object a row, each on a line of its own; keys as in JSON.
    case jsonl
    /// Comma-separated values (RFC 4180) with a heading line; headings are the JSON keys.
    case csv
}

/// Options of every command that lists something.
struct OutputOptions: ParsableArguments {
    @Option(help: "Form of the output: table, json, jsonl (a JSON object a line) or csv.")
    var format = OutputFormat.table

    @Option(help: ArgumentHelp("Columns to show, in this order (comma-separated).", valueName: "names"))
    var columns: String?

    @Flag(help: "Leave out the heading lines of tables and CSV.")
    var noHeader = false
}

extension OutputOptions {
    /// The table in the chosen form, with the chosen columns.
    ///
    /// - Parameter table: What to show.
    /// - Returns: Text that ends with a line break.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    func render(_ table: OutputTable) throws -> String {
        guard format == .table else {
            var encoder = try RowEncoder(table.columns, self)
            for row in table.rows { encoder.add(row) }
            encoder.end()
            return String(decoding: encoder.bytes, as: UTF8.self)
        }
        var chosen = table
        let indices = try chosenColumns(of: table.columns)
        chosen.columns = indices.map { table.columns[$0] }
        chosen.rows = table.rows.map { row in indices.map { row[$0] } }
        return chosen.text(showsHeader: !noHeader)
    }

    /// Positions of the columns to show, in order.
    ///
    /// - Parameter known: All columns.
    /// - Returns: The positions.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a column that is not there.
    func chosenColumns(of known: [OutputTable.Column]) throws -> [Int] {
        guard let columns else { return Array(known.indices) }
        return try columns.split(separator: ",").map(String.init).map { name in
            guard let index = known.firstIndex(where: { $0.key == name || $0.heading == name }) else {
                throw ButlerError(
                    .invalidArgument,
                    "There is no column \"\(name)\" in this output.",
                    remedy: "The columns are \(known.map(\.key).joined(separator: ", ")).",
                    candidates: Candidates.nearest(to: name, in: known.map(\.key))
                )
            }
            return index
        }
    }
}

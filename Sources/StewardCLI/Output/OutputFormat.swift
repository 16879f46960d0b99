internal import ArgumentParser
internal import StewardCore

/// Form of what a command lists.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// Aligned columns for people, as the reference prints them.
    case table
    /// One JSON object a row in a list; keys are stable.
    case json
    /// Comma-separated values (RFC 4180) with a heading line; headings are the JSON keys.
    case csv
}

/// Options of every command that lists something.
struct OutputOptions: ParsableArguments {
    @Option(help: "Form of the output: table, json or csv.")
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
        let table = try columns.map { try table.selecting($0.split(separator: ",").map(String.init)) } ?? table
        return switch format {
        case .table: table.text(showsHeader: !noHeader)
        case .json: table.json.text(.indented) + "\n"
        case .csv: table.csv(showsHeader: !noHeader)
        }
    }
}

extension OutputTable {
    /// The rows as a list of objects.
    var json: JSONValue {
        .array(
            rows.map { row in .object(zip(columns, row).map { JSONValue.Member($0.key, $1.json) }) }
        )
    }

    /// The rows as RFC 4180 text with `\n` line ends.
    func csv(showsHeader: Bool) -> String {
        let header = showsHeader ? [columns.map(\.key)] : []
        let lines = header + rows.map { $0.map(\.csv) }
        return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// The table with only the columns named, in that order.
    fileprivate func selecting(_ names: [String]) throws -> OutputTable {
        let indices = try names.map { name in
            guard let index = columns.firstIndex(where: { $0.key == name || $0.heading == name }) else {
                throw ButlerError(
                    .invalidArgument,
                    "There is no column \"\(name)\" in this output.",
                    remedy: "The columns are \(columns.map(\.key).joined(separator: ", ")).",
                    candidates: Candidates.nearest(to: name, in: columns.map(\.key))
                )
            }
            return index
        }
        var table = self
        table.columns = indices.map { columns[$0] }
        table.rows = rows.map { row in indices.map { row[$0] } }
        return table
    }
}

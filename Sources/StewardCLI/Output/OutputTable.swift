internal import Steward
internal import StewardCore

/// Rows of typed cells under named columns, on their way to people (table), programs (JSON) or spreadsheets (CSV).
struct OutputTable: Sendable {
    /// One column.
    struct Column: Sendable {
        /// Heading of the table form.
        var heading: String
        /// Key of the JSON form and heading of the CSV form; stable across versions.
        var key: String

        init(_ heading: String, key: String? = nil) {
            self.heading = heading
            self.key = key ?? heading
        }
    }

    /// One cell.
    enum Cell: Sendable, Hashable {
        case null
        case int(Int64)
        case real(Double)
        case bool(Bool)
        case text(String)
        /// The identifier of a dataset.
        case id(DatasetID)
        /// Several texts; the table form gives each a line of its own.
        case list([String])
        /// A value that has one form for people and another for programs.
        case shown(String, JSONValue)
    }

    /// How cells of the table form are aligned below their headings.
    enum Alignment {
        case left
        case right
    }

    var columns: [Column]
    var rows: [[Cell]] = []
    var alignment = Alignment.right

    init(_ headings: [String], alignment: Alignment = .right) {
        columns = headings.map { Column($0) }
        self.alignment = alignment
    }
}

extension OutputTable {
    /// The rows as a list of objects, to stand within another value.
    var json: JSONValue {
        .array(rows.map { row in .object(zip(columns, row).map { JSONValue.Member($0.key, $1.json) }) })
    }
}

extension OutputTable.Cell {
    /// Text of the table form; nothing shows as `None`, as in the reference.
    ///
    /// Swift spells finite doubles as Python does.
    var text: String {
        switch self {
        case .null: "None"
        case .int(let value): String(value)
        case .real(let value): value.isFinite ? String(value) : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
        case .bool(let value): value ? "True" : "False"
        case .text(let value): value
        case .id(let value): value.dashed
        case .list(let values): values.joined(separator: ", ")
        case .shown(let text, _): text
        }
    }

    /// The JSON form.
    var json: JSONValue {
        switch self {
        case .null: .null
        case .int(let value): .int(value)
        case .real(let value): value.isFinite ? .double(value) : .null
        case .bool(let value): .bool(value)
        case .text(let value): .string(value)
        case .id(let value): .string(value.dashed)
        case .list(let values): .array(values.map { .string($0) })
        case .shown(_, let json): json
        }
    }

    /// Text of the CSV form; nothing is empty.
    var csv: String {
        switch self {
        case .null: ""
        case .shown(_, let json): json.string ?? json.text()
        case .list(let values): values.joined(separator: " ")
        default: text
        }
    }
}

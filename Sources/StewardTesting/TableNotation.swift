public import Databases

/// Reads table definitions from a compact text, one item a line.
///
/// A line without indentation names a table. The lines below it hold its columns, separated by `|` (name, type, then
/// `pk` for the primary key or `nn` for not null), and `uq`, `ix` and `fk` lines:
///
/// ```
/// run
///   collection_id i64 pk | host s128 | timespan span
///   fk collection_id -> collection(collection_id) cascade
/// ```
public struct TableNotation {
    /// A line that cannot be read.
    public struct Malformed: Error, CustomStringConvertible {
        /// The line.
        public let line: String

        /// The line, quoted.
        public var description: String { "Malformed line \"\(line)\"" }
    }

    private var name: String?
    private var columns: [ColumnSpec] = []
    private var unique: [[String]] = []
    private var indexes: [[String]] = []
    private var foreignKeys: [ForeignKeySpec] = []
    private var tables: [TableSpec] = []

    /// The tables that a text defines, in its order.
    ///
    /// - Parameter text: The definitions.
    /// - Returns: The tables.
    /// - Throws: ``Malformed``
    public static func parse(_ text: String) throws(Malformed) -> [TableSpec] {
        var notation = TableNotation()
        for line in text.split(separator: "\n") {
            try notation.read(String(line))
        }
        notation.finish()
        return notation.tables
    }

    private mutating func finish() {
        guard let name else { return }
        tables.append(
            TableSpec(name, columns: columns, unique: unique, indexes: indexes, foreignKeys: foreignKeys)
        )
        self = TableNotation(tables: tables)
    }

    private init(tables: [TableSpec] = []) {
        self.tables = tables
    }

    private mutating func read(_ line: String) throws(Malformed) {
        let words = line.split(separator: " ").map(String.init)
        guard line.hasPrefix(" ") else {
            finish()
            name = line
            return
        }
        switch words[0] {
        case "uq": unique.append(Self.names(words[1]))
        case "ix": indexes.append(Self.names(words[1]))
        case "fk": foreignKeys.append(try Self.foreignKey(words, line))
        default: columns = try line.split(separator: "|").map { (part) throws(Malformed) in try Self.column(part) }
        }
    }

    private static func names(_ list: some StringProtocol) -> [String] {
        String(list).split(separator: ",").map(String.init)
    }

    private static func foreignKey(_ words: [String], _ line: String) throws(Malformed) -> ForeignKeySpec {
        guard words.count >= 4, words[2] == "->", words[3].hasSuffix(")") else { throw Malformed(line: line) }
        let target = words[3].dropLast().split(separator: "(")
        guard target.count == 2 else { throw Malformed(line: line) }
        return ForeignKeySpec(
            names(words[1]),
            references: String(target[0]),
            names(target[1]),
            cascades: words.last == "cascade"
        )
    }

    private static func column(_ text: Substring) throws(Malformed) -> ColumnSpec {
        let words = text.split(separator: " ").map(String.init)
        guard (2...3).contains(words.count), let type = type(words[1]) else { throw Malformed(line: String(text)) }
        return switch words.dropFirst(2).first {
        case "pk": .key(words[0], type)
        case "nn": .required(words[0], type)
        case nil: .optional(words[0], type)
        default: throw Malformed(line: String(text))
        }
    }

    private static func type(_ code: String) -> ColumnType? {
        switch code {
        case "text": .text
        case "i16": .int16
        case "i64": .int64
        case "serial": .serial
        case "f64": .double
        case "bool": .bool
        case "uid": .uuid
        case "b64": .hash
        case "reg": .region
        case "span": .timespan
        default: code.hasPrefix("s") ? Int(code.dropFirst()).map { .string($0) } : nil
        }
    }
}

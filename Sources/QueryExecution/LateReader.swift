internal import Databases
internal import Dimensions
internal import StewardCore

/// What is looked up of an element, with the places of its keys: constants, or columns of the widened page.
struct LateSource {
    let lookUp: LateElements.LookUp
    let keys: [KeySource]

    /// Positions of the keys that are columns.
    var columns: [Int] {
        keys.compactMap { key in
            if case .column(let index) = key { return index }
            return nil
        }
    }
}

/// Fetches what is looked up by key for the rows of pages, and keeps it for the pages that follow.
struct LateReader {
    private let sources: [LateSource]
    private var memories: [Memory] = []

    /// The distinct keys of an element seen so far, and what was found for them.
    fileprivate struct Memory {
        var keys: KeyTable
        var texts: [String: Int64] = [:]
        var found: [ColumnPage.Column] = []
    }

    /// Keys that are kept; beyond, what was found is forgotten before the next page.
    private static let keptKeys = 16_384

    /// Starts with nothing known.
    init(_ sources: [LateSource]) {
        self.sources = sources
        memories = sources.map { Memory(keys: KeyTable(width: $0.columns.count)) }
    }

    /// A page with the columns that are looked up before those that it has; at most one statement for each element.
    mutating func widened(_ page: ColumnPage, on connection: any Connection) throws -> ColumnPage {
        guard !sources.isEmpty else { return page }
        let width = sources.reduce(0) { $0 + $1.lookUp.columns.count }
        var columns: [ColumnPage.Column] = []
        for index in sources.indices {
            let source = sources[index]
            let (codes, rows) = Self.codes(page, source.columns.map { $0 - width }, &memories[index])
            if !rows.isEmpty {
                let keys = KeyList(page: page, rows: rows, columns: source.columns.map { $0 - width })
                let sql = Self.statement(source, keys, connection.dialect)
                memories[index].add(try connection.query(sql, kinds: source.lookUp.columns.map(\.kind)).columns)
            }
            columns += memories[index].found.map { $0.gathered(codes) }
        }
        return ColumnPage(columns: columns + page.columns, rowCount: page.rowCount)
    }

    /// A code for each row, and the first rows of keys that are new.
    private static func codes(_ page: ColumnPage, _ columns: [Int], _ memory: inout Memory) -> ([Int32], [Int]) {
        if memory.keys.count > keptKeys { memory = Memory(keys: KeyTable(width: columns.count)) }
        var known = memory.keys.count
        var (codes, newRows): ([Int32], [Int]) = ([], [])
        codes.reserveCapacity(page.rowCount)
        let parts = columns.map { index -> [Int64] in
            let column = page.columns[index]
            guard column.kind == .label else { return column.integers }
            let numbers = column.labels.map { memory.number(of: $0) }
            return column.codes.map { $0 < 0 ? -1 : numbers[Int($0)] }
        }
        var key = [Int64](repeating: 0, count: columns.count)
        for row in 0..<page.rowCount {
            for index in parts.indices { key[index] = parts[index][row] }
            let code = memory.keys.code(key)
            if code == known {
                known += 1
                newRows.append(row)
            }
            codes.append(Int32(truncatingIfNeeded: code))
        }
        return (codes, newRows)
    }

    /// The statement with one row for each key in their order, nulls where there is no such element.
    private static func statement(_ source: LateSource, _ keys: KeyList, _ dialect: SQLDialect) -> SQL {
        let element = source.lookUp.element
        let wanted = source.lookUp.columns.map { "\(id: "e", $0.name)" as SQL }.joined(separator: ", ")
        var position = 0
        var conditions: [SQL] = []
        for (key, field) in zip(source.keys, element.fields) {
            let column: SQL = "\(id: "e", field.name)"
            if case .constant(let value) = key {
                conditions.append("\(column) = \(value.sql)")
            } else {
                conditions.append("\(column) = \(keys.column(position, dialect))")
                position += 1
            }
        }
        return """
            SELECT \(wanted) FROM \(keys.source(dialect)) LEFT JOIN \(table: element.name) AS \(id: "e") \
            ON \(conditions.joined(separator: " AND "))\(keys.order(dialect))
            """
    }
}

extension LateReader.Memory {
    /// A number for a text that is part of a key.
    fileprivate mutating func number(of text: String) -> Int64 {
        if let known = texts[text] { return known }
        let number = Int64(texts.count)
        texts[text] = number
        return number
    }

    fileprivate mutating func add(_ columns: [ColumnPage.Column]) {
        if found.isEmpty {
            found = columns
        } else {
            for index in found.indices { found[index].append(contentsOf: columns[index]) }
        }
    }
}

internal import Databases

/// Insertions that a connection has spelled: the same few into the same tables come again and again.
struct InsertionTexts {
    private struct Entry {
        let table: TableSpec
        let columns: [String]
        let rule: ConflictRule
        let rowCount: Int
        let text: RenderedSQL
    }

    /// Rows of a block: to bind and run a statement for each takes a third of the time of small rows.
    static let blockRows = 64

    /// Most insertions into one table that are kept.
    private static let capacity = 16
    private var entries: [String: [Entry]] = [:]

    /// The insertion of so many rows with some columns, spelled if it is new.
    mutating func text(
        _ table: TableSpec,
        _ columns: [String],
        _ rule: ConflictRule,
        rowCount: Int = 1,
        _ dialect: SQLDialect
    ) -> RenderedSQL {
        let known = entries[table.name] ?? []
        let entry = known.first {
            $0.rowCount == rowCount && $0.rule == rule && $0.columns == columns && $0.table == table
        }
        if let entry { return entry.text }
        let text = table.insertion(of: columns, onConflict: rule, rowCount: rowCount, dialect).rendered(for: dialect)
        let new = Entry(table: table, columns: columns, rule: rule, rowCount: rowCount, text: text)
        entries[table.name] = known.suffix(Self.capacity - 1) + [new]
        return text
    }
}

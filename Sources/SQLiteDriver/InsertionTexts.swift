internal import Databases

/// Insertions that a connection has spelled: the same few into the same tables come again and again.
struct InsertionTexts {
    private struct Entry {
        let table: TableSpec
        let columns: [String]
        let rule: ConflictRule
        let text: RenderedSQL
    }

    /// Most insertions into one table that are kept.
    private static let capacity = 8
    private var entries: [String: [Entry]] = [:]

    /// The insertion of rows with some columns, spelled if it is new.
    mutating func text(
        _ table: TableSpec,
        _ columns: [String],
        _ rule: ConflictRule,
        _ dialect: SQLDialect
    ) -> RenderedSQL {
        let known = entries[table.name] ?? []
        if let entry = known.first(where: { $0.rule == rule && $0.columns == columns && $0.table == table }) {
            return entry.text
        }
        let text = table.insertion(of: columns, onConflict: rule, dialect).rendered(for: dialect)
        let entry = Entry(table: table, columns: columns, rule: rule, text: text)
        entries[table.name] = known.suffix(Self.capacity - 1) + [entry]
        return text
    }
}

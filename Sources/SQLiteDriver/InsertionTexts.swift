internal import Databases

/// Insertions that a connection has spelled: the same few into the same tables come again and again.
struct InsertionTexts {
    private struct Entry {
        let table: TableSpec
        let columns: [String]
        let rule: ConflictRule
        let texts: Texts
    }

    /// One insertion, of a row and of a block of rows.
    struct Texts {
        let row: RenderedSQL
        let block: RenderedSQL
    }

    /// Rows of a block: to bind and run a statement for each takes almost half of the time of small rows.
    static let blockRows = 64

    /// Most insertions into one table that are kept.
    private static let capacity = 8
    private var entries: [String: [Entry]] = [:]

    /// The insertion of rows with some columns, spelled if it is new.
    mutating func texts(
        _ table: TableSpec,
        _ columns: [String],
        _ rule: ConflictRule,
        _ dialect: SQLDialect
    ) -> Texts {
        let known = entries[table.name] ?? []
        if let entry = known.first(where: { $0.rule == rule && $0.columns == columns && $0.table == table }) {
            return entry.texts
        }
        func text(_ rowCount: Int) -> RenderedSQL {
            table.insertion(of: columns, onConflict: rule, rowCount: rowCount, dialect).rendered(for: dialect)
        }
        let texts = Texts(row: text(1), block: text(Self.blockRows))
        let entry = Entry(table: table, columns: columns, rule: rule, texts: texts)
        entries[table.name] = known.suffix(Self.capacity - 1) + [entry]
        return texts
    }
}

extension TableSpec {
    /// The statements that create the table: its sequence where the dialect has them, the table, its indexes.
    ///
    /// Names and text equal the reference's; see section 4 of the repository format.
    ///
    /// A temporary table has neither foreign keys nor namespace.
    ///
    /// - Parameter dialect: The database to write for.
    /// - Returns: The statements in the order of execution.
    public func creation(_ dialect: SQLDialect) -> [SQL] {
        let definition = TableDefinition(table: self, dialect: dialect)
        return (definition.sequences + [definition.creation] + definition.indexes).map { SQL(generated: $0) }
    }
}

/// Spells the definition of one table in one dialect.
private struct TableDefinition {
    let table: TableSpec
    let dialect: SQLDialect

    var sequences: [String] {
        guard dialect.keyGeneration == .sequence, !table.isTemporary, let key = table.generatedKey else { return [] }
        return ["CREATE SEQUENCE " + dialect.qualified(objectName([table.name, "seq", key]))]
    }

    var creation: String {
        let parts =
            columnClauses + keyClauses + checkClauses + uniqueClauses + (table.isTemporary ? [] : foreignKeyClauses)
        let keyword = table.isTemporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE "
        return keyword + tableName + " (\n\t" + parts.joined(separator: ", \n\t") + "\n)"
    }

    var indexes: [String] {
        var covered = Set(table.unique.map(stored))
        covered.insert(stored(table.primaryKey))
        var statements: [String] = []
        for (columns, kind) in table.indexes.map({ ($0, "idx") }) + foreignKeyIndexes.map({ ($0, "fkidx") }) {
            let names = stored(columns)
            guard covered.insert(names).inserted else { continue }
            let name = dialect.quoted(objectName([table.name, kind] + names))
            statements.append("CREATE INDEX \(name) ON \(tableName) (\(list(names)))")
        }
        return statements
    }

    private var foreignKeyIndexes: [[String]] {
        table.isTemporary ? [] : table.foreignKeys.map(\.source)
    }

    private var tableName: String {
        table.isTemporary ? dialect.quoted(table.name) : dialect.qualified(table.name)
    }

    private var columnClauses: [String] {
        table.columns.flatMap { column in
            let names = column.storedNames(dialect)
            return names.enumerated().map { index, name in
                var clause = dialect.quoted(name) + " " + column.type.declaration(dialect)
                if column.isRequired, let initial = initialValue(column.type, index) {
                    clause += " DEFAULT " + initial
                }
                return column.isRequired ? clause + " NOT NULL" : clause
            }
        }
    }

    /// Default of a required column: time spans are unbounded.
    private func initialValue(_ type: ColumnType, _ index: Int) -> String? {
        guard type == .timespan else { return nil }
        return switch dialect.timespanStorage {
        case .columns: String(index == 0 ? TimespanBounds.minimum : TimespanBounds.maximum)
        case .range: "'(,)'::int8range"
        }
    }

    private var keyClauses: [String] {
        let key = stored(table.primaryKey)
        return key.isEmpty ? [] : ["PRIMARY KEY (\(list(key)))"]
    }

    private var checkClauses: [String] {
        table.columns.compactMap { column in
            guard let length = column.type.checkedLength(dialect) else { return nil }
            let text = "length(\"" + column.name.replacing("\"", with: "\"\"") + "\")"
            return constraint([table.name, "len", column.name]) + "CHECK (\(text)<=\(length) AND \(text)>=1)"
        }
    }

    private var uniqueClauses: [String] {
        table.unique.map { columns in
            constraint([table.name, "unq"] + stored(columns)) + "UNIQUE (\(list(stored(columns))))"
        }
    }

    private var foreignKeyClauses: [String] {
        table.foreignKeys.map { key in
            let clause = constraint(["fkey", table.name, key.table] + key.target + key.source)
            let target = dialect.qualified(key.table) + " (\(list(key.target)))"
            let action = key.cascades ? " ON DELETE CASCADE" : ""
            return clause + "FOREIGN KEY(\(list(key.source))) REFERENCES " + target + action
        }
    }

    private func constraint(_ nameParts: [String]) -> String {
        "CONSTRAINT " + dialect.quoted(objectName(nameParts)) + " "
    }

    private func objectName(_ parts: [String]) -> String {
        dialect.shortened(parts.joined(separator: "_"))
    }

    private func stored(_ columns: [String]) -> [String] {
        columns.flatMap { table.column($0)?.storedNames(dialect) ?? [$0] }
    }

    private func list(_ names: [String]) -> String {
        names.map(dialect.quoted).joined(separator: ", ")
    }
}

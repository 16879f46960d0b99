/// What an insertion does where a row of the same key or unique values exists.
public enum ConflictRule: Sendable, Hashable {
    /// Fails with an integrity error.
    case fail
    /// Leaves the existing row, whichever key or unique constraint finds it.
    case keep
    /// Leaves the existing row if it has the same primary key; fails on any other constraint.
    case keepSameKey
    /// Gives every column outside the primary key of the existing row the new value; columns left out become null.
    case replace
}

extension TableSpec {
    /// The insertion of rows, with a slot for each value of the columns.
    ///
    /// Where keys come from sequences, a generated key that is left out is drawn from its sequence.
    ///
    /// - Parameters:
    ///   - columns: The columns that are given.
    ///   - rule: What happens to a row that exists.
    ///   - rowCount: How many rows the statement inserts.
    ///   - dialect: The database to write for.
    /// - Returns: The statement, for ``Connection/executeBatch(_:rows:)``.
    public func insertion(
        of columns: [String],
        onConflict rule: ConflictRule,
        rowCount: Int = 1,
        _ dialect: SQLDialect
    ) -> SQL {
        let values = columns.map { column($0)?.type == .timespan ? SQL([.timespan(begin: nil, end: nil)]) : SQL.slot }
        let (target, all) = insertion(of: columns, values, dialect)
        let row: SQL = "(\(all.joined(separator: ", ")))"
        let rows = repeatElement(row, count: rowCount).joined(separator: ", ")
        return "\(target) VALUES \(rows)\(conflictClause(rule, dialect))"
    }

    /// The insertion of many rows that come as one array for each value of a row, in PostgreSQL's spelling.
    ///
    /// Not for replacements: one statement cannot replace a row twice.
    ///
    /// - Parameters:
    ///   - columns: The columns that are given.
    ///   - types: Names of the types of the arrays' elements, two for a time span.
    ///   - rule: What happens to a row that exists.
    ///   - dialect: The database to write for.
    /// - Returns: The statement, with a slot for each array.
    package func arrayInsertion(
        of columns: [String],
        types: [String],
        onConflict rule: ConflictRule,
        _ dialect: SQLDialect
    ) -> SQL {
        var next = 0
        let values = columns.map { name -> SQL in
            next += 1
            guard column(name)?.type == .timespan else { return "\(id: "v", "a\(next)")" }
            next += 1
            return Self.range("\(id: "v", "a\(next - 1)")", "\(id: "v", "a\(next)")")
        }
        let (target, all) = insertion(of: columns, values, dialect)
        let arrays = types.map { "\(SQL.slot)::\(SQL(generated: $0))[]" as SQL }.joined(separator: ", ")
        let names = types.indices.map { "a\($0 + 1)" }.identifierList
        let source: SQL = "unnest(\(arrays)) AS \(id: "v") (\(names))"
        return "\(target) SELECT \(all.joined(separator: ", ")) FROM \(source)\(conflictClause(rule, dialect))"
    }

    /// A range from two expressions of bounds, as ``RenderedSQL`` spells it for values.
    private static func range(_ begin: SQL, _ end: SQL) -> SQL {
        let (minimum, maximum) = (
            SQL(generated: "\(TimespanBounds.minimum)"), SQL(generated: "\(TimespanBounds.maximum)")
        )
        return """
            CASE WHEN \(begin) < \(end) THEN int8range(NULLIF(\(begin), \(minimum)), NULLIF(\(end), \(maximum))) \
            WHEN \(begin) IS NOT NULL THEN 'empty'::int8range END
            """
    }

    /// The beginning of an insertion, and its values with that of a key drawn from a sequence before them.
    private func insertion(of columns: [String], _ given: [SQL], _ dialect: SQLDialect) -> (target: SQL, values: [SQL])
    {
        var names = columns.flatMap { storedNames($0, dialect) }
        var values = given
        if dialect.keyGeneration == .sequence, let key = generatedKey, !columns.contains(key) {
            names.insert(key, at: 0)
            values.insert(SQL([.nextKey(table: name, column: key)]), at: 0)
        }
        let place: SQL = isTemporary ? "\(id: name)" : "\(table: name)"
        return ("INSERT INTO \(place) (\(names.identifierList))", values)
    }

    private func conflictClause(_ rule: ConflictRule, _ dialect: SQLDialect) -> SQL {
        let key: SQL = "(\(primaryKey.identifierList))"
        switch rule {
        case .fail: return ""
        case .keep: return " ON CONFLICT DO NOTHING"
        case .keepSameKey: return " ON CONFLICT \(key) DO NOTHING"
        case .replace:
            let others = self.columns.filter { !$0.isKey }.flatMap { $0.storedNames(dialect) }
            guard !others.isEmpty else { return " ON CONFLICT DO NOTHING" }
            let changes = others.map { "\(id: $0) = excluded.\(id: $0)" as SQL }
            return " ON CONFLICT \(key) DO UPDATE SET \(changes.joined(separator: ", "))"
        }
    }

    /// The columns as a list to select or return, time spans as begin and end.
    ///
    /// - Parameters:
    ///   - columns: Names of columns of the table.
    ///   - qualifier: Name or alias of the table in the statement, or nil.
    ///   - dialect: The database to write for.
    /// - Returns: The list; its kinds are those of ``kinds(of:)``.
    public func selection(of columns: [String], qualifier: String? = nil, _ dialect: SQLDialect) -> SQL {
        columns.map { name -> SQL in
            guard column(name)?.type == .timespan else { return Self.qualified(name, qualifier) }
            let bounds = Self.timespanBounds(name, qualifier: qualifier, dialect)
            return "\(bounds.begin), \(bounds.end)"
        }
        .joined(separator: ", ")
    }

    /// How the columns of a selection are fetched: one kind for each, two for a time span.
    public func kinds(of columns: [String]) -> [ColumnKind] {
        columns.flatMap { name -> [ColumnKind] in
            guard let type = column(name)?.type else { return [] }
            return Array(repeating: type.kind, count: type.valueCount)
        }
    }

    /// Both bounds of a time span as integers: an empty span has begin after end, a missing one has nulls.
    ///
    /// - Parameters:
    ///   - name: Name of the time span's column.
    ///   - qualifier: Name or alias of its table in the statement, or nil.
    ///   - dialect: The database to write for.
    /// - Returns: Two expressions in TAI nanoseconds since 1970-01-01 TAI, with the extremes for open ends.
    public static func timespanBounds(
        _ name: String,
        qualifier: String? = nil,
        _ dialect: SQLDialect
    ) -> (begin: SQL, end: SQL) {
        guard dialect.timespanStorage == .range else {
            return (qualified(name + "_begin", qualifier), qualified(name + "_end", qualifier))
        }
        let span = qualified(name, qualifier)
        let open = (SQL(generated: String(TimespanBounds.minimum)), SQL(generated: String(TimespanBounds.maximum)))
        let begin: SQL = "CASE WHEN isempty(\(span)) THEN \(open.1) WHEN \(span) IS NOT NULL"
        let end: SQL = "CASE WHEN isempty(\(span)) THEN \(open.0) WHEN \(span) IS NOT NULL"
        return (
            "\(begin) THEN coalesce(lower(\(span)), \(open.0)) END",
            "\(end) THEN coalesce(upper(\(span)), \(open.1)) END"
        )
    }

    /// The change of a column to a value in an `UPDATE`.
    func assignment(_ name: String, _ values: ArraySlice<SQLValue>, _ dialect: SQLDialect) -> SQL {
        let names = storedNames(name, dialect)
        guard let begin = values.first, let end = values.last, values.count == 2 else {
            return "\(id: name) = \(values.first ?? .null)"
        }
        guard names.count == 2 else { return "\(id: name) = \(SQL([.timespan(begin: begin, end: end)]))" }
        return "\(id: names[0]) = \(begin), \(id: names[1]) = \(end)"
    }

    private func storedNames(_ name: String, _ dialect: SQLDialect) -> [String] {
        column(name)?.storedNames(dialect) ?? [name]
    }

    private static func qualified(_ name: String, _ qualifier: String?) -> SQL {
        guard let qualifier else { return "\(id: name)" }
        return "\(id: qualifier, name)"
    }
}

extension Connection {
    /// Inserts rows into a table.
    ///
    /// - Parameters:
    ///   - rows: The rows; columns left out get their default or null, generated keys the next value.
    ///   - table: The table.
    ///   - rule: What happens to a row that exists; by default the insertion fails.
    /// - Returns: How many rows were inserted or replaced.
    /// - Throws: As described for ``Connection``.
    @discardableResult
    public func insert(_ rows: RowBatch, into table: TableSpec, onConflict rule: ConflictRule = .fail) throws -> Int {
        guard !rows.isEmpty else { return 0 }
        return try insertBatch(rows, into: table, onConflict: rule)
    }

    /// Inserts rows one after the other with one statement.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - table: The table.
    ///   - rule: What happens to a row that exists.
    /// - Returns: How many rows were inserted or replaced.
    /// - Throws: As described for ``Connection``.
    public func insertBatch(_ rows: RowBatch, into table: TableSpec, onConflict rule: ConflictRule) throws -> Int {
        try executeBatch(table.insertion(of: rows.columns, onConflict: rule, dialect), rows: rows)
    }

    /// Inserts rows unless they exist, and leaves those that exist as they are.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - table: The table.
    ///   - keyOnly: Whether only the primary key decides what exists; else every unique constraint does.
    /// - Returns: How many rows were inserted.
    /// - Throws: As described for ``Connection``.
    @discardableResult
    public func ensure(_ rows: RowBatch, in table: TableSpec, keyOnly: Bool = false) throws -> Int {
        try insert(rows, into: table, onConflict: keyOnly ? .keepSameKey : .keep)
    }

    /// Inserts rows, or gives rows of the same primary key their values.
    ///
    /// - Parameters:
    ///   - rows: The rows; columns outside the key that are left out become null.
    ///   - table: The table.
    /// - Throws: As described for ``Connection``.
    public func replace(_ rows: RowBatch, in table: TableSpec) throws {
        try insert(rows, into: table, onConflict: .replace)
    }

    /// Inserts one row, left alone if it exists, and reads back what was stored.
    ///
    /// - Parameters:
    ///   - row: A batch of one row.
    ///   - table: The table.
    ///   - rule: What happens to a row that exists; by default the insertion fails.
    ///   - columns: The columns to read, for instance the generated key.
    /// - Returns: The values, two for a time span, or nil if the row existed and was kept.
    /// - Throws: As described for ``Connection``.
    public func insert(
        _ row: RowBatch,
        into table: TableSpec,
        onConflict rule: ConflictRule = .fail,
        returning columns: [String]
    ) throws -> [SQLValue]? {
        let insertion = table.insertion(of: row.columns, onConflict: rule, dialect)
        let bound = try insertion.filled(with: row.canonical(in: table))
        let sql: SQL = "\(bound) RETURNING \(table.selection(of: columns, dialect))"
        let page = try query(sql, kinds: table.kinds(of: columns))
        guard !page.isEmpty else { return nil }
        return page.columns.indices.map { page.value(0, $0) }
    }
}

extension SQL {
    /// The statement with the values of a batch's only row in place of its slots.
    func filled(with batch: RowBatch) throws -> SQL {
        guard batch.count == 1 else { throw SQL.unfit(slots: batch.width, batch) }
        var values = batch[0][...]
        var filled: [Segment] = []
        for segment in segments {
            switch segment {
            case .slot:
                guard let value = values.popFirst() else { throw SQL.unfit(slots: batch.width, batch) }
                filled.append(.value(value))
            case .timespan(nil, nil):
                guard let begin = values.popFirst(), let end = values.popFirst() else {
                    throw SQL.unfit(slots: batch.width, batch)
                }
                filled.append(.timespan(begin: begin, end: end))
            default: filled.append(segment)
            }
        }
        return SQL(filled)
    }
}

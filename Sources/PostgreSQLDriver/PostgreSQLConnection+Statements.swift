internal import CPostgreSQL
internal import Databases
internal import StewardCore

extension PostgreSQLConnection {
    @discardableResult
    func execute(_ sql: SQL) throws -> Int {
        let rendered = try rendered(sql)
        try makeReady()
        observe(rendered.text)
        return try translating {
            try onLink { link, pending in
                let result = try link.execute(rendered, after: &pending, prepares: !settings.isPooled)
                return result.status == PGRES_TUPLES_OK ? 0 : result.changedRows
            }
        }
    }

    func query(_ sql: SQL, kinds: [ColumnKind]) throws -> ColumnPage {
        let rendered = try rendered(sql)
        try makeReady()
        observe(rendered.text)
        return try translating {
            try onLink { link, pending in
                let result = try link.execute(rendered, after: &pending, prepares: !settings.isPooled)
                try PageFiller.check(result, kinds)
                var filler = PageFiller(kinds)
                try filler.add(result)
                return filler.takePage()
            }
        }
    }

    func stream(_ sql: SQL, kinds: [ColumnKind], pageRows: Int, _ body: (ColumnPage) throws -> Bool) throws {
        let rendered = try rendered(sql)
        try makeReady()
        observe(rendered.text)
        let reader = RowReader(self, kinds: kinds, pageRows: max(1, pageRows))
        defer { reader.abandon() }
        var page = try translating {
            try onLink { link, pending in
                try link.run(&pending)
                try link.send(rendered, prepares: !settings.isPooled)
                reader.begin(link)
                return try reader.next()
            }
        }
        while let some = page {
            try Task.checkCancellation()
            guard try body(some) else { return }
            page = try translating { try reader.next() }
        }
    }

    @discardableResult
    func executeBatch(_ sql: SQL, rows: RowBatch) throws -> Int {
        guard !rows.isEmpty else { return 0 }
        let rendered = sql.rendered(for: dialect)
        try rows.check(against: rendered)
        try makeReady()
        observe(rendered.text, rowCount: rows.count)
        return try translating {
            try onLink { link, pending in
                try link.executeBatch(rendered.text, rows, after: &pending, prepares: !settings.isPooled)
            }
        }
    }

    /// Rows from which on arrays are faster than a pipeline.
    private static let arrayRows = 12

    func insertBatch(_ rows: RowBatch, into table: TableSpec, onConflict rule: ConflictRule) throws -> Int {
        let plain = table.insertion(of: rows.columns, onConflict: rule, dialect)
        guard rows.count >= Self.arrayRows, rule != .replace else { return try executeBatch(plain, rows: rows) }
        let rendered = plain.rendered(for: dialect)
        try rows.check(against: rendered)
        try makeReady()
        let columnTypes = try translating {
            try onLink { link, pending in
                // A statement without name is gone with the session, which lasts for the transaction.
                if settings.isPooled { try link.run(&pending) }
                return try link.parameterTypes(of: rendered.text, prepares: !settings.isPooled)
            }
        }
        let elements = columnTypes.compactMap { ArrayElement(column: $0) }
        guard elements.count == rows.width else { return try executeBatch(plain, rows: rows) }
        let types = elements.map(\.rawValue)
        let bulk = table.arrayInsertion(of: rows.columns, types: types, onConflict: rule, dialect).rendered(
            for: dialect
        )
        guard let keys = try foreignKeys(of: table, for: rows, rule) else { return try insert(rows, elements, bulk) }
        let count = try withoutTriggers { try insert(rows, elements, bulk) }
        for key in keys { try check(key, rows, elements, in: table) }
        return count
    }

    private func insert(_ rows: RowBatch, _ elements: [ArrayElement], _ bulk: RenderedSQL) throws -> Int {
        observe(bulk.text, rowCount: rows.count)
        return try translating {
            try onLink { link, pending in
                try link.insertArrays(bulk.text, rows, elements, after: &pending, prepares: !settings.isPooled)
            }
        }
    }

    func lock(_ table: String) throws {
        guard access == .write else {
            throw ButlerError(
                .readOnly,
                "Table \"\(table)\" cannot be locked in a read.",
                remedy: "Lock it in a write."
            )
        }
        try execute("LOCK TABLE \(table: table) IN EXCLUSIVE MODE")
    }

    // MARK: Tables

    func createTable(_ table: TableSpec) throws {
        for statement in table.creation(dialect) { try execute(statement) }
    }

    func createTemporaryTable(_ table: TableSpec) throws {
        guard settings.allowsTemporaryTables else {
            throw ButlerError(
                .readOnly,
                "The database \(settings.name) allows no temporary tables, which this query needs.",
                remedy: "Ask for fewer data IDs at a time, or use a database that is no standby."
            )
        }
        guard access != .snapshot || savepointDepth == 0 else {
            throw ButlerError(.invalidArgument, "A temporary table cannot be made in a savepoint of a read.")
        }
        let creation = table.temporary.creation(dialect)
        switch access {
        case .write: for statement in creation { try execute(statement) }
        case .snapshot:
            try createForRead(creation, ["RELEASE SAVEPOINT steward_read"], SessionSettings.readOnlySavepoint)
        case .latest: try createForRead(creation, ["BEGIN READ WRITE"], ["COMMIT"])
        }
        temporaryTables.append(table.name)
    }

    /// Runs statements between two that allow and forbid writing.
    private func createForRead(_ creation: [SQL], _ opening: [String], _ closing: [String]) throws {
        try makeReady()
        let texts = creation.map { $0.rendered(for: dialect).text }
        texts.forEach { observe($0) }
        try translating {
            let link = try currentLink()
            do {
                try link.run(&pending)
                try link.run((opening + texts + closing).joined(separator: "; "))
            } catch {
                if access == .latest { _ = try? link.run("ROLLBACK") }
                throw error
            }
        }
    }

    func tableNames() throws -> [String] {
        try texts(
            """
            SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = \(dialect.namespace ?? "public") \
            ORDER BY CAST(tablename AS TEXT) COLLATE "C"
            """
        )
    }

    /// Counts rows and adds up the numbers of the transactions that wrote them: each insertion and change brings a new
    /// number, each deletion takes one away.
    func changeMark(of tables: [String]) throws -> ChangeMark {
        let parts = tables.enumerated().map { index, table -> SQL in
            """
            SELECT \(SQL(generated: String(index))) AS n, COUNT(*), \
            CAST(COALESCE(SUM(CAST(CAST(xmin AS TEXT) AS BIGINT)), 0) AS BIGINT) FROM \(table: table)
            """
        }
        let sql: SQL = "\(parts.joined(separator: " UNION ALL ")) ORDER BY n"
        let page = try query(sql, kinds: [.integer, .integer, .integer])
        let values = (0..<page.rowCount).flatMap { row in [1, 2].map { page.integer(row, $0) ?? 0 } }
        return ChangeMark(scope: 0, values: values)
    }

    func columnNames(of table: String) throws -> [String] {
        guard table.utf8.count <= dialect.maximumNameLength ?? .max else { return [] }
        return try texts(
            """
            SELECT a.attname FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid \
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
            WHERE n.nspname = \(dialect.namespace ?? "public") AND c.relname = \(table) \
            AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """
        )
    }
}

internal import Databases
internal import GRDBSQLite
internal import StewardCore

extension SQLiteConnection {
    /// Most rows for which a page reserves memory before it is filled.
    private static let largestReservation = 4096

    @discardableResult
    func execute(_ sql: SQL) throws -> Int {
        try run(sql) { statement in
            let before = sqlite3_total_changes64(handle)
            while try step(statement) {}
            return changes(since: before)
        }
    }

    @discardableResult
    func executeBatch(_ sql: SQL, rows: RowBatch) throws -> Int {
        guard !rows.isEmpty else { return 0 }
        let rendered = sql.rendered(for: dialect)
        try rows.check(against: rendered)
        observe(rendered.text, rowCount: rows.count)
        return try run(rendered.text, rows.values, rows.values.indices, width: rows.width)
    }

    /// Inserts most rows in blocks of some, the rest one by one; it counts as one statement.
    func insertBatch(_ rows: RowBatch, into table: TableSpec, onConflict rule: ConflictRule) throws -> Int {
        guard !rows.isEmpty else { return 0 }
        let row = insertions.text(table, rows.columns, rule, dialect)
        try rows.check(against: row)
        let blockWidth = rows.width * InsertionTexts.blockRows
        let end = blockWidth <= dialect.maximumBindings ? rows.values.count / blockWidth * blockWidth : 0
        var total = 0
        observe(row.text, rowCount: rows.count)
        if end > 0 {
            let block = insertions.text(table, rows.columns, rule, rowCount: InsertionTexts.blockRows, dialect)
            total += try run(block.text, rows.values, 0..<end, width: blockWidth)
        }
        if end < rows.values.count {
            total += try run(row.text, rows.values, end..<rows.values.count, width: rows.width)
        }
        return total
    }

    /// Runs a statement once for each so many values of a part of a batch; the observer knows of it.
    private func run(_ text: String, _ values: [SQLValue], _ part: Range<Int>, width: Int) throws -> Int {
        try checkState()
        return try withStatement(text, isObserved: true) { statement in
            try checkAccess(statement)
            let binder = RowBinder(statement, width: width)
            defer {
                sqlite3_reset(statement)
                sqlite3_clear_bindings(statement)
            }
            var total = 0
            for offset in stride(from: part.lowerBound, to: part.upperBound, by: width) {
                try check(binder.bindRow(values, at: offset), statement)
                let before = sqlite3_total_changes64(handle)
                while try step(statement) {}
                total += changes(since: before)
                sqlite3_reset(statement)
            }
            return total
        }
    }

    /// Rows that the last statement changed itself; SQLite keeps the old number after one that changes none.
    private func changes(since before: Int64) -> Int {
        let connection = handle
        return sqlite3_total_changes64(connection) == before ? 0 : Int(sqlite3_changes64(connection))
    }

    func query(_ sql: SQL, kinds: [ColumnKind]) throws -> ColumnPage {
        try run(sql) { statement in
            var filler = try PageFiller(statement, kinds: kinds, capacity: 0)
            _ = try filler.fill(upTo: .max) { try step(statement) }
            return filler.page()
        }
    }

    func stream(_ sql: SQL, kinds: [ColumnKind], pageRows: Int, _ body: (ColumnPage) throws -> Bool) throws {
        let limit = max(1, pageRows)
        try run(sql) { statement in
            var goesOn = true
            while goesOn {
                var filler = try PageFiller(statement, kinds: kinds, capacity: min(limit, Self.largestReservation))
                let mayHaveMore = try filler.fill(upTo: limit) { try step(statement) }
                guard filler.rowCount > 0 else { return }
                try Task.checkCancellation()
                goesOn = try body(filler.page()) && mayHaveMore
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
    }

    // MARK: Tables

    func createTable(_ table: TableSpec) throws {
        for statement in table.creation(dialect) {
            try execute(statement)
        }
    }

    func createTemporaryTable(_ table: TableSpec) throws {
        temporaryTables.append(table.name)
        for statement in table.temporary.creation(dialect) {
            try execute(statement)
        }
    }

    func tableNames() throws -> [String] {
        try texts(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
    }

    /// The counter of changes by other connections to any table, from the first page of the file.
    func changeMark(of tables: [String]) throws -> ChangeMark {
        ChangeMark(scope: number, values: [try integer("PRAGMA data_version") ?? 0])
    }

    /// The mark of a write, from SQLite's count of the versions of the file that the connection has seen.
    var undisturbedMark: ChangeMark? {
        access == .write ? ChangeMark(scope: number, values: [settled.changes]) : nil
    }

    /// Begins a new count of undisturbed writes, unless the file is as this connection's last write left it.
    func noteChangesByOthers() {
        if settled.version == nil || settled.version != fileVersion { settled.changes += 1 }
    }

    /// The version of the file that the connection knows, which its own commits change too; nil if that is not told.
    var fileVersion: UInt32? {
        var version: UInt32 = 0
        let code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_DATA_VERSION, &version)
        return code == SQLITE_OK ? version : nil
    }

    func columnNames(of table: String) throws -> [String] {
        try texts("SELECT name FROM pragma_table_info(\(table), 'main') ORDER BY cid")
    }
}

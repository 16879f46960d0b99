internal import Databases
internal import StewardCore

extension RegistryCheck {
    private static let storageLimit = 100

    /// Asks the database whether its storage is sound.
    func checkStorage(on connection: any Connection, _ report: Report) throws {
        for problem in try connection.storageProblems(limit: Self.storageLimit) {
            try report(
                RepositoryFinding(
                    .storage,
                    "database",
                    "The database is damaged: \(problem).",
                    remedy: "Restore it from a copy; nothing is repaired before."
                )
            )
        }
    }

    /// Compares tables and columns with the schema.
    func checkSchema(on connection: any Connection, _ report: Report) throws {
        let present = Set(try connection.tableNames())
        var expected = schema.staticTables
        // The datastore's table is made with its first use.
        if try isRecordTableExpected(present, on: connection) { expected.append(records.table) }
        for table in expected where !present.contains(table.name) { try report(Self.missing(table.name)) }
        let typeTables = ["dataset_type", "dimension_graph_key", "dimension_graph_definition"]
        if typeTables.allSatisfy(present.contains) {
            let own = try membershipTables(on: connection).map(\.table)
            for table in own where !present.contains(table.name) { try report(Self.missing(table.name)) }
            expected += own
            try checkTypes(on: connection, report)
        }
        for table in expected where present.contains(table.name) { try compare(table, on: connection, report) }
    }

    /// Names dataset types that this program cannot represent; no other topic sees their datasets.
    private func checkTypes(on connection: any Connection, _ report: Report) throws {
        for (name, error) in try tables.datasetTypes.load(on: connection).unusable.sorted(by: { $0.key < $1.key }) {
            try report(
                RepositoryFinding(
                    .unchecked,
                    "dataset type \(name)",
                    "Datasets of type \"\(name)\" are not checked: \(error.message)",
                    remedy: "Mend its rows of \"dataset_type\" and \"dimension_graph_definition\".",
                    severity: .warning
                )
            )
        }
    }

    private func isRecordTableExpected(_ present: Set<String>, on connection: any Connection) throws -> Bool {
        if present.contains(records.name) { return true }
        guard present.contains(schema.opaqueTables.name) else { return false }
        let sql: SQL = "SELECT \(id: "table_name") FROM \(table: schema.opaqueTables.name)"
        return try connection.texts(sql).contains(records.name)
    }

    private static func missing(_ table: String) -> RepositoryFinding {
        RepositoryFinding(
            .missingTable,
            table,
            "Table \"\(table)\" is missing.",
            remedy: "Restore the database from a copy."
        )
    }

    private func compare(_ table: TableSpec, on connection: any Connection, _ report: Report) throws {
        let stored = Set(try connection.columnNames(of: table.name))
        let wanted = Set(table.storedColumns(connection.dialect))
        for column in wanted.subtracting(stored).sorted() {
            try report(
                RepositoryFinding(
                    .columns,
                    table.name,
                    "Table \"\(table.name)\" has no column \"\(column)\".",
                    remedy: "Restore the database from a copy."
                )
            )
        }
        for column in stored.subtracting(wanted).sorted() {
            try report(
                RepositoryFinding(
                    .columns,
                    table.name,
                    "Table \"\(table.name)\" has a column \"\(column)\" that the schema does not know.",
                    remedy: "Find out which program added it; nothing reads it.",
                    severity: .warning
                )
            )
        }
    }

    /// Lists rows that refer to nothing, but those that other topics tell better.
    func checkForeignKeys(on connection: any Connection, _ report: Report) throws {
        let summaries = Set([schema.typeSummary.name] + schema.governorSummaries.map(\.table.name))
        let overlaps = Set(schema.overlaps.map(\.summary.name))
        let told = [schema.run.name, schema.collectionChain.name]
        try connection.forEachForeignKeyViolation { violation in
            let isTold = told.contains(violation.table) && violation.parent == schema.collection.name
            guard !isTold, !summaries.contains(violation.parent), !overlaps.contains(violation.parent) else { return }
            try report(
                RepositoryFinding(
                    .foreignKey,
                    "\(violation.table): \(violation.row)",
                    "A row of \"\(violation.table)\" refers to one of \"\(violation.parent)\" that does not exist.",
                    remedy: "Restore the row referred to from a copy of the database, or delete the row that refers."
                )
            )
        }
    }
}

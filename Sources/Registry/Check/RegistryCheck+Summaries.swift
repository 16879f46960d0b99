internal import Databases
internal import Datasets
internal import Dimensions

extension RegistryCheck {
    /// Checks that the summaries of collections say at least what memberships need, and adds what they lack.
    func checkSummaries(_ repairing: Bool, on connection: any Connection, _ report: Report) throws {
        var seen: Set<[SQLValue]> = []
        for (table, type) in try membershipTables(on: connection) {
            try checkTypes(table, repairing, &seen, on: connection, report)
            for summary in schema.governorSummaries where type.type.dimensions.contains(summary.governor.name) {
                try check(summary, table, repairing, &seen, on: connection, report)
            }
        }
    }

    /// Distinct values of some columns of a table, as `m`.
    private func distinct(_ columns: [String], of table: TableSpec) -> SQL {
        "(SELECT DISTINCT \(columns.identifierList) FROM \(table: table.name)) AS \(id: "m")"
    }

    private func checkTypes(
        _ table: TableSpec,
        _ repairing: Bool,
        _ seen: inout Set<[SQLValue]>,
        on connection: any Connection,
        _ report: Report
    ) throws {
        let (column, key) = (format.collectionColumn, format.collectionTableKey)
        let sql: SQL = """
            SELECT \(id: "m", column), \(id: "m", "dataset_type_id"), \(id: "c", "name"), \(id: "t", "name") \
            FROM \(distinct([column, "dataset_type_id"], of: table)) \
            JOIN \(table: schema.collection.name) AS \(id: "c") ON \(id: "c", key) = \(id: "m", column) \
            JOIN \(table: schema.datasetType.name) AS \(id: "t") ON \(id: "t", "id") = \(id: "m", "dataset_type_id") \
            WHERE NOT EXISTS (SELECT 1 FROM \(table: schema.typeSummary.name) AS \(id: "s") \
            WHERE \(id: "s", column) = \(id: "m", column) \
            AND \(id: "s", "dataset_type_id") = \(id: "m", "dataset_type_id"))
            """
        let page = try connection.query(sql, kinds: [format.collectionKind, .integer, .text, .text])
        var rows = RowBatch(columns: [column, "dataset_type_id"])
        for row in 0..<page.rowCount {
            let values = [page.value(row, 0), page.value(row, 1)]
            guard seen.insert(values).inserted else { continue }
            rows.append(row: values)
            let (name, type) = (page.text(row, 2) ?? "", page.text(row, 3) ?? "")
            try tell(
                .datasetTypeSummary,
                name,
                "The summary of \"\(name)\" lacks dataset type \"\(type)\", so queries do not find its datasets there.",
                schema.typeSummary.name,
                repairing,
                report
            )
        }
        if repairing { try connection.ensure(rows, in: schema.typeSummary) }
    }

    private func check(
        _ summary: RegistrySchema.GovernorSummary,
        _ table: TableSpec,
        _ repairing: Bool,
        _ seen: inout Set<[SQLValue]>,
        on connection: any Connection,
        _ report: Report
    ) throws {
        let (column, key, governor) = (format.collectionColumn, format.collectionTableKey, summary.governor.name)
        let ownKey = RegistrySchema.foreignKey(to: summary.governor)?.target.first ?? "name"
        let sql: SQL = """
            SELECT \(id: "m", column), \(id: "m", governor), \(id: "c", "name") \
            FROM \(distinct([column, governor], of: table)) \
            JOIN \(table: schema.collection.name) AS \(id: "c") ON \(id: "c", key) = \(id: "m", column) \
            JOIN \(table: governor) AS \(id: "g") ON \(id: "g", ownKey) = \(id: "m", governor) \
            WHERE NOT EXISTS (SELECT 1 FROM \(table: summary.table.name) AS \(id: "s") \
            WHERE \(id: "s", column) = \(id: "m", column) AND \(id: "s", governor) = \(id: "m", governor))
            """
        let page = try connection.query(sql, kinds: [format.collectionKind] + table.kinds(of: [governor]) + [.text])
        var rows = RowBatch(columns: [column, governor])
        for row in 0..<page.rowCount {
            let values = [page.value(row, 0), page.value(row, 1)]
            guard seen.insert(values + [.text(governor)]).inserted else { continue }
            rows.append(row: values)
            let name = page.text(row, 2) ?? ""
            try tell(
                .governorSummary,
                name,
                "The summary of \"\(name)\" lacks \(governor) \(values[1]), so queries do not find its datasets there.",
                summary.table.name,
                repairing,
                report
            )
        }
        if repairing { try connection.ensure(rows, in: summary.table) }
    }

    private func tell(
        _ kind: RepositoryFinding.Kind,
        _ subject: String,
        _ message: String,
        _ table: String,
        _ repairing: Bool,
        _ report: Report
    ) throws {
        let finding = RepositoryFinding(kind, subject, message, remedy: Self.repairRemedy, state: .repairable)
        try report(repairing ? finding.repaired("A row was added to \"\(table)\".") : finding)
    }

    /// What to do about findings that a repair mends.
    static let repairRemedy = "Run \"steward check-repo --repair\"."
}

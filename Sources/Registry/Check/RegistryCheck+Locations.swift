internal import Databases
internal import Datasets
internal import StewardCore

extension RegistryCheck {
    /// Checks that the datastore has records of what it is said to hold, and removes locations without.
    ///
    /// - Returns: Whether a repair left some.
    func checkLocations(_ repairing: Bool, on connection: any Connection, _ report: Report) throws -> Bool {
        if !repairing { try checkDatastores(on: connection, report) }
        let limit: SQL = repairing ? " LIMIT \(Self.pageRows)" : ""
        let sql: SQL = """
            SELECT \(id: "l", "dataset_id") FROM \(table: schema.location.name) AS \(id: "l") \
            WHERE \(id: "l", "datastore_name") = \(datastore) AND NOT EXISTS (\
            SELECT 1 FROM \(table: records.name) AS \(id: "f") \
            WHERE \(id: "f", "dataset_id") = \(id: "l", "dataset_id"))\(limit)
            """
        var removed: [DatasetID] = []
        try connection.stream(sql, kinds: [.uuid], pageRows: Self.pageRows) { page in
            for row in 0..<page.rowCount {
                guard let id = page.uuid(row, 0) else { continue }
                let finding = RepositoryFinding(
                    .location,
                    id.dashed,
                    "\"\(datastore)\" is said to hold dataset \(id.dashed), but has no record of it.",
                    remedy: Self.repairRemedy,
                    state: .repairable
                )
                if repairing { removed.append(id) }
                try report(repairing ? finding.repaired("The row of \"dataset_location\" was removed.") : finding)
            }
            return true
        }
        if repairing { try tables.locations.remove(removed, from: datastore, on: connection) }
        return removed.count == Self.pageRows
    }

    /// Names datastores that hold datasets, but are not the one that is configured.
    private func checkDatastores(on connection: any Connection, _ report: Report) throws {
        let sql: SQL = """
            SELECT \(id: "datastore_name"), COUNT(*) FROM \(table: schema.location.name) \
            WHERE \(id: "datastore_name") <> \(datastore) GROUP BY \(id: "datastore_name")
            """
        let page = try connection.query(sql, kinds: [.text, .integer])
        for row in 0..<page.rowCount {
            let name = page.text(row, 0) ?? ""
            try report(
                RepositoryFinding(
                    .datastore,
                    name,
                    "\(page.integer(row, 1) ?? 0) datasets are said to be held by \"\(name)\"; the repository's "
                        + "datastore is \"\(datastore)\".",
                    remedy: "Check the datastore's name and root in butler.yaml.",
                    severity: .warning
                )
            )
        }
    }

    /// Checks that the datastore is said to hold what it has records of.
    func checkRecords(on connection: any Connection, _ report: Report) throws {
        func isMissing(_ table: String) -> SQL {
            """
            NOT EXISTS (SELECT 1 FROM \(table: table) AS \(id: "o") \
            WHERE \(id: "o", "dataset_id") = \(id: "f", "dataset_id") AND \(id: "o", "datastore_name") = \(datastore))
            """
        }
        let sql: SQL = """
            SELECT \(id: "f", "dataset_id"), \(id: "f", "path"), \(id: "d", "id") \
            FROM \(table: records.name) AS \(id: "f") \
            LEFT JOIN \(table: schema.dataset.name) AS \(id: "d") ON \(id: "d", "id") = \(id: "f", "dataset_id") \
            WHERE \(isMissing(schema.location.name)) AND \(isMissing(schema.trash.name))
            """
        try connection.stream(sql, kinds: [.uuid, .text, .uuid], pageRows: Self.pageRows) { page in
            for row in 0..<page.rowCount {
                let (id, path) = (page.uuid(row, 0)?.dashed ?? "", page.text(row, 1) ?? "")
                let isRegistered = !page.isNull(row, 2)
                try report(
                    RepositoryFinding(
                        .record,
                        id,
                        isRegistered
                            ? "There is a record of \"\(path)\", but no datastore is said to hold dataset \(id)."
                            : "There is a record of \"\(path)\", but dataset \(id) is not registered.",
                        remedy: isRegistered
                            ? "Insert its row into \"dataset_location\"; no command removes the file before."
                            : "Copy the file away if it is wanted, then delete the row of \"\(records.name)\" and the "
                                + "file."
                    )
                )
            }
            return true
        }
    }

    /// Lists what is in the trash.
    func checkTrash(on connection: any Connection, _ report: Report) throws {
        let sql: SQL = """
            SELECT \(id: "t", "dataset_id"), \(id: "t", "datastore_name"), \(id: "l", "dataset_id") \
            FROM \(table: schema.trash.name) AS \(id: "t") \
            LEFT JOIN \(table: schema.location.name) AS \(id: "l") \
            ON \(id: "l", "dataset_id") = \(id: "t", "dataset_id") \
            AND \(id: "l", "datastore_name") = \(id: "t", "datastore_name")
            """
        try connection.stream(sql, kinds: [.uuid, .label, .uuid], pageRows: Self.pageRows) { page in
            for row in 0..<page.rowCount {
                let (id, name) = (page.uuid(row, 0)?.dashed ?? "", page.text(row, 1) ?? "")
                let (isOwn, isHeld) = (name == datastore, !page.isNull(row, 2))
                try report(
                    RepositoryFinding(
                        .trash,
                        id,
                        isHeld
                            ? "Dataset \(id) is in the trash of \"\(name)\", which is said to hold it all the same."
                            : "Dataset \(id) is in the trash of \"\(name)\".",
                        remedy: isHeld
                            ? "Delete its row of \"dataset_location_trash\", or that of \"dataset_location\"."
                            : isOwn ? Self.repairRemedy : "Check the datastore's name and root in butler.yaml.",
                        severity: isHeld ? .error : .warning,
                        state: isHeld || !isOwn ? .open : .repairable
                    )
                )
            }
            return true
        }
    }
}

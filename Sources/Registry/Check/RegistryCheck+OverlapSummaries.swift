internal import Databases
internal import Dimensions

extension RegistryCheck {
    /// Checks that overlaps use the common pixelisation for every governor value, and adds rows that are missing.
    func checkOverlapSummaries(_ repairing: Bool, on connection: any Connection, _ report: Report) throws {
        guard case .skyPixel(let system, let level) = schema.universe.commonSkyPixel.kind else { return }
        for overlap in schema.overlaps {
            if !repairing { try checkSystems(overlap, system, level, on: connection, report) }
            let governors = overlap.element.required.compactMap(schema.universe.find).filter(\.isGovernor)
            guard let governor = governors.first, governors.count == 1 else { continue }
            let key = RegistrySchema.foreignKey(to: governor)?.target.first ?? "name"
            let sql: SQL = """
                SELECT \(id: "g", key) FROM \(table: governor.name) AS \(id: "g") WHERE NOT EXISTS (\
                SELECT 1 FROM \(table: overlap.summary.name) AS \(id: "s") \
                WHERE \(id: "s", governor.name) = \(id: "g", key) AND \(id: "s", "skypix_system") = \(system) \
                AND \(id: "s", "skypix_level") = \(level))
                """
            let page = try connection.query(sql, kinds: overlap.summary.kinds(of: [governor.name]))
            var rows = RowBatch(columns: ["skypix_system", "skypix_level", governor.name])
            for row in 0..<page.rowCount {
                let value = page.value(row, 0)
                rows.append(row: [.text(system), .int(Int64(level)), value])
                let finding = RepositoryFinding(
                    .overlapSummary,
                    "\(overlap.element.name): \(governor.name) \(value)",
                    "\"\(overlap.summary.name)\" lacks a row for \(governor.name) \(value).",
                    remedy: Self.repairRemedy,
                    state: .repairable
                )
                try report(repairing ? finding.repaired("The row was added.") : finding)
            }
            if repairing { try connection.ensure(rows, in: overlap.summary) }
        }
    }

    private func checkSystems(
        _ overlap: RegistrySchema.SkyPixelOverlap,
        _ system: String,
        _ level: Int,
        on connection: any Connection,
        _ report: Report
    ) throws {
        let sql: SQL = """
            SELECT DISTINCT \(id: "skypix_system"), \(id: "skypix_level") FROM \(table: overlap.summary.name) \
            WHERE \(id: "skypix_system") <> \(system) OR \(id: "skypix_level") <> \(level)
            """
        let page = try connection.query(sql, kinds: [.text, .integer])
        for row in 0..<page.rowCount {
            let other = (page.text(row, 0) ?? "") + String(page.integer(row, 1) ?? 0)
            try report(
                RepositoryFinding(
                    .overlapSystem,
                    overlap.element.name,
                    "Overlaps of \(overlap.element.name) use \(other); the universe says \(system)\(level).",
                    remedy: "Delete the rows of \"\(overlap.summary.name)\" and insert the records again."
                )
            )
        }
    }
}

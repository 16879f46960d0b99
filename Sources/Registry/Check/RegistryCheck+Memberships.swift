internal import AstroTime
internal import Databases
internal import Datasets
internal import StewardCore

extension RegistryCheck {
    /// Most rows of a page.
    static let pageRows = 5000

    /// Checks that every dataset is a member of its own run.
    func checkMemberships(on connection: any Connection, _ report: Report) throws {
        for type in try tables.datasetTypes.all(on: connection) {
            let sql: SQL = """
                SELECT \(id: "d", "id") FROM \(table: schema.dataset.name) AS \(id: "d") \
                WHERE \(id: "d", "dataset_type_id") = \(type.id) AND NOT EXISTS (\
                SELECT 1 FROM \(table: type.tags.name) AS \(id: "m") WHERE \(id: "m", "dataset_id") = \(id: "d", "id") \
                AND \(id: "m", format.collectionColumn) = \(id: "d", format.runColumn))
                """
            try connection.stream(sql, kinds: [.uuid], pageRows: Self.pageRows) { page in
                for row in 0..<page.rowCount {
                    let name = page.uuid(row, 0)?.dashed ?? ""
                    try report(
                        RepositoryFinding(
                            .membership,
                            name,
                            "Dataset \(name) of type \"\(type.type.name)\" is in no run, so nothing finds it.",
                            remedy: "Restore its row of \"\(type.tags.name)\" from a copy of the database, or delete "
                                + "that of \"dataset\"."
                        )
                    )
                }
                return true
            }
        }
    }

    /// Checks that validity ranges of one dataset type, collection and data ID do not overlap.
    func checkValidity(on connection: any Connection, _ report: Report) throws {
        let types = try tables.datasetTypes.all(on: connection)
        let typeNames = Dictionary(types.map { ($0.id, $0.type.name) }, uniquingKeysWith: { first, _ in first })
        let collections = try tables.collections.fetch(.everything, on: connection)
        let names = Dictionary(collections.map { ($0.key.sqlValue, $0.name) }, uniquingKeysWith: { first, _ in first })
        for (table, type) in try membershipTables(on: connection) where table.name == type.calibrations?.name {
            let keys = ["dataset_type_id", format.collectionColumn] + type.dimensionColumns
            let columns = keys + ["timespan", "dataset_id"]
            let begin = TableSpec.timespanBounds("timespan", connection.dialect).begin
            let sql: SQL = """
                SELECT \(table.selection(of: columns, connection.dialect)) FROM \(table: table.name) \
                ORDER BY \(keys.identifierList), \(begin)
                """
            var last: (key: [SQLValue], range: Timespan, dataset: String)?
            try connection.stream(sql, kinds: table.kinds(of: columns), pageRows: Self.pageRows) { page in
                for row in 0..<page.rowCount {
                    let key = keys.indices.map { page.value(row, $0) }
                    guard let begin = page.integer(row, keys.count), let end = page.integer(row, keys.count + 1),
                        begin < end
                    else { continue }
                    let range = Timespan(beginNanoseconds: begin, endNanoseconds: end)
                    let dataset = page.uuid(row, keys.count + 2)?.dashed ?? ""
                    let previous = last?.key == key ? last : nil
                    if let previous, previous.range.endNanoseconds > begin {
                        let values = zip(type.dimensionColumns, key.dropFirst(2)).map { "\($0): \($1)" }
                        let collection = names[key[1]] ?? key[1].description
                        let typeName = page.integer(row, 0).flatMap { typeNames[$0] } ?? key[0].description
                        try report(
                            RepositoryFinding(
                                .validity,
                                "\(collection): \(typeName) {\(values.joined(separator: ", "))}",
                                "Datasets \(previous.dataset) (\(previous.range)) and \(dataset) (\(range)) are "
                                    + "certified for the same time.",
                                remedy: "Take one out with \"steward decertify-calibrations\" and certify it again."
                            )
                        )
                    }
                    // Of ranges within each other the one that lasts longest counts for the next.
                    if previous.map({ $0.range.endNanoseconds < end }) ?? true { last = (key, range, dataset) }
                }
                return true
            }
        }
    }
}

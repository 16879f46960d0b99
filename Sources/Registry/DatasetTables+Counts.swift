public import Databases
internal import Datasets

extension DatasetTables {
    /// How many datasets of each type runs hold.
    ///
    /// One statement, beside reading the dataset types if they are not in memory.
    ///
    /// - Parameters:
    ///   - runs: RUN collections.
    ///   - connection: Where to read.
    /// - Returns: Counts by name of the dataset type.
    /// - Throws: Database errors.
    public func counts(in runs: [CollectionRecord], on connection: any Connection) throws -> [String: Int] {
        guard !runs.isEmpty else { return [:] }
        let sql: SQL = """
            SELECT \(id: "dataset_type_id"), COUNT(*) FROM \(table: "dataset") \
            WHERE \(id: format.runColumn) \(in: runs.map(\.key)) GROUP BY \(id: "dataset_type_id")
            """
        let page = try connection.query(sql, kinds: [.integer, .integer])
        var counts: [String: Int] = [:]
        for row in 0..<page.rowCount {
            guard let id = page.integer(row, 0), let count = page.integer(row, 1) else { continue }
            counts[try types.record(id: id, on: connection).type.name, default: 0] += Int(count)
        }
        return counts
    }
}

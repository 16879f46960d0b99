internal import Databases
internal import StewardCore

/// A foreign key as the server has it.
struct ForeignKeyCheck {
    let name: String
    /// Schema and name of the table referred to.
    let target: (schema: String, table: String)
    /// Columns that refer, each with the one referred to.
    var columns: [(source: String, target: String)]

    /// Counts keys, and those of them that are there, and keeps the rows of these from being deleted until the transaction
    /// ends, but for rows that the transaction has inserted and nobody else sees; keys with nulls do not count.
    func statement(_ types: [ArrayElement]) -> SQL {
        let own: SQL = "CAST(CAST(txid_current() % 4294967296 AS TEXT) AS xid)"
        let found: SQL = "k JOIN \(id: target.schema, target.table) AS p ON \(equality)"
        return """
            WITH k AS MATERIALIZED (\(keys(types))), \
            own AS MATERIALIZED (SELECT 1 FROM \(found) WHERE p.xmin = \(own)), \
            locked AS MATERIALIZED (SELECT 1 FROM \(found) WHERE p.xmin <> \(own) FOR KEY SHARE OF p) \
            SELECT (SELECT COUNT(*) FROM k), (SELECT COUNT(*) FROM own) + (SELECT COUNT(*) FROM locked)
            """
    }

    private func keys(_ types: [ArrayElement]) -> SQL {
        let arrays = types.map { "\(SQL.slot)::\(SQL(generated: $0.rawValue))[]" as SQL }.joined(separator: ", ")
        let names = columns.indices.map { SQL(generated: "c\($0)") }
        let defined = names.map { "\($0) IS NOT NULL" as SQL }.joined(separator: " AND ")
        let list = names.joined(separator: ", ")
        return "SELECT DISTINCT \(list) FROM unnest(\(arrays)) AS u (\(list)) WHERE \(defined)"
    }

    private var equality: SQL {
        columns.enumerated().map { "\(id: "p", $1.target) = k.\(SQL(generated: "c\($0)"))" as SQL }
            .joined(separator: " AND ")
    }

    /// The error for keys that are not there, as if the server had found it.
    func violation(in table: String, _ database: String) -> ButlerError {
        ButlerError(
            .integrity,
            ServerFailure.missingRowSentence,
            remedy: ServerFailure.violationRemedy,
            context: [
                .init("database", database), .init("PostgreSQL", "23503"), .init("constraint", name),
                .init("table", table), .init("columns", columns.map(\.source).joined(separator: ", ")),
            ]
        )
    }
}

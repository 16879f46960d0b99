internal import Databases
internal import Dimensions
internal import Queries
internal import StewardCore

/// Writes given data IDs as a table.
enum DataIDTableSQL {
    /// The rows as constants in the statement.
    static func item(_ table: DataIDTable, alias: String, _ dialect: SQLDialect) throws -> JoinItem {
        let dimensions = table.dimensions.required
        let label = "\(table.rows.count) data IDs"
        guard !dimensions.isEmpty else {
            return JoinItem(source: "(SELECT 1 AS \(id: "one")) AS \(id: alias)", keys: [], label: label)
        }
        let needed = dimensions.count * table.rows.count
        guard needed < dialect.maximumBindings / 2 else {
            throw ButlerError(
                .unimplementedQuery,
                "\(table.rows.count) data IDs are too many for one query.",
                remedy: "Give at most \(dialect.maximumBindings / 2 / dimensions.count) at a time."
            )
        }
        let rows = table.rows.map { row in row.map(value).joined(separator: ", ").parenthesized }
        let columns = dimensions.enumerated().map { index, dimension -> SQL in
            "\(id: "column\(index + 1)") AS \(id: dimension.name)"
        }
        let source: SQL = """
            (SELECT \(columns.joined(separator: ", ")) FROM (VALUES \(rows.joined(separator: ", "))) \
            AS \(id: "given")) AS \(id: alias)
            """
        return JoinItem(source: source, keys: dimensions.map { ($0, "\(id: alias, $0.name)") }, label: label)
    }

    private static func value(_ value: DimensionValue) -> SQL {
        switch value {
        case .int(let value): "CAST(\(value) AS BIGINT)"
        case .string(let value): "CAST(\(value) AS TEXT)"
        }
    }
}

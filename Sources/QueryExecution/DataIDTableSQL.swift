internal import Databases
internal import Dimensions
internal import Foundation
internal import Queries
internal import StewardCore

/// Writes given data IDs as a table: as constants in the statement, or as a temporary table where there are many.
enum DataIDTableSQL {
    /// Most values that are written as constants.
    private static let constantLimit = 2000

    /// Whether a table is too large for constants.
    static func isLarge(_ table: DataIDTable) -> Bool {
        table.rows.count * table.columns.count > constantLimit
    }

    /// A table or subquery to join.
    ///
    /// - Parameters:
    ///   - table: The data IDs.
    ///   - alias: Name of the table in the statement.
    ///   - temporary: Name of the temporary table that holds the rows, if there is one.
    /// - Returns: The item.
    static func item(_ table: DataIDTable, alias: String, temporary: String?) -> JoinItem {
        let columns = table.columns
        let keys = columns.map { ($0, "\(id: alias, $0.name)" as SQL) }
        let label = "\(table.rows.count) data IDs"
        if let temporary {
            return JoinItem(source: "\(id: temporary) AS \(id: alias)", keys: keys, label: label)
        }
        guard !columns.isEmpty, !table.rows.isEmpty else {
            let nulls = columns.map { "\(null($0)) AS \(id: $0.name)" as SQL }
            let list: SQL = nulls.isEmpty ? "1 AS \(id: "one")" : nulls.joined(separator: ", ")
            let condition: SQL = table.rows.isEmpty ? " WHERE 1 = 0" : ""
            return JoinItem(source: "(SELECT \(list)\(condition)) AS \(id: alias)", keys: keys, label: label)
        }
        let rows = table.rows.map { row in row.map(value).joined(separator: ", ").parenthesized }
        let names = columns.enumerated().map { index, dimension -> SQL in
            "\(id: "column\(index + 1)") AS \(id: dimension.name)"
        }
        let source: SQL = """
            (SELECT \(names.joined(separator: ", ")) FROM (VALUES \(rows.joined(separator: ", "))) \
            AS \(id: "given")) AS \(id: alias)
            """
        return JoinItem(source: source, keys: keys, label: label)
    }

    private static func null(_ dimension: DimensionElement) -> SQL {
        dimension.hasStringKey ? "CAST(NULL AS TEXT)" : "CAST(NULL AS BIGINT)"
    }

    private static func value(_ value: DimensionValue) -> SQL {
        switch value {
        case .int(let value): "CAST(\(value) AS BIGINT)"
        case .string(let value): "CAST(\(value) AS TEXT)"
        }
    }

    /// Puts the rows into a temporary table.
    ///
    /// - Parameters:
    ///   - table: The data IDs.
    ///   - connection: Where to put them.
    /// - Returns: The name of the temporary table.
    /// - Throws: Database errors.
    static func upload(_ table: DataIDTable, on connection: any Connection) throws -> String {
        let name = "steward_given_" + UUID().uuidString.lowercased().replacing("-", with: "")
        let columns = table.columns.map { dimension -> ColumnSpec in
            .required(dimension.name, dimension.hasStringKey ? .text : .int64)
        }
        let spec = TableSpec(name, columns: columns).temporary
        try connection.createTemporaryTable(spec)
        var batch = RowBatch(columns: table.columns.map(\.name))
        batch.reserveCapacity(table.rows.count)
        for row in table.rows {
            for value in row {
                switch value {
                case .int(let value): batch.append(value)
                case .string(let value): batch.append(value)
                }
            }
        }
        try connection.insert(batch, into: spec)
        return name
    }
}

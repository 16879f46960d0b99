public import Databases
internal import StewardCore

/// What every driver must do, as checks that run against an empty database.
///
/// A driver's tests run each check on each way to open a database:
///
/// ```swift
/// @Test(arguments: DatabaseConformance.checks)
/// func conforms(check: DatabaseConformance.Check) async throws {
///     try await check.run(try await makeEmptyDatabase())
/// }
/// ```
public enum DatabaseConformance: Conformance {
    /// One behaviour, named by a sentence.
    public struct Check: Sendable, CustomStringConvertible {
        /// The behaviour.
        public let description: String
        /// Tries it on an empty database; throws ``ConformanceFailure`` where it differs.
        public let run: @Sendable (any Database) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (any Database) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    /// All checks.
    public static var checks: [Check] { valueChecks + insertionChecks + syncChecks + queryChecks + transactionChecks }

    // MARK: Tables

    /// A table with a column of each type.
    static let everything = TableSpec(
        "everything",
        columns: [
            .key("id", .int64), .optional("short", .string(16)), .optional("long", .text), .optional("small", .int16),
            .optional("number", .double), .optional("flag", .bool), .optional("uuid", .uuid),
            .optional("hash", .hash), .optional("region", .region), .optional("timespan", .timespan),
        ]
    )

    /// A table with a generated key, a unique name and a value.
    static let named = TableSpec(
        "named",
        columns: [.key("id", .serial), .required("name", .string(64)), .optional("doc", .text)],
        unique: [["name"]]
    )

    /// A table with a key of two columns, one of them a reserved word.
    static let paired = TableSpec(
        "paired",
        columns: [
            .key("group", .string(32)), .key("id", .int64), .optional("full_name", .string(32)),
            .optional("value", .double), .optional("timespan", .timespan),
        ],
        unique: [["group", "full_name"]]
    )

    /// A table that refers to ``named``, with deletion cascading.
    static let child = TableSpec(
        "child",
        columns: [.key("id", .int64), .required("named_id", .int64)],
        foreignKeys: [ForeignKeySpec(["named_id"], references: "named", ["id"], cascades: true)]
    )

    static func create(_ tables: [TableSpec], in database: any Database) async throws {
        try await database.write { connection in
            for table in tables {
                try connection.createTable(table)
            }
        }
    }

    static func batch(_ table: TableSpec, _ columns: [String], _ rows: [[SQLValue]]) -> RowBatch {
        var batch = RowBatch(table, columns: columns)
        for row in rows {
            batch.append(row: row)
        }
        return batch
    }
}

internal import CPostgreSQL
internal import Databases
internal import StewardCore

/// What a new connection asks the server about the database.
struct ServerFacts: Sendable {
    /// The user's current schema; nil if no schema of the search path exists.
    let currentSchema: String?
    /// Whether the wanted schema exists.
    let hasSchema: Bool
    /// Whether the server only follows another one.
    let isStandby: Bool
    /// Whether the extension that the reference asks for is installed.
    let hasRangeIndexes: Bool
    /// Whether something stands between that hands out the server's processes to several clients.
    let isPooled: Bool

    /// The schema to use.
    func schema(_ wanted: String?, _ name: String) throws(ButlerError) -> String {
        guard let schema = wanted ?? currentSchema else {
            throw ButlerError(
                .configuration,
                "The user has no current schema in the database \(name).",
                remedy: "Name the schema as \"registry.namespace\" in butler.yaml."
            )
        }
        return schema
    }

    /// The error for a schema that does not exist.
    func missingSchema(_ schema: String, _ name: String) -> ButlerError {
        ButlerError(
            .repositoryNotFound,
            "The database \(name) has no schema \"\(schema)\".",
            remedy: "Check \"registry.namespace\" in butler.yaml, or create the repository first."
        )
    }
}

extension PostgreSQLConnection {
    /// Asks the server about the database.
    func facts(_ namespace: String?) throws -> ServerFacts {
        let sql: SQL = """
            SELECT current_schema(), EXISTS (SELECT FROM pg_catalog.pg_namespace \
            WHERE nspname = coalesce(\(namespace), current_schema())), pg_is_in_recovery(), \
            EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'btree_gist'), \
            CAST(pg_backend_pid() AS BIGINT)
            """
        let page = try query(sql, kinds: [.text, .bool, .bool, .bool, .integer])
        return ServerFacts(
            currentSchema: page.text(0, 0),
            hasSchema: page.bool(0, 1) ?? false,
            isStandby: page.bool(0, 2) ?? false,
            hasRangeIndexes: page.bool(0, 3) ?? false,
            isPooled: link.map { page.integer(0, 4) != Int64(PQbackendPID($0.pointer)) } ?? true
        )
    }

    /// Makes the schema, and the extension without which the reference opens no repository.
    func prepareForCreation(_ schema: String, _ facts: ServerFacts) throws {
        guard !facts.hasSchema || !facts.hasRangeIndexes else { return }
        try write { connection in
            if !facts.hasSchema { try connection.execute("CREATE SCHEMA \(id: schema)") }
            guard !facts.hasRangeIndexes else { return }
            do {
                _ = try connection.savepoint { try connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist") }
            } catch let error as ButlerError where error.code != .connection {
                throw ButlerError(
                    .configuration,
                    "The database \(settings.name) lacks the extension \"btree_gist\", which repositories need.",
                    remedy: "Have its owner run \"CREATE EXTENSION btree_gist\" in it.",
                    cause: error
                )
            }
        }
    }
}

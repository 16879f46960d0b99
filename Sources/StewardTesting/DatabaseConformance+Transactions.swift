internal import Databases
internal import StewardCore
internal import Synchronization

extension DatabaseConformance {
    static let transactionChecks: [Check] = [
        Check("an error undoes all of a write", rollback),
        Check("what is to be done before a commit is done once, and its error undoes the write", beforeCommit),
        Check("savepoints nest, and undo only what is theirs", savepoints),
        Check("a snapshot sees one state while others write", snapshot),
        Check("a read refuses to write", readRefuses),
        Check("a closed database refuses work", closed),
    ]

    private struct Deliberate: Error {}

    private static func insert(_ names: String..., on connection: any Connection) throws {
        try connection.insert(batch(named, ["name"], names.map { [.text($0)] }), into: named)
    }

    private static func names(in database: any Database) async throws -> [String] {
        try await database.read {
            try $0.texts("SELECT \(id: "name") FROM \(table: "named") ORDER BY \(id: "name")")
        }
    }

    @Sendable private static func rollback(_ database: any Database) async throws {
        try await create([named], in: database)
        do {
            try await database.write { connection in
                try insert("a", "b", on: connection)
                try connection.createTable(child)
                throw Deliberate()
            }
            throw Failure(description: "the error was lost")
        } catch is Deliberate {}
        try expectEqual(try await names(in: database), [], "rows after the error")
        let exists = try await database.read { try $0.tableExists("child") }
        try expect(!exists, "the table is gone too")
        try await database.write { try insert("c", on: $0) }
        try expectEqual(try await names(in: database), ["c"], "rows of the next write")
    }

    @Sendable private static func beforeCommit(_ database: any Database) async throws {
        try await create([named], in: database)
        for name in ["a", "b", "c"] {
            let steps = Mutex<[String]>([])
            try await database.write { connection in
                connection.beforeCommit { steps.withLock { $0.append("first") } }
                try insert(name, on: connection)
                connection.beforeCommit { steps.withLock { $0.append("second") } }
                try expectEqual(steps.withLock { $0 }, [], "steps before the body's end")
            }
            try expectEqual(steps.withLock { $0 }, ["first", "second"], "steps of \(name)")
            do {
                try await database.write { connection in
                    try insert("not " + name, on: connection)
                    connection.beforeCommit { throw Deliberate() }
                }
                throw Failure(description: "the error was lost")
            } catch is Deliberate {}
            try await database.write { connection in
                connection.beforeCommit { steps.withLock { $0.append("third") } }
            }
            try expectEqual(steps.withLock { $0.last }, "third", "step of a write without changes")
        }
        try expectEqual(try await names(in: database), ["a", "b", "c"], "rows")
    }

    @Sendable private static func savepoints(_ database: any Database) async throws {
        try await create([named], in: database)
        try await database.write { connection in
            try insert("a", on: connection)
            try connection.savepoint {
                try insert("b", on: connection)
                do {
                    try connection.savepoint {
                        try insert("c", on: connection)
                        try connection.savepoint { try insert("d", on: connection) }
                        throw Deliberate()
                    }
                } catch is Deliberate {}
                try insert("e", on: connection)
            }
            try expectError(.integrity) {
                try connection.savepoint {
                    try insert("f", on: connection)
                    try insert("a", on: connection)
                }
            }
            let value = try connection.savepoint { 42 }
            try expectEqual(value, 42, "value of a savepoint")
        }
        try expectEqual(try await names(in: database), ["a", "b", "e"], "rows")
    }

    @Sendable private static func snapshot(_ database: any Database) async throws {
        try await create([named], in: database)
        let before = try await database.read { connection in
            let sql: SQL = "SELECT count(*) FROM \(table: "named")"
            return [try connection.integer(sql), try connection.integer(sql)]
        }
        try expectEqual(before, [0, 0], "before")
        try await database.write { try insert("a", on: $0) }
        try expectEqual(try await names(in: database), ["a"], "after")
    }

    @Sendable private static func readRefuses(_ database: any Database) async throws {
        try await create([named], in: database)
        for consistency in [ReadConsistency.snapshot, .latest] {
            try await expectError(.readOnly) {
                try await database.read(consistency) { try insert("a", on: $0) }
            }
            let isWriteable = try await database.read(consistency) { $0.isWriteable }
            try expect(!isWriteable, "a read is not writeable")
        }
        try await expectError(.readOnly) { try await database.read { try $0.lock("named") } }
        try await database.write { try $0.lock("named") }
        try expectEqual(try await names(in: database), [], "rows")
    }

    @Sendable private static func closed(_ database: any Database) async throws {
        try await create([named], in: database)
        try await database.close()
        try await expectError(.database) { _ = try await names(in: database) }
        try await expectError(.database) { try await create([child], in: database) }
        try await database.close()
    }
}

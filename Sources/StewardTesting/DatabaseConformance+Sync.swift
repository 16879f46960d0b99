internal import Databases
internal import StewardCore

extension DatabaseConformance {
    static let syncChecks: [Check] = [
        Check("sync of one row inserts, recognizes, refuses and changes it", syncOne),
        Check("sync of many rows tells the new from the old ones", syncMany),
        Check("sync refuses a row whose values belong to another row", syncOtherConstraint),
        Check("sync compares texts by their bytes and integers with truth values", syncComparison),
        Check("sync without keys, values or columns is refused", syncMalformed),
    ]

    private static let columns = ["group", "id", "full_name", "value", "timespan"]

    private static func request(
        _ rows: [[SQLValue]],
        updates: Bool = false,
        returning: [String] = []
    ) -> SyncRequest {
        SyncRequest(
            paired,
            keys: ["group", "id"],
            compared: ["full_name", "value", "timespan"],
            rows: batch(paired, columns, rows),
            updates: updates,
            returning: returning
        )
    }

    @Sendable private static func syncOne(_ database: any Database) async throws {
        try await create([paired], in: database)
        let row: [SQLValue] = ["g", .int(1), "x", .real(0.5), .int(1), .int(2)]
        var changed = row
        changed[3] = .null
        changed[5] = .int(3)
        let other = changed
        let differences = [
            ColumnDifference(column: "value", stored: [.real(0.5)], given: [.null]),
            ColumnDifference(column: "timespan", stored: [.int(1), .int(2)], given: [.int(1), .int(3)]),
        ]
        try await database.write { connection in
            let first = try connection.sync(request([row], returning: ["id", "timespan"]))
            try expectEqual(first.outcomes, [.inserted], "first")
            try expectEqual(first.returned, [[.int(1), .int(1), .int(2)]], "returned")
            try expectEqual(connection.sync(request([row])).outcomes, [.unchanged], "second")
            do {
                _ = try connection.sync(request([other]))
                throw Failure(description: "no conflict")
            } catch let error as ButlerError {
                try expectEqual(error.code, .conflictingDefinition)
                let conflict = error.cause as? SyncConflict
                try expectEqual(conflict?.differences, differences, "differences")
                try expectEqual(conflict?.keys, ["g", .int(1)], "keys")
            }
            let update = try connection.sync(request([other], updates: true, returning: ["value"]))
            try expectEqual(update.outcomes, [.updated(differences)], "update")
            try expectEqual(update.returned, [[.null]], "returned after the update")
            try expectEqual(connection.sync(request([other])).outcomes, [.unchanged], "after the update")
        }
    }

    @Sendable private static func syncMany(_ database: any Database) async throws {
        try await create([paired], in: database)
        let rows: [[SQLValue]] = (0..<5).map { ["g", .int($0), .text("n\($0)"), .real(1), .null, .null] }
        try await database.write { connection in
            let first = try connection.sync(request([rows[1], rows[3]]))
            try expectEqual(first.outcomes, [.inserted, .inserted], "first")
            let second = try connection.sync(request(rows + [rows[0]], returning: ["id"]))
            let expected: [SyncOutcome] = [.inserted, .unchanged, .inserted, .unchanged, .inserted, .unchanged]
            try expectEqual(second.outcomes, expected, "second, with a repeated row")
            try expectEqual(second.returned, [0, 1, 2, 3, 4, 0].map { [.int($0)] }, "returned")
            try expectEqual(connection.sync(request([])).outcomes, [], "nothing")
        }
    }

    @Sendable private static func syncOtherConstraint(_ database: any Database) async throws {
        try await create([paired], in: database)
        let first: [SQLValue] = ["g", .int(1), "x", .null, .null, .null]
        let second: [SQLValue] = ["g", .int(2), "x", .null, .null, .null]
        let third: [SQLValue] = ["g", .int(3), "y", .null, .null, .null]
        try await database.write { connection in
            _ = try connection.sync(request([first]))
            try expectError(.conflictingDefinition) { _ = try connection.sync(request([second])) }
            try expectError(.conflictingDefinition) { _ = try connection.sync(request([third, second])) }
        }
    }

    @Sendable private static func syncComparison(_ database: any Database) async throws {
        try await create([everything], in: database)
        let columns = ["id", "long", "flag", "number"]
        let request = { (text: String, flag: SQLValue) in
            SyncRequest(
                everything,
                keys: ["id"],
                compared: ["long", "flag", "number"],
                rows: batch(everything, columns, [[.int(1), .text(text), flag, .int(3)]])
            )
        }
        let composed = request("\u{E9}", .int(1))
        let equal = request("\u{E9}", .bool(true))
        let decomposed = request("e\u{301}", .bool(true))
        try await database.write { connection in
            try expectEqual(connection.sync(composed).outcomes, [.inserted], "first")
            try expectEqual(connection.sync(equal).outcomes, [.unchanged], "same bytes")
            try expectError(.conflictingDefinition) { _ = try connection.sync(decomposed) }
        }
    }

    @Sendable private static func syncMalformed(_ database: any Database) async throws {
        try await create([paired], in: database)
        let rows = batch(paired, ["group", "id"], [["g", .int(1)]])
        let nameless = batch(paired, ["group", "id"], [["g", .null]])
        let requests = [
            SyncRequest(paired, keys: [], rows: rows),
            SyncRequest(paired, keys: ["group"], compared: ["full_name"], rows: rows),
            SyncRequest(paired, keys: ["group", "id"], rows: rows, returning: ["unknown"]),
            SyncRequest(paired, keys: ["group", "id"], rows: nameless),
        ]
        for request in requests {
            try await expectError(.invalidArgument) { try await database.write { _ = try $0.sync(request) } }
        }
    }
}

internal import StewardCore

extension Connection {
    /// Makes sure that rows exist with the given values.
    ///
    /// One row takes one statement if it is new and two if it exists; more rows take one if all exist, two if some
    /// are new; changes take one more for each changed row. Must run in a write.
    ///
    /// - Parameter request: The rows, and what is compared.
    /// - Returns: What became of each row.
    /// - Throws: As described for ``Connection``; `.conflictingDefinition` with a ``SyncConflict`` as its cause if a
    ///   row has other values and must not be changed, or if another row has its values in another unique constraint.
    public func sync(_ request: SyncRequest) throws -> SyncResult {
        guard !request.rows.isEmpty else { return SyncResult(outcomes: [], returned: []) }
        var synchronization = try Synchronization(request)
        return try synchronization.run(on: self)
    }
}

/// One synchronization under way.
private struct Synchronization {
    let request: SyncRequest
    let table: TableSpec
    /// Where the values of each column lie in a row of the request.
    let ranges: [String: Range<Int>]
    /// Keys, compared and returned columns, in the order of the selection.
    let selected: [String]
    /// Where the values of each selected column lie in a selected row.
    let selectedRanges: [String: Range<Int>]
    /// Keys of the rows in their order.
    let keys: [[SQLValue]]
    var stored: [[SQLValue]: [SQLValue]] = [:]

    init(_ request: SyncRequest) throws {
        self.request = request
        table = request.table
        let ranges = Self.ranges(request.rows.columns, in: request.table)
        self.ranges = ranges
        var distinct: [String] = []
        for name in request.keys + request.compared + request.returning where !distinct.contains(name) {
            distinct.append(name)
        }
        selected = distinct
        selectedRanges = Self.ranges(distinct, in: request.table)
        try Self.check(request, ranges)
        let keyPlaces = request.keys.compactMap { ranges[$0]?.lowerBound }
        let keyTypes = request.keys.compactMap { request.table.column($0)?.type }
        keys = (0..<request.rows.count).map { index in
            let row = request.rows[index]
            return zip(keyPlaces, keyTypes).map { $1.canonical(row[row.startIndex + $0]) }
        }
        guard !keys.contains(where: { $0.contains(.null) }) else {
            throw ButlerError(
                .invalidArgument,
                "A row for table \"\(request.table.name)\" has no value for a key.",
                remedy: "Give a value for each of \(request.keys.joined(separator: ", "))."
            )
        }
    }

    mutating func run(on connection: any Connection) throws -> SyncResult {
        request.rows.count == 1 ? try runOne(on: connection) : try runMany(on: connection)
    }

    /// Tries the insertion first: a row is new more often than not.
    private mutating func runOne(on connection: any Connection) throws -> SyncResult {
        let columns = request.returning.isEmpty ? [request.keys[0]] : request.returning
        let fresh = try connection.insert(request.rows, into: table, onConflict: .keep, returning: columns)
        if let fresh {
            return SyncResult(outcomes: [.inserted], returned: [request.returning.isEmpty ? [] : fresh])
        }
        try select(keys, on: connection)
        return SyncResult(outcomes: [try reconcile(0, on: connection)], returned: [returned(0)])
    }

    /// Looks first, so that it is known which rows are new.
    private mutating func runMany(on connection: any Connection) throws -> SyncResult {
        try select(keys, on: connection)
        var seen: Set<[SQLValue]> = []
        var new = Set(keys.indices.filter { stored[keys[$0]] == nil && seen.insert(keys[$0]).inserted })
        if !new.isEmpty {
            let inserted = try insert(new.sorted(), on: connection)
            let isDoubtful = inserted < new.count || keys.count > Set(keys).count
            if isDoubtful || !request.returning.isEmpty {
                try select(new.map { keys[$0] }, on: connection)
            }
            if inserted < new.count {
                new = []
            }
        }
        let outcomes = try keys.indices.map { index in
            new.contains(index) ? .inserted : try reconcile(index, on: connection)
        }
        return SyncResult(outcomes: outcomes, returned: keys.indices.map(returned))
    }

    /// Inserts some of the rows unless another connection was first; returns how many were inserted.
    private func insert(_ indices: [Int], on connection: any Connection) throws -> Int {
        var rows = RowBatch(table, columns: request.rows.columns)
        rows.reserveCapacity(indices.count)
        for index in indices {
            rows.append(row: Array(request.rows[index]))
        }
        return try connection.ensure(rows, in: table)
    }

    /// Reads the rows of some keys.
    private mutating func select(_ wanted: [[SQLValue]], on connection: any Connection) throws {
        let dialect = connection.dialect
        let list = table.selection(of: selected, dialect)
        let chunk = max(1, dialect.maximumBindings / 4 / request.keys.count)
        for start in stride(from: 0, to: wanted.count, by: chunk) {
            let some = Array(wanted[start..<min(start + chunk, wanted.count)])
            let sql: SQL = "SELECT \(list) FROM \(table: table.name) WHERE \(condition(some))"
            let page = try connection.query(sql, kinds: table.kinds(of: selected))
            for row in 0..<page.rowCount {
                let values = page.columns.indices.map { page.value(row, $0) }
                stored[Array(values.prefix(request.keys.count))] = values
            }
        }
    }

    private func condition(_ wanted: [[SQLValue]]) -> SQL {
        guard wanted.count > 1 else {
            let tests = zip(request.keys, wanted.first ?? []).map { "\(id: $0) = \($1)" as SQL }
            return tests.joined(separator: " AND ")
        }
        guard request.keys.count > 1 else { return "\(id: request.keys[0]) \(in: wanted.map { $0[0] })" }
        return "(\(request.keys.identifierList)) \(inRows: wanted)"
    }

    /// Compares a row that exists with the given one, and changes it if that was asked for.
    private mutating func reconcile(_ index: Int, on connection: any Connection) throws -> SyncOutcome {
        guard let row = stored[keys[index]] else { throw conflict(index, []) }
        let differences = request.compared.compactMap { difference($0, index, row) }
        guard !differences.isEmpty else { return .unchanged }
        guard request.updates else { throw conflict(index, differences) }
        let changes = differences.map { table.assignment($0.column, $0.given[...], connection.dialect) }
        let change: SQL = "UPDATE \(table: table.name) SET \(changes.joined(separator: ", "))"
        try connection.execute("\(change) WHERE \(condition([keys[index]]))")
        for difference in differences {
            stored[keys[index]]?.replaceSubrange(selectedRanges[difference.column] ?? 0..<0, with: difference.given)
        }
        return .updated(differences)
    }

    private func difference(_ name: String, _ index: Int, _ row: [SQLValue]) -> ColumnDifference? {
        guard let type = table.column(name)?.type, let place = ranges[name], let found = selectedRanges[name] else {
            return nil
        }
        let given = request.rows[index].dropFirst(place.lowerBound).prefix(place.count).map(type.canonical)
        let stored = Array(row[found])
        return stored == given ? nil : ColumnDifference(column: name, stored: stored, given: given)
    }

    private func returned(_ index: Int) -> [SQLValue] {
        guard let row = stored[keys[index]] else { return [] }
        return request.returning.flatMap { row[selectedRanges[$0] ?? 0..<0] }
    }

    private func conflict(_ index: Int, _ differences: [ColumnDifference]) -> ButlerError {
        let cause = SyncConflict(table: table.name, keys: keys[index], differences: differences)
        let message =
            differences.isEmpty
            ? "A row of table \"\(table.name)\" cannot be stored: another row has its values in a unique constraint."
            : "A row of table \"\(table.name)\" exists already with other values."
        return ButlerError(
            .conflictingDefinition,
            message,
            remedy: differences.isEmpty
                ? "Choose other values." : "Use the stored values, or ask for an update if the new ones are right.",
            context: zip(request.keys, keys[index]).map { .init($0, $1.description) }
                + differences.map { .init($0.column, $0.description) },
            cause: cause
        )
    }

    private static func ranges(_ columns: [String], in table: TableSpec) -> [String: Range<Int>] {
        var start = 0
        var ranges: [String: Range<Int>] = [:]
        for name in columns {
            let end = start + (table.column(name)?.type.valueCount ?? 1)
            ranges[name] = start..<end
            start = end
        }
        return ranges
    }

    private static func check(_ request: SyncRequest, _ ranges: [String: Range<Int>]) throws {
        let isKnown = { (name: String) in request.table.column(name) != nil }
        let given = request.keys + request.compared
        let isKeyed = !request.keys.isEmpty && request.keys.allSatisfy { request.table.column($0)?.type != .timespan }
        let isWhole = request.rows.values.count.isMultiple(of: request.rows.width)
        guard isKeyed, isWhole, given.allSatisfy({ ranges[$0] != nil && isKnown($0) }),
            request.returning.allSatisfy(isKnown)
        else {
            throw ButlerError(
                .invalidArgument,
                "A synchronization of table \"\(request.table.name)\" does not name its columns right.",
                remedy:
                    "Give at least one key, which is no time span, and rows that have all keys and compared columns."
            )
        }
    }
}

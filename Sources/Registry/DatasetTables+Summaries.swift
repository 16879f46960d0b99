public import Databases
internal import Datasets
internal import Dimensions
internal import StewardCore

/// What a collection may hold: never too little, possibly too much.
public struct CollectionSummary: Sendable, Hashable {
    /// Names of dataset types.
    public var datasetTypes: Set<String> = []
    /// Values of governor dimensions, by dimension name.
    public var governors: [String: Set<String>] = [:]

    /// Creates an empty summary.
    public init() {}
}

extension DatasetTables {
    /// Datasets of one type that become members of a collection.
    struct Membership {
        let type: DatasetTypeRecord
        let collection: CollectionRecord
        /// Values of the governor dimensions of the datasets' data IDs.
        let governors: [(governor: DimensionElement, values: Set<DimensionValue>)]

        init(_ type: DatasetTypeRecord, _ refs: [DatasetRef], in collection: CollectionRecord) {
            self.type = type
            self.collection = collection
            let group = type.type.dimensions
            governors = group.governors.map { governor in
                (governor, Set(refs.compactMap { $0.dataID[governor.name] }))
            }
        }

        /// What the collection's summary must say.
        var items: Set<RegistryCache.SummaryItem> {
            var items: Set<RegistryCache.SummaryItem> = [.datasetType(type.id)]
            for (governor, values) in governors {
                for value in values { items.insert(.governor(governor.position, value)) }
            }
            return items
        }
    }

    /// Makes sure that the summaries cover some memberships, and that their collections and dataset types still have
    /// the keys in memory.
    ///
    /// Keys are used again after a removal, so another program may have given a key to something else. What memory says
    /// to be covered takes one statement to check, none in undisturbed writes; a single membership that it does not know
    /// takes one for the type and one for each governor.
    func noteMemberships(_ memberships: [Membership], on connection: any Connection) throws {
        let mark = connection.undisturbedMark
        let areKnown = cache.undisturbed(mark) { memory in
            memberships.allSatisfy { memory.covers($0.items, $0.collection.key) }
        }
        guard areKnown != true else { return }
        try cover(memberships, on: connection)
        for membership in memberships {
            let (items, key) = (membership.items, membership.collection.key)
            cache.note(items, key)
            cache.undisturbed(mark) { $0.note(items, key) }
        }
    }

    private func cover(_ memberships: [Membership], on connection: any Connection) throws {
        guard let first = memberships.first else { return }
        if memberships.count == 1, !cache.covers(first.items, first.collection.key),
            try insertTypeSummary(first, on: connection)
        {
            return try insertGovernors([first], present: [:], on: connection)
        }
        let present = try verify(memberships, on: connection)
        var missing = RowBatch(columns: [format.collectionColumn, "dataset_type_id"])
        for membership in memberships {
            let key = membership.collection.key
            guard present[key]?.contains(.datasetType(membership.type.id)) != true else { continue }
            missing.append(row: [key.sqlValue, .int(membership.type.id)])
        }
        try connection.ensure(missing, in: schema.typeSummary)
        try insertGovernors(memberships, present: present, on: connection)
    }

    /// Inserts the row for a dataset type, unless keys in memory are out of date or it is there; says whether it did.
    private func insertTypeSummary(_ membership: Membership, on connection: any Connection) throws -> Bool {
        let collectionKey = format.collectionTableKey
        let sql: SQL = """
            INSERT INTO \(table: schema.typeSummary.name) (\(id: format.collectionColumn), \(id: "dataset_type_id")) \
            SELECT \(id: "c", collectionKey), \(id: "t", "id") FROM \(table: "collection") AS \(id: "c") \
            CROSS JOIN \(table: "dataset_type") AS \(id: "t") \
            WHERE \(id: "c", collectionKey) = \(membership.collection.key) \
            AND \(id: "c", "name") = \(membership.collection.name) AND \(id: "t", "id") = \(membership.type.id) \
            AND \(id: "t", "name") = \(membership.type.type.name) ON CONFLICT DO NOTHING
            """
        return try connection.execute(sql) > 0
    }

    private func insertGovernors(
        _ memberships: [Membership],
        present: [CollectionKey: Set<RegistryCache.SummaryItem>],
        on connection: any Connection
    ) throws {
        for summary in schema.governorSummaries {
            var rows = RowBatch(columns: [format.collectionColumn, summary.governor.name])
            var seen: Set<[SQLValue]> = []
            for membership in memberships {
                let key = membership.collection.key
                for (governor, values) in membership.governors where governor == summary.governor {
                    for value in values where present[key]?.contains(.governor(governor.position, value)) != true {
                        let row = [key.sqlValue, value.sqlValue]
                        if seen.insert(row).inserted { rows.append(row: row) }
                    }
                }
            }
            do {
                try connection.ensure(rows, in: summary.table)
            } catch let error as ButlerError where error.code == .integrity {
                throw ButlerError(
                    .dataIDValue,
                    "A data ID names an \(summary.governor.name) that is not registered, "
                        + "or a collection that has been removed.",
                    remedy: "Register the \(summary.governor.name) first.",
                    context: seen.prefix(10).map { .init(summary.governor.name, $0[1].description) },
                    cause: error
                )
            }
        }
    }

    /// What the summaries of the memberships' collections say already, in one statement.
    private func verify(
        _ memberships: [Membership],
        on connection: any Connection
    ) throws -> [CollectionKey: Set<RegistryCache.SummaryItem>] {
        let keys = Array(Set(memberships.map(\.collection.key)))
        let typeIDs = Array(Set(memberships.map(\.type.id)))
        let governors = Dictionary(grouping: memberships.flatMap(\.governors), by: \.governor.position)
        let noNumber: SQL = "CAST(NULL AS BIGINT)"
        let collectionKey = format.collectionTableKey
        let column = format.collectionColumn
        var parts: [SQL] = [
            """
            SELECT -2, \(id: collectionKey), \(noNumber), \(id: "name") FROM \(table: "collection") \
            WHERE \(id: collectionKey) \(in: keys)
            """,
            """
            SELECT -1, \(id: "s", column), \(id: "t", "id"), \(id: "t", "name") \
            FROM \(table: "dataset_type") AS \(id: "t") LEFT JOIN \(table: schema.typeSummary.name) AS \(id: "s") \
            ON \(id: "s", "dataset_type_id") = \(id: "t", "id") AND \(id: "s", column) \(in: keys) \
            WHERE \(id: "t", "id") \(in: typeIDs)
            """,
        ]
        for summary in schema.governorSummaries {
            guard let groups = governors[summary.governor.position] else { continue }
            let names = Array(Set(groups.flatMap(\.values))).map(\.sqlValue)
            parts.append(
                """
                SELECT \(summary.governor.position), \(id: column), \(noNumber), \
                CAST(\(id: summary.governor.name) AS TEXT) FROM \(table: summary.table.name) \
                WHERE \(id: column) \(in: keys) AND \(id: summary.governor.name) \(in: names)
                """
            )
        }
        let sql = parts.joined(separator: " UNION ALL ")
        let page = try connection.query(sql, kinds: [.integer, format.collectionKind, .integer, .label])
        return try present(page, memberships)
    }

    private func present(
        _ page: ColumnPage,
        _ memberships: [Membership]
    ) throws -> [CollectionKey: Set<RegistryCache.SummaryItem>] {
        var collectionNames: [CollectionKey: String] = [:]
        var typeNames: [Int64: String] = [:]
        var present: [CollectionKey: Set<RegistryCache.SummaryItem>] = [:]
        for row in 0..<page.rowCount {
            guard let part = page.integer(row, 0), let name = page.text(row, 3) else { continue }
            let key = format.collectionKey(page, row, 1)
            switch part {
            case -2: if let key { collectionNames[key] = name }
            case -1:
                guard let id = page.integer(row, 2) else { continue }
                typeNames[id] = name
                if let key { present[key, default: []].insert(.datasetType(id)) }
            default:
                guard let key, let position = Int(exactly: part) else { continue }
                let governor = schema.universe.elements[position]
                let value = governor.hasStringKey ? DimensionValue.string(name) : Int64(name).map(DimensionValue.int)
                if let value { present[key, default: []].insert(.governor(position, value)) }
            }
        }
        for membership in memberships {
            guard collectionNames[membership.collection.key] == membership.collection.name else {
                throw outdated("Collection", membership.collection.name, .missingCollection)
            }
            guard typeNames[membership.type.id] == membership.type.type.name else {
                throw outdated("Dataset type", membership.type.type.name, .missingDatasetType)
            }
        }
        return present
    }

    private func outdated(_ what: String, _ name: String, _ code: ButlerError.Code) -> ButlerError {
        cache.reset()
        return ButlerError(
            code,
            "\(what) \"\(name)\" has been removed by another program.",
            remedy: "Try again if it was meant to be replaced; otherwise register it again."
        )
    }

    // MARK: Reading

    /// What some collections may hold.
    ///
    /// One statement. Chains have no summary of their own: ask for what they hold.
    ///
    /// - Parameters:
    ///   - collections: The collections.
    ///   - connection: Where to read.
    /// - Returns: A summary for each collection, by name.
    /// - Throws: Database errors.
    public func summaries(
        of collections: [CollectionRecord],
        on connection: any Connection
    ) throws -> [String: CollectionSummary] {
        let names = Dictionary(collections.map { ($0.key, $0.name) }, uniquingKeysWith: { first, _ in first })
        var summaries = Dictionary(
            collections.map { ($0.name, CollectionSummary()) },
            uniquingKeysWith: { first, _ in first }
        )
        for chunk in Self.chunks(Array(names.keys), width: 1 + schema.governorSummaries.count, connection.dialect) {
            let column = format.collectionColumn
            let keys = Array(chunk)
            var parts: [SQL] = [
                """
                SELECT -1, \(id: "s", column), \(id: "t", "name") FROM \(table: schema.typeSummary.name) AS \(id: "s") \
                JOIN \(table: "dataset_type") AS \(id: "t") ON \(id: "t", "id") = \(id: "s", "dataset_type_id") \
                WHERE \(id: "s", column) \(in: keys)
                """
            ]
            for (index, summary) in schema.governorSummaries.enumerated() {
                parts.append(
                    """
                    SELECT \(index), \(id: column), CAST(\(id: summary.governor.name) AS TEXT) \
                    FROM \(table: summary.table.name) WHERE \(id: column) \(in: keys)
                    """
                )
            }
            let sql = parts.joined(separator: " UNION ALL ")
            let page = try connection.query(sql, kinds: [.integer, format.collectionKind, .label])
            for row in 0..<page.rowCount {
                guard let part = page.integer(row, 0).flatMap({ Int(exactly: $0) }), let value = page.text(row, 2),
                    let name = format.collectionKey(page, row, 1).flatMap({ names[$0] })
                else { continue }
                if part < 0 {
                    summaries[name]?.datasetTypes.insert(value)
                } else {
                    summaries[name]?.governors[schema.governorSummaries[part].governor.name, default: []].insert(value)
                }
            }
        }
        return summaries
    }

    /// Takes a dataset type out of the summaries of collections that hold no dataset of it.
    ///
    /// Three statements. Reads summaries first and memberships second, so that nothing that another program adds
    /// meanwhile is lost. Governor values are never taken out, as in the reference.
    ///
    /// - Parameters:
    ///   - type: The dataset type.
    ///   - connection: A write connection.
    /// - Returns: Names of the collections whose summary became smaller, sorted.
    /// - Throws: Database errors.
    public func pruneSummaries(of type: DatasetTypeRecord, on connection: any Connection) throws -> [String] {
        let column = format.collectionColumn
        let summarySQL: SQL = """
            SELECT \(id: column) FROM \(table: schema.typeSummary.name) WHERE \(id: "dataset_type_id") = \(type.id)
            """
        let claimed = try collectionKeys(summarySQL, on: connection)
        var parts: [SQL] = []
        for table in [type.tags, type.calibrations].compactMap({ $0 }) {
            parts.append("SELECT \(id: column) FROM \(table: table.name) WHERE \(id: "dataset_type_id") = \(type.id)")
        }
        let needed = try collectionKeys(parts.joined(separator: " UNION "), on: connection)
        let idle = claimed.subtracting(needed)
        guard !idle.isEmpty else { return [] }
        let sql: SQL = """
            DELETE FROM \(table: schema.typeSummary.name) WHERE \(id: "dataset_type_id") = \(type.id) \
            AND \(id: column) \(in: Array(idle))
            """
        try connection.execute(sql)
        cache.forgetSummaries()
        return try collections.names(of: idle, on: connection).values.sorted()
    }

    private func collectionKeys(_ sql: SQL, on connection: any Connection) throws -> Set<CollectionKey> {
        let page = try connection.query(sql, kinds: [format.collectionKind])
        return Set((0..<page.rowCount).compactMap { format.collectionKey(page, $0, 0) })
    }
}

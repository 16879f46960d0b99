public import Databases
public import Datasets
internal import Dimensions
internal import StewardCore

/// What removing datasets takes from collections other than their runs.
public struct RemovalConsequences: Sendable, Hashable {
    /// Memberships of datasets of one type in one collection.
    public struct Memberships: Sendable, Hashable {
        /// Name of the dataset type.
        public let datasetType: String
        /// Name of the collection.
        public let collection: String
        /// TAGGED or CALIBRATION.
        public let kind: CollectionKind
        /// How many memberships there are; in CALIBRATION collections validity ranges.
        public let count: Int
    }

    /// Memberships in TAGGED and CALIBRATION collections that would be lost.
    public var memberships: [Memberships] = []
    /// Chains that hold a collection to be removed, sorted by name, by name of the collection.
    public var chains: [String: [String]] = [:]

    /// Memberships in CALIBRATION collections.
    public var certified: [Memberships] { memberships.filter { $0.kind == .calibration } }

    /// Memberships in TAGGED collections.
    public var tagged: [Memberships] { memberships.filter { $0.kind == .tagged } }

    /// Whether nothing else is touched.
    public var isEmpty: Bool { memberships.isEmpty && chains.isEmpty }
}

extension RegistryTables {
    /// What the removal of runs would take from other collections.
    ///
    /// One statement for the chains, one for the summaries, one for each table of memberships that the runs use.
    ///
    /// - Parameters:
    ///   - runs: RUN collections.
    ///   - connection: Where to read.
    /// - Returns: Memberships and chains that would be lost.
    /// - Throws: Database errors.
    public func consequences(
        ofRemoving runs: [CollectionRecord],
        on connection: any Connection
    ) throws -> RemovalConsequences {
        var result = RemovalConsequences()
        result.chains = try collections.parents(of: runs.map(\.name), on: connection)
        let summaries = try datasets.summaries(of: runs, on: connection)
        let names = Set(summaries.values.flatMap(\.datasetTypes))
        let types = try names.sorted().map { try datasetTypes.record($0, on: connection) }
        let condition: SQL = "\(id: "d", schema.format.runColumn) \(in: runs.map(\.key))"
        result.memberships = try memberships(of: types, where: condition, on: connection)
        return result
    }

    /// What the removal of datasets would take from other collections than their runs.
    ///
    /// One statement for each table of memberships and some thousands of datasets.
    ///
    /// - Parameters:
    ///   - refs: Registered datasets.
    ///   - connection: Where to read.
    /// - Returns: Memberships that would be lost.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`; database errors.
    public func consequences(
        ofRemoving refs: [DatasetRef],
        on connection: any Connection
    ) throws -> RemovalConsequences {
        var counts: [RemovalConsequences.Memberships: Int] = [:]
        for (name, refs) in Dictionary(grouping: refs, by: \.datasetType.parentName) {
            let type = try datasetTypes.record(name, on: connection)
            for chunk in DatasetTables.chunks(refs.map(\.id), width: 1, connection.dialect) {
                let condition: SQL = "\(id: "d", "id") \(in: Array(chunk))"
                for item in try memberships(of: [type], where: condition, on: connection) {
                    let key = RemovalConsequences.Memberships(
                        datasetType: item.datasetType,
                        collection: item.collection,
                        kind: item.kind,
                        count: 0
                    )
                    counts[key, default: 0] += item.count
                }
            }
        }
        var result = RemovalConsequences()
        result.memberships = counts.map { key, count in
            .init(datasetType: key.datasetType, collection: key.collection, kind: key.kind, count: count)
        }
        .sorted { ($0.collection, $0.datasetType) < ($1.collection, $1.datasetType) }
        return result
    }

    /// Counts memberships outside their runs of datasets for which a test on table `d` holds.
    private func memberships(
        of types: [DatasetTypeRecord],
        where condition: SQL,
        on connection: any Connection
    ) throws -> [RemovalConsequences.Memberships] {
        let tables = Dictionary(
            types.flatMap { [$0.tags.name] + [$0.calibrations?.name].compactMap { $0 } }.map { ($0, true) },
            uniquingKeysWith: { first, _ in first }
        )
        let names = Dictionary(types.map { ($0.id, $0.type.name) }, uniquingKeysWith: { first, _ in first })
        let format = schema.format
        var found: [RemovalConsequences.Memberships] = []
        for table in tables.keys.sorted() {
            let sql: SQL = """
                SELECT \(id: "a", "dataset_type_id"), \(id: "c", "name"), \(id: "c", "type"), COUNT(*) \
                FROM \(table: "dataset") AS \(id: "d") JOIN \(table: table) AS \(id: "a") \
                ON \(id: "a", "dataset_id") = \(id: "d", "id") \
                AND \(id: "a", format.collectionColumn) <> \(id: "d", format.runColumn) \
                JOIN \(table: "collection") AS \(id: "c") \
                ON \(id: "c", format.collectionTableKey) = \(id: "a", format.collectionColumn) WHERE \(condition) \
                GROUP BY \(id: "a", "dataset_type_id"), \(id: "c", "name"), \(id: "c", "type")
                """
            let page = try connection.query(sql, kinds: [.integer, .label, .integer, .integer])
            for row in 0..<page.rowCount {
                guard let type = page.integer(row, 0).flatMap({ names[$0] }), let collection = page.text(row, 1),
                    let kind = page.integer(row, 2).flatMap({ Int(exactly: $0) }).flatMap(CollectionKind.init),
                    let count = page.integer(row, 3).flatMap({ Int(exactly: $0) })
                else { continue }
                found.append(.init(datasetType: type, collection: collection, kind: kind, count: count))
            }
        }
        return found.sorted { ($0.collection, $0.datasetType) < ($1.collection, $1.datasetType) }
    }

    /// Removes runs with all their datasets.
    ///
    /// Locations move to the trash first: the datastore's files and rows are deleted afterwards, outside the
    /// transaction. Three statements for each run, in the order of their names, and those that look for consequences.
    ///
    /// - Parameters:
    ///   - names: Names of RUN collections.
    ///   - unlinkingChains: Whether the runs are taken out of chains; otherwise a chain that holds one is an error.
    ///   - unlinkingCertified: Whether memberships in CALIBRATION collections may be lost; otherwise they are an error.
    ///   - connection: A write connection.
    /// - Returns: What other collections have lost.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.collectionType`, `.integrity` that lists what stands in the
    ///   way; database errors.
    @discardableResult
    public func removeRuns(
        _ names: [String],
        unlinkingChains: Bool = false,
        unlinkingCertified: Bool = false,
        on connection: any Connection
    ) throws -> RemovalConsequences {
        let runs = try Set(names).sorted().map { name in
            guard let record = try collections.find(name, on: connection) else {
                throw try collections.missing([name], on: connection)
            }
            guard record.kind == .run else { throw CollectionTables.wrongKind(record, wanted: [.run]) }
            return record
        }
        let consequences = try consequences(ofRemoving: runs, on: connection)
        try check(consequences, unlinkingChains: unlinkingChains, unlinkingCertified: unlinkingCertified)
        try unlink(consequences.chains, on: connection)
        for run in runs {
            try locations.trash(run: run, on: connection)
            try delete(run, on: connection)
        }
        return consequences
    }

    /// Removes collections; runs too if no datastore holds their datasets.
    ///
    /// Removing a TAGGED or CALIBRATION collection takes its memberships along, removing a chain leaves its children.
    ///
    /// - Parameters:
    ///   - names: Names of collections.
    ///   - unlinkingChains: Whether the collections are taken out of chains; otherwise a chain that is not itself among
    ///     those removed is an error.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.missingCollection`, `.integrity` that lists the chains, or if a datastore holds
    ///   datasets of a run; database errors.
    public func removeCollections(
        _ names: [String],
        unlinkingChains: Bool = false,
        on connection: any Connection
    ) throws {
        let expression = CollectionExpression(names: names)
        let records = try collections.resolve(expression, flattening: false, on: connection)
        let parents = try collections.parents(of: names, on: connection)
        let others = parents.mapValues { $0.filter { !names.contains($0) } }.filter { !$0.value.isEmpty }
        try check(
            RemovalConsequences(memberships: [], chains: others),
            unlinkingChains: unlinkingChains,
            unlinkingCertified: true
        )
        try unlink(parents, on: connection)
        for record in records.sorted(by: { $0.name < $1.name }) { try delete(record, on: connection) }
    }

    private func unlink(_ chains: [String: [String]], on connection: any Connection) throws {
        var children: [String: [String]] = [:]
        for (child, parents) in chains { for parent in parents { children[parent, default: []].append(child) } }
        for (parent, children) in children.sorted(by: { $0.key < $1.key }) {
            try collections.change(.remove, parent, children.sorted(), on: connection)
        }
    }

    private func delete(_ collection: CollectionRecord, on connection: any Connection) throws {
        let key = schema.format.collectionTableKey
        do {
            try connection.execute("DELETE FROM \(table: "collection") WHERE \(id: key) = \(collection.key)")
        } catch let error as ButlerError where error.code == .integrity {
            throw ButlerError(
                .integrity,
                "Collection \"\(collection.name)\" cannot be removed: "
                    + "a datastore holds datasets of it, or a chain holds it.",
                remedy: collection.kind == .run
                    ? "Remove its datasets with \"steward remove-runs\"." : "Take it out of its chains first.",
                cause: error
            )
        }
        collections.cache.forget(collection: collection)
    }

    private func check(
        _ consequences: RemovalConsequences,
        unlinkingChains: Bool,
        unlinkingCertified: Bool
    ) throws {
        if !unlinkingChains, !consequences.chains.isEmpty {
            throw ButlerError(
                .integrity,
                "Collections that a chain holds cannot be removed.",
                remedy: "Take them out of their chains first, or ask for that with --unlink.",
                context: consequences.chains.sorted { $0.key < $1.key }.map { child, parents in
                    .init(child, "held by " + parents.map { "\"\($0)\"" }.joined(separator: ", "))
                }
            )
        }
        let certified = consequences.certified
        guard unlinkingCertified || certified.isEmpty else {
            throw ButlerError(
                .integrity,
                "Datasets that are certified in CALIBRATION collections cannot be removed.",
                remedy: "Decertify them first, or ask for that with --unlink-certified.",
                context: certified.map { item in
                    .init(item.collection, "\(item.count) validity ranges of \"\(item.datasetType)\"")
                }
            )
        }
    }

    /// Removes a dataset type that no dataset has.
    ///
    /// Its tables stay, as other dataset types of the same dimensions use them. One statement.
    ///
    /// - Parameters:
    ///   - name: Name of the dataset type.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.integrity` that lists the runs with datasets of it; database
    ///   errors.
    public func removeDatasetType(_ name: String, on connection: any Connection) throws {
        let type = try datasetTypes.record(name, on: connection)
        do {
            let sql: SQL = """
                DELETE FROM \(table: schema.datasetType.name) WHERE \(id: "id") = \(type.id) AND \(id: "name") = \(name)
                """
            let count = try connection.recoverably { try connection.execute(sql) }
            datasetTypes.cache.update { $0.remove(name) }
            datasets.cache.forgetSummaries()
            guard count > 0 else { throw datasetTypes.missing(name) }
        } catch let error as ButlerError where error.code == .integrity {
            throw ButlerError(
                .integrity,
                "Dataset type \"\(name)\" cannot be removed while there are datasets of it.",
                remedy: "Remove the datasets first.",
                context: (try? runs(with: type, on: connection)) ?? [],
                cause: error
            )
        }
    }

    private func runs(
        with type: DatasetTypeRecord,
        on connection: any Connection
    ) throws -> [ButlerError.ContextItem] {
        let format = schema.format
        let sql: SQL = """
            SELECT \(id: "c", "name"), COUNT(*) FROM \(table: "dataset") AS \(id: "d") \
            JOIN \(table: "collection") AS \(id: "c") \
            ON \(id: "c", format.collectionTableKey) = \(id: "d", format.runColumn) \
            WHERE \(id: "d", "dataset_type_id") = \(type.id) \
            GROUP BY \(id: "c", "name") ORDER BY \(id: "c", "name") LIMIT 10
            """
        let page = try connection.query(sql, kinds: [.label, .integer])
        return (0..<page.rowCount).map { row in
            .init("run", "\"\(page.text(row, 0) ?? "")\" with \(page.integer(row, 1) ?? 0) datasets")
        }
    }
}

public import Databases
public import Datasets
public import Dimensions
internal import StewardCore

extension DatasetTables {
    /// Registers datasets that may exist already, as an import or a repeated ingest does.
    ///
    /// A dataset whose identifier exists must agree in dataset type, run and data ID; one whose dataset type, run and
    /// data ID exist must agree in the identifier. For each dataset type and run one statement to compare some thousands,
    /// none for data IDs of new records, then those of ``insert(_:on:)``.
    ///
    /// - Parameters:
    ///   - refs: References to runs and dataset types that exist.
    ///   - records: Records that the transaction has inserted: no dataset can have been registered with them before.
    ///   - connection: A write connection.
    /// - Returns: The references that were not there before.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` for what does not agree, else as ``insert(_:on:)``.
    public func importing(
        _ refs: [DatasetRef],
        ofNew records: [DimensionRecord] = [],
        on connection: any Connection
    ) throws -> [DatasetRef] {
        guard !refs.isEmpty else { return [] }
        let batches = try batches(refs, on: connection)
        let runs = try runs(of: refs, on: connection)
        var fresh: [Batch] = []
        for batch in batches {
            let new = try unregistered(batch, runs, NewRecords(records, batch.type.type.dimensions), on: connection)
            if !new.isEmpty { fresh.append(Batch(type: batch.type, refs: new)) }
        }
        guard !fresh.isEmpty else { return [] }
        try insert(fresh, runs, on: connection)
        return fresh.flatMap(\.refs)
    }

    // MARK: Comparison with what exists

    /// Dataset type and run of a registered dataset.
    struct Registration {
        let typeID: Int64
        let run: CollectionKey
    }

    /// Those of some datasets that exist.
    func existingDatasets(
        _ ids: [DatasetID],
        on connection: any Connection
    ) throws -> [DatasetID: Registration] {
        var found: [DatasetID: Registration] = [:]
        for chunk in Self.chunks(ids, width: 1, connection.dialect) {
            let sql: SQL = """
                SELECT \(id: "id"), \(id: "dataset_type_id"), \(id: format.runColumn) FROM \(table: "dataset") \
                WHERE \(id: "id") \(in: Array(chunk))
                """
            let page = try connection.query(sql, kinds: [.uuid, .integer, format.collectionKind])
            for row in 0..<page.rowCount {
                guard let id = page.uuid(row, 0), let type = page.integer(row, 1),
                    let run = format.collectionKey(page, row, 2)
                else { continue }
                found[id] = Registration(typeID: type, run: run)
            }
        }
        return found
    }

    /// Identifiers of the datasets with some data IDs in a RUN or TAGGED collection.
    func identifiers(
        _ type: DatasetTypeRecord,
        _ keys: [[SQLValue]],
        in collection: CollectionKey,
        on connection: any Connection
    ) throws -> [[SQLValue]: DatasetID] {
        let columns = type.dimensionColumns
        var found: [[SQLValue]: DatasetID] = [:]
        for chunk in Self.chunks(keys, width: columns.count, connection.dialect) {
            let match: SQL = columns.isEmpty ? "" : " AND \(DimensionTables.matches(columns, Array(chunk)))"
            let sql: SQL = """
                SELECT \((["dataset_id"] + columns).identifierList) FROM \(table: type.tags.name) \
                WHERE \(id: "dataset_type_id") = \(type.id) AND \(id: format.collectionColumn) = \(collection)\(match)
                """
            let page = try connection.query(sql, kinds: [.uuid] + type.dimensionKinds)
            for row in 0..<page.rowCount {
                found[(0..<columns.count).map { page.value(row, $0 + 1) }] = page.uuid(row, 0)
            }
        }
        return found
    }

    /// The references of a batch that are not registered; those that are must agree.
    private func unregistered(
        _ batch: Batch,
        _ runs: [String: CollectionRecord],
        _ newRecords: NewRecords,
        on connection: any Connection
    ) throws -> [DatasetRef] {
        var new: [DatasetRef] = []
        new.reserveCapacity(batch.refs.count)
        var seen = [DatasetID: Int](minimumCapacity: batch.refs.count)
        for (run, refs) in Self.byRun(batch.refs) {
            guard let key = runs[run]?.key else { continue }
            let keys = refs.map(Self.key)
            let doubtful = refs.indices.filter { !newRecords.cover(refs[$0]) }
            var stored = try matches(
                batch.type,
                doubtful.map { refs[$0] },
                doubtful.map { keys[$0] },
                in: key,
                on: connection
            )
            for (ref, values) in zip(refs, keys) {
                if let registration = stored.registrations[ref.id] {
                    guard registration.typeID == batch.type.id, registration.run == key,
                        stored.identifiers[values] == ref.id
                    else { throw try disagreement(ref, registration, on: connection) }
                    continue
                }
                if let earlier = seen.updateValue(new.count, forKey: ref.id) {
                    seen[ref.id] = earlier
                    guard new[earlier].run == ref.run, new[earlier].dataID == ref.dataID else {
                        throw Self.exists(ref, ref.id, nil)
                    }
                    continue
                }
                if let id = stored.identifiers.updateValue(ref.id, forKey: values) { throw Self.exists(ref, id, nil) }
                new.append(ref)
            }
        }
        return new
    }

    private static func byRun(_ refs: [DatasetRef]) -> [(run: String, refs: [DatasetRef])] {
        if let run = refs.first?.run, refs.allSatisfy({ $0.run == run }) { return [(run, refs)] }
        return Dictionary(grouping: refs, by: \.run).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Dimension values that did not exist before a transaction; association tables refer to those of their data IDs.
    private struct NewRecords {
        private var keys: [(dimensions: [String], values: Set<[DimensionValue]>)] = []

        init(_ records: [DimensionRecord], _ group: DimensionGroup) {
            let elements = Dictionary(grouping: records, by: \.element.position)
            for dimension in group.required where dimension.hasTable {
                guard let records = elements[dimension.position] else { continue }
                keys.append((dimension.required, Set(records.map(\.key))))
            }
        }

        /// Whether a data ID has one of the values.
        func cover(_ ref: DatasetRef) -> Bool {
            keys.contains { dimensions, values in values.contains(dimensions.compactMap { ref.dataID[$0] }) }
        }
    }

    /// Registered datasets with some identifiers, and those with some data IDs in a run.
    private struct Matches {
        var registrations: [DatasetID: Registration] = [:]
        var identifiers: [[SQLValue]: DatasetID] = [:]
    }

    /// Looks for references of one type and run by identifier and by data ID, in one statement for some thousands.
    private func matches(
        _ type: DatasetTypeRecord,
        _ refs: [DatasetRef],
        _ keys: [[SQLValue]],
        in run: CollectionKey,
        on connection: any Connection
    ) throws -> Matches {
        let columns = type.dimensionColumns
        let kinds: [ColumnKind] = [.integer, .uuid, .integer, format.collectionKind] + type.dimensionKinds
        var found = Matches()
        found.identifiers.reserveCapacity(refs.count)
        for chunk in Self.chunks(of: refs.count, width: columns.count + 1, connection.dialect) {
            var list: SQL = "1, \(id: "dataset_id"), \(id: "dataset_type_id"), \(id: format.collectionColumn)"
            for column in columns { list += ", \(id: column)" }
            // The second part has no data IDs: the columns of the first one, empty, give the types.
            var empty: SQL = "0, \(id: "d", "id"), \(id: "d", "dataset_type_id"), \(id: "d", format.runColumn)"
            for column in columns { empty += ", \(id: "e", column)" }
            let match: SQL = columns.isEmpty ? "" : " AND \(DimensionTables.matches(columns, Array(keys[chunk])))"
            let sql: SQL = """
                SELECT \(list) FROM \(table: type.tags.name) WHERE \(id: "dataset_type_id") = \(type.id) \
                AND \(id: format.collectionColumn) = \(run)\(match) \
                UNION ALL SELECT \(empty) FROM \(table: "dataset") AS \(id: "d") \
                LEFT JOIN \(table: type.tags.name) AS \(id: "e") ON 1 = 0 WHERE \(id: "d", "id") \(in: refs[chunk].map(\.id))
                """
            let page = try connection.query(sql, kinds: kinds)
            for row in 0..<page.rowCount {
                guard let id = page.uuid(row, 1), let typeID = page.integer(row, 2),
                    let key = format.collectionKey(page, row, 3)
                else { continue }
                if page.integer(row, 0) == 0 {
                    found.registrations[id] = Registration(typeID: typeID, run: key)
                } else {
                    found.identifiers[columns.indices.map { page.value(row, $0 + 4) }] = id
                }
            }
        }
        return found
    }

    private func disagreement(
        _ ref: DatasetRef,
        _ registration: Registration,
        on connection: any Connection
    ) throws -> ButlerError {
        let stored = try find(ids: [ref.id], on: connection)[ref.id]
        return ButlerError(
            .conflictingDefinition,
            "Dataset \(ref.id.dashed) is registered already with another dataset type, run or data ID.",
            remedy: "Remove the existing dataset, or leave the new one out.",
            context: [
                .init("stored", stored.map(\.description) ?? "dataset type number \(registration.typeID)"),
                .init("given", ref.description),
            ]
        )
    }
}

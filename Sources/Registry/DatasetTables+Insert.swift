public import Databases
public import Datasets
internal import Dimensions
internal import StewardCore

extension DatasetTables {
    /// Registers new datasets in their runs.
    ///
    /// One statement for the datasets, one for each group of dimensions, and those of
    /// ``noteMembership(of:in:on:)``: 3 where the summaries are known, 4 for the first dataset of a type in a run.
    ///
    /// - Parameters:
    ///   - refs: References with new identifiers to runs and dataset types that exist.
    ///   - connection: A write connection.
    /// - Throws: ``ButlerError`` with `.missingDatasetType`, `.missingCollection`, `.collectionType`,
    ///   `.conflictingDefinition` if a run has a dataset of that type and data ID, `.dataIDValue` if a dimension has no
    ///   such value; database errors.
    public func insert(_ refs: [DatasetRef], on connection: any Connection) throws {
        guard !refs.isEmpty else { return }
        let batches = try batches(refs, on: connection)
        let runs = try runs(of: refs, on: connection)
        try insert(batches, runs, on: connection)
    }

    /// Registers datasets that may exist already, as an import or a repeated ingest does.
    ///
    /// A dataset whose identifier exists must agree in dataset type, run and data ID; one whose dataset type, run and
    /// data ID exist must agree in the identifier. For each dataset type and run two statements to compare, one more if
    /// something exists, then those of ``insert(_:on:)``.
    ///
    /// - Parameters:
    ///   - refs: References to runs and dataset types that exist.
    ///   - connection: A write connection.
    /// - Returns: The references that were not there before.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` for what does not agree, else as ``insert(_:on:)``.
    public func importing(_ refs: [DatasetRef], on connection: any Connection) throws -> [DatasetRef] {
        guard !refs.isEmpty else { return [] }
        let batches = try batches(refs, on: connection)
        let runs = try runs(of: refs, on: connection)
        let existing = try existingDatasets(refs.map(\.id), on: connection)
        var fresh: [Batch] = []
        for batch in batches {
            let new = try unregistered(batch, runs, existing, on: connection)
            if !new.isEmpty { fresh.append(Batch(type: batch.type, refs: new)) }
        }
        guard !fresh.isEmpty else { return [] }
        try insert(fresh, runs, on: connection)
        return fresh.flatMap(\.refs)
    }

    private func runs(of refs: [DatasetRef], on connection: any Connection) throws -> [String: CollectionRecord] {
        var runs: [String: CollectionRecord] = [:]
        for ref in refs where runs[ref.run] == nil {
            runs[ref.run] = try collections.record(ref.run, kinds: [.run], on: connection)
        }
        return runs
    }

    private func insert(
        _ batches: [Batch],
        _ runs: [String: CollectionRecord],
        on connection: any Connection
    ) throws {
        var memberships: [Membership] = []
        for batch in batches {
            for (name, refs) in Dictionary(grouping: batch.refs, by: \.run).sorted(by: { $0.key < $1.key }) {
                if let run = runs[name] { memberships.append(Membership(batch.type, refs, in: run)) }
            }
        }
        try noteMemberships(memberships, on: connection)
        let date = ingestDate()
        var rows = RowBatch(columns: ["id", "dataset_type_id", "ingest_date", format.runColumn])
        var tags: [String: (type: DatasetTypeRecord, rows: RowBatch)] = [:]
        for batch in batches {
            let name = batch.type.tags.name
            var association = tags[name]?.rows ?? tagsRows(batch.type)
            for ref in batch.refs {
                guard let run = runs[ref.run]?.key.sqlValue else { continue }
                rows.append(row: [.uuid(ref.id), .int(batch.type.id), date, run])
                association.append(row: [.int(batch.type.id), .uuid(ref.id), run])
                association.append(row: Self.key(ref))
            }
            tags[name] = (batch.type, association)
        }
        do {
            try connection.insert(rows, into: schema.dataset)
            for (_, table) in tags.sorted(by: { $0.key < $1.key }) {
                try connection.insert(table.rows, into: table.type.tags)
            }
        } catch let error as ButlerError where error.code == .integrity {
            throw explain(error, batches, runs, on: connection)
        }
    }

    /// What stands in the way of an insertion that a constraint refused: a dataset, or a missing dimension record.
    private func explain(
        _ error: ButlerError,
        _ batches: [Batch],
        _ runs: [String: CollectionRecord],
        on connection: any Connection
    ) -> ButlerError {
        cache.forgetSummaries()
        do {
            let existing = try existingDatasets(batches.flatMap(\.refs).map(\.id), on: connection)
            for batch in batches {
                for ref in batch.refs where existing[ref.id] != nil { return Self.exists(ref, ref.id, error) }
                for (run, refs) in Dictionary(grouping: batch.refs, by: \.run) {
                    guard let key = runs[run]?.key else { continue }
                    let stored = try identifiers(batch.type, refs.map(Self.key), in: key, on: connection)
                    for ref in refs {
                        if let id = stored[Self.key(ref)] { return Self.exists(ref, id, error) }
                    }
                    if let twice = Self.firstRepeated(refs) { return Self.exists(twice, twice.id, error) }
                }
                let minimal = batch.refs.map {
                    DataCoordinate($0.dataID.group, values: Array($0.dataID.requiredValues))
                }
                _ = try dimensions.expand(minimal, on: connection)
            }
        } catch let better as ButlerError where [.dataIDValue, .inconsistentDataID].contains(better.code) {
            return better
        } catch {
            return explained(error)
        }
        return explained(error)

        func explained(_ cause: any Error) -> ButlerError {
            ButlerError(
                .integrity,
                "\(batches.reduce(0) { $0 + $1.refs.count }) datasets cannot be registered: a constraint of the "
                    + "database refuses them.",
                remedy: "Check that their runs, dataset types and dimension values exist, and try again.",
                cause: error
            )
        }
    }

    private static func firstRepeated(_ refs: [DatasetRef]) -> DatasetRef? {
        var seen: Set<[SQLValue]> = []
        return refs.first { !seen.insert(key($0)).inserted }
    }

    private static func exists(_ ref: DatasetRef, _ id: DatasetID, _ cause: ButlerError?) -> ButlerError {
        ButlerError(
            .conflictingDefinition,
            id == ref.id
                ? "Dataset \(ref.id.dashed) is registered already."
                : "Run \"\(ref.run)\" has a dataset of type \"\(ref.datasetType.name)\" with data ID \(ref.dataID) already.",
            remedy: "Use another run, or remove the existing dataset first.",
            context: [
                .init("dataset type", ref.datasetType.name), .init("data ID", ref.dataID.description),
                .init("run", ref.run), .init("existing dataset", id.dashed), .init("new dataset", ref.id.dashed),
            ],
            cause: cause
        )
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
        _ existing: [DatasetID: Registration],
        on connection: any Connection
    ) throws -> [DatasetRef] {
        var new: [DatasetRef] = []
        var seen: [DatasetID: DatasetRef] = [:]
        for (run, refs) in Dictionary(grouping: batch.refs, by: \.run).sorted(by: { $0.key < $1.key }) {
            guard let key = runs[run]?.key else { continue }
            var stored = try identifiers(batch.type, refs.map(Self.key), in: key, on: connection)
            for ref in refs {
                if let registration = existing[ref.id] {
                    guard registration.typeID == batch.type.id, registration.run == key, stored[Self.key(ref)] == ref.id
                    else { throw try disagreement(ref, registration, on: connection) }
                    continue
                }
                if let earlier = seen[ref.id] {
                    guard earlier.run == ref.run, earlier.dataID == ref.dataID else {
                        throw Self.exists(ref, ref.id, nil)
                    }
                    continue
                }
                if let id = stored[Self.key(ref)] { throw Self.exists(ref, id, nil) }
                stored[Self.key(ref)] = ref.id
                seen[ref.id] = ref
                new.append(ref)
            }
        }
        return new
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

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

    func runs(of refs: [DatasetRef], on connection: any Connection) throws -> [String: CollectionRecord] {
        var runs: [String: CollectionRecord] = [:]
        for ref in refs where runs[ref.run] == nil {
            runs[ref.run] = try collections.record(ref.run, kinds: [.run], on: connection)
        }
        return runs
    }

    func insert(
        _ batches: [Batch],
        _ runs: [String: CollectionRecord],
        on connection: any Connection
    ) throws {
        var memberships: [Membership] = []
        for batch in batches {
            try checkTexts(batch)
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
        var isRegistered = false
        do {
            try connection.recoverably {
                try connection.insert(rows, into: schema.dataset)
                isRegistered = true
                for (_, table) in tags.sorted(by: { $0.key < $1.key }) {
                    try connection.insert(table.rows, into: table.type.tags)
                }
            }
        } catch let error as ButlerError where error.code == .integrity {
            throw explain(error, batches, runs, afterRegistration: isRegistered, on: connection)
        }
    }

    /// What stands in the way of an insertion that a constraint refused: a dataset, or a missing dimension record.
    private func explain(
        _ error: ButlerError,
        _ batches: [Batch],
        _ runs: [String: CollectionRecord],
        afterRegistration: Bool,
        on connection: any Connection
    ) -> ButlerError {
        cache.forgetSummaries()
        do {
            let ids = afterRegistration ? [] : batches.flatMap(\.refs).map(\.id)
            let existing = try existingDatasets(ids, on: connection)
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

    static func exists(_ ref: DatasetRef, _ id: DatasetID, _ cause: ButlerError?) -> ButlerError {
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
}

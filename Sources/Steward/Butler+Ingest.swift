internal import Databases
internal import Datastores
internal import Registry
public import Resources
internal import StewardCore

/// How files are ingested.
public struct IngestOptions: Sendable {
    /// What happens with the files.
    public var mode: TransferMode
    /// Whether datasets that exist already are left out; otherwise they are an error.
    public var skippingExisting: Bool
    /// Whether sizes and checksums are recorded.
    public var recordsFileAttributes: Bool
    /// Dimension records that the datasets need, made sure of in the same transaction.
    public var records: [DimensionRecord]
    /// Whether records that differ are changed; otherwise they are an error.
    public var updatesRecords: Bool

    /// Creates options.
    public init(
        mode: TransferMode = .auto,
        skippingExisting: Bool = false,
        recordsFileAttributes: Bool = true,
        records: [DimensionRecord] = [],
        updatesRecords: Bool = false
    ) {
        self.mode = mode
        self.skippingExisting = skippingExisting
        self.recordsFileAttributes = recordsFileAttributes
        self.records = records
        self.updatesRecords = updatesRecords
    }
}

/// What an ingest did.
public struct IngestOutcome: Sendable {
    /// Datasets that are new.
    public let ingested: [DatasetRef]
    /// Datasets that were there already.
    public let skipped: [DatasetRef]
    /// What became of each dimension record given.
    public let records: [RecordOutcome]

    /// Creates an outcome.
    public init(ingested: [DatasetRef], skipped: [DatasetRef], records: [RecordOutcome]) {
        self.ingested = ingested
        self.skipped = skipped
        self.records = records
    }
}

extension Butler {
    /// Takes files into the repository as datasets.
    ///
    /// One transaction for all of it: dimension records, datasets, files and their records; the number of statements
    /// does not depend on the number of files. Files that were written are durable before it ends.
    ///
    /// - Parameters:
    ///   - files: Files with references to new datasets, whose runs are registered when they do not exist.
    ///   - options: How.
    /// - Returns: What was new and what was there.
    /// - Throws: ``ButlerError`` with `.conflictingDefinition` for datasets that exist, or records that differ;
    ///   `.fileNotFound`, `.diskFull`, `.dataIDValue`, `.missingDatasetType`, `.readOnly`; database and file errors.
    ///   Nothing is left then.
    @discardableResult
    public func ingest(_ files: [FileDataset], _ options: IngestOptions = IngestOptions()) async throws -> IngestOutcome
    {
        let staged = try await staged(files, options)
        return try await storing { connection, rollback in
            let outcomes =
                options.records.isEmpty
                ? []
                : try self.registry.dimensions.sync(options.records, updating: options.updatesRecords, on: connection)
            let refs = files.flatMap(\.refs)
            for run in Set(refs.map(\.run)).sorted() { try self.ensureRun(run, on: connection) }
            let expanded = try self.expanding(refs, known: options.records, on: connection)
            let new = zip(options.records, outcomes).filter { $0.1 == .inserted }.map(\.0)
            let stored = try self.register(expanded, options, ofNew: new, on: connection)
            let isNew = { (ref: DatasetRef) in !stored.contains(ref.id) }
            var next = expanded[...]
            let remaining = files.compactMap { file -> FileDataset? in
                let own = next.prefix(file.refs.count).filter(isNew)
                next = next.dropFirst(file.refs.count)
                return own.isEmpty ? nil : FileDataset(path: file.path, refs: Array(own), formatter: file.formatter)
            }
            let durability = DurabilityBatch()
            let written = try self.datastore.ingest(
                remaining,
                mode: options.mode,
                recordsFileAttributes: options.recordsFileAttributes,
                rollback: rollback,
                durability: durability,
                claims: self.pathClaims(on: connection),
                staged: staged
            )
            self.secure(durability, on: connection)
            try self.record(written, on: connection)
            return IngestOutcome(
                ingested: expanded.filter(isNew),
                skipped: expanded.filter { !isNew($0) },
                records: outcomes
            )
        }
    }

    /// Copies of the files that are not local, so that no other writer waits for servers; those of datasets that are
    /// stored already are left out.
    private func staged(_ files: [FileDataset], _ options: IngestOptions) async throws -> StagedFiles? {
        guard files.contains(where: { $0.path.contains("://") && !$0.path.hasPrefix("file:") }) else { return nil }
        let known = Set(zip(files.flatMap(\.refs), try await stored(files.flatMap(\.refs))).filter(\.1).map(\.0.id))
        let fresh = files.filter { file in file.refs.contains { !known.contains($0.id) } }
        let datastore = datastore
        return try await BlockingPool.run {
            try datastore.staged(
                fresh,
                mode: options.mode,
                recordsFileAttributes: options.recordsFileAttributes
            )
        }
    }

    /// Registers datasets and tells which are stored already.
    private func register(
        _ refs: [DatasetRef],
        _ options: IngestOptions,
        ofNew records: [DimensionRecord],
        on connection: any Connection
    ) throws -> Set<DatasetID> {
        let known = refs.contains { $0.id.isReproducible } || options.skippingExisting
        guard known else {
            try registry.datasets.insert(refs, on: connection)
            return []
        }
        let fresh = Set(try registry.datasets.importing(refs, ofNew: records, on: connection).map(\.id))
        let old = refs.map(\.id).filter { !fresh.contains($0) }
        guard !old.isEmpty else { return [] }
        let stored = Set(try registry.locations.datastores(holding: old, on: connection).keys)
        guard options.skippingExisting || stored.isEmpty else {
            let known = refs.filter { stored.contains($0.id) }
            throw ButlerError(
                .conflictingDefinition,
                "\(known.count) of the \(refs.count) datasets are in the repository already.",
                remedy: "Leave them out with --skip-existing.",
                context: known.prefix(10).map { .init("dataset", $0.description) }
            )
        }
        return stored
    }
}

extension DatasetID {
    /// Whether the identifier follows from what the dataset is (version 5).
    var isReproducible: Bool { bytes[6] >> 4 == 5 }
}

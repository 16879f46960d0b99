internal import Datasets
internal import Dimensions
internal import Foundation
internal import Resources
internal import Steward
public import StewardCore

/// Makes datasets of the shards of a catalogue.
struct CatalogueRegistration: Sendable {
    private let name: String
    private let options: CatalogueIngest.Options
    private let butler: Butler
    private let progress: CatalogueIngest.Progress

    /// Shards in one transaction.
    private static let batchSize = 8192

    init(
        _ name: String,
        _ options: CatalogueIngest.Options,
        _ butler: Butler,
        _ progress: @escaping CatalogueIngest.Progress
    ) {
        self.name = name
        self.options = options
        self.butler = butler
        self.progress = progress
    }

    /// Refuses to add to a version that is complete, or of which there are shards without `resumes`.
    func checkNew() async throws {
        if let record = try await butler.referenceCatalogues(name).first {
            throw ButlerError(
                .conflictingDefinition,
                "The catalogue \"\(name)\" is complete: \(record.rowCount) sources in run \"\(record.run)\".",
                remedy: "A version is never changed. Ingest new content under a new name, with another date."
            )
        }
        guard let type = try await existingType() else { return }
        guard try type == datasetType() else {
            throw ButlerError(
                .conflictingDefinition,
                "The dataset type \"\(name)\" exists with other dimensions or another storage class.",
                remedy: "Choose another name."
            )
        }
        let shards = try await butler.queryDatasets(name, collections: ["*"], limit: options.resumes ? nil : 1)
        let other = shards.first { $0.run != options.run }
        guard let first = other ?? (options.resumes ? nil : shards.first) else { return }
        throw ButlerError(
            .conflictingDefinition,
            "There are shards of \"\(name)\" in run \"\(first.run)\" already.",
            remedy: first.run == options.run
                ? "If that ingest ended too early, repeat it with --resume; else choose a new name."
                : "Two runs of one version would show through each other trixel by trixel. Choose a new name."
        )
    }

    private func existingType() async throws -> DatasetType? {
        do {
            return try await butler.datasetType(name)
        } catch let error as ButlerError where error.code == .missingDatasetType {
            return nil
        }
    }

    private func datasetType() throws -> DatasetType {
        try DatasetType(
            name: name,
            dimensions: butler.universe.group(["htm\(ReferenceCatalogue.level)"]),
            storageClass: "SimpleCatalog"
        )
    }

    /// Adds all shards, then makes the version visible.
    func register(_ converted: CatalogueConversion.Result) async throws {
        let type = try datasetType()
        try await butler.register(type)
        let refs = converted.shards.map { shard in
            DatasetRef(
                type,
                DataCoordinate(type.dimensions, values: [.int(Int64(shard.trixel))]),
                run: options.run,
                mode: .dataIDTypeRun
            )
        }
        if options.resumes { try await compare(converted.shards, refs) }
        let mode = options.transfer ?? (options.output == nil ? .move : .direct)
        for start in stride(from: 0, to: refs.count, by: Self.batchSize) {
            let range = start..<min(start + Self.batchSize, refs.count)
            let files = range.map { FileDataset(path: converted.shards[$0].path, refs: [refs[$0]]) }
            try await butler.ingest(files, IngestOptions(mode: mode, skippingExisting: options.resumes))
            progress(.register, range.upperBound, refs.count)
        }
        if refs.isEmpty {
            try await butler.collections.register(options.run, .run)
        }
        if let folder = options.output { try writeListing(converted.shards, in: folder) }
        try await butler.publish(record(converted), in: options.chain)
    }

    /// Checks that shards which an earlier attempt registered have the same bytes.
    private func compare(_ shards: [WrittenShard], _ refs: [DatasetRef]) async throws {
        let stored = try await butler.stored(refs, checkingFiles: true)
        let known = refs.indices.filter { stored[$0] }
        let uris = try await butler.uris(of: known.map { refs[$0] })
        for (index, uri) in zip(known, uris) {
            guard let uri = uri[""] else { continue }
            let old = try FileStore.checksum(of: ResourcePath(uri))
            guard try old == FileStore.checksum(of: ResourcePath(localPath: shards[index].path)) else {
                throw ButlerError(
                    .conflictingDefinition,
                    "Trixel \(shards[index].trixel) of \"\(name)\" is in the repository with other content.",
                    remedy: "Resume with the input and configuration of the first attempt, or remove its run."
                )
            }
        }
    }

    /// Writes the table that `ingest-files` takes.
    private func writeListing(_ shards: [WrittenShard], in folder: String) throws {
        var text = """
            # %ECSV 1.0
            # ---
            # datatype:
            # - {name: filename, datatype: string}
            # - {name: htm\(ReferenceCatalogue.level), datatype: int64}
            # schema: astropy-2.0
            filename htm\(ReferenceCatalogue.level)

            """
        for shard in shards { text += "\(name)/\(shard.trixel).fits \(shard.trixel)\n" }
        try FileStore().write(
            Array(text.utf8),
            to: ResourcePath(localPath: folder + "/filename_to_htm.ecsv"),
            overwrite: true
        )
    }

    private func record(_ converted: CatalogueConversion.Result) -> ReferenceCatalogueRecord {
        let (outcome, configuration) = (converted.outcome, converted.configuration)
        var digest = Digest(.sha256)
        for shard in converted.shards {
            digest.update(Array("\(shard.trixel) \(shard.rowCount) \(shard.byteCount)\n".utf8))
        }
        let facts = (configuration?.facts ?? [:]).sorted { $0.key < $1.key }
        let coverage = configuration?.coverage.map { ranges in
            JSONValue.array(ranges.map { .array([.int(Int64($0.lowerBound)), .int(Int64($0.upperBound))]) }).text()
        }
        return ReferenceCatalogueRecord(
            datasetType: name,
            run: options.run,
            formatVersion: outcome.schema.formatVersion ?? 0,
            rowCount: outcome.rowCount,
            shardCount: converted.shards.count,
            filters: JSONValue.array(outcome.schema.filters.map { .string($0) }).text(),
            schema: outcome.schema.json.text(),
            earliestEpoch: converted.extent.epochs?.lowerBound,
            latestEpoch: converted.extent.epochs?.upperBound,
            greatestMotion: converted.extent.greatestMotion,
            coverage: coverage,
            facts: JSONValue.object(facts.map { .init($0.key, .string($0.value)) }).text(),
            configuration: configuration?.text ?? "",
            manifestDigest: Hexadecimal.encode(digest.finish()),
            created: TAI.now().nanoseconds
        )
    }
}

extension CatalogueSchema {
    /// The fields as a list of objects.
    public var json: JSONValue {
        .array(
            fields.map { field in
                .object([
                    .init("name", .string(field.name)), .init("type", .string(field.kind.name)),
                    .init("unit", .string(field.unit)), .init("description", .string(field.documentation)),
                ])
            }
        )
    }
}

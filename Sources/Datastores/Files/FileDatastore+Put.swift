public import Datasets
internal import Resources
internal import StewardCore

/// An object that is to become a dataset.
public struct NewDataset: Sendable {
    /// The object.
    public let object: any Sendable
    /// The dataset, its data ID expanded.
    public let ref: DatasetRef

    /// Pairs an object with its dataset.
    public init(_ object: any Sendable, _ ref: DatasetRef) {
        self.object = object
        self.ref = ref
    }
}

extension FileDatastore {
    /// Writes objects under temporary names, several at a time.
    ///
    /// Composites are stored in parts where the configuration says so.
    ///
    /// - Parameter datasets: Objects with their datasets, which must not be components.
    /// - Returns: The files and their rows, to be installed in the transaction that inserts the rows.
    /// - Throws: ``ButlerError`` with `.readOnly`, `.configuration` for a dataset type that is not accepted, `.formatter`
    ///   for one that cannot be written, `.storageClass` for an object of the wrong type, `.diskFull` or `.fileAccess`.
    ///   Nothing stays then.
    public func prepare(_ datasets: [NewDataset]) async throws -> PendingFiles {
        try requireWriteable()
        return try await BlockingWork.run {
            let parts = try datasets.flatMap { try self.parts(of: $0) }
            try self.requireDistinct(parts.map(\.path))
            let staged = StagingArea()
            let files = try staged.discardingOnFailure {
                try BlockingWork.map(parts) { part in
                    let file = try self.stage(part)
                    staged.add(file)
                    return file
                }
            }
            return PendingFiles(
                infos: zip(parts, files).map { part, file in
                    StoredFileInfo(
                        dataset: part.target.ref.id,
                        path: part.path,
                        formatter: part.target.formatter,
                        storageClass: part.target.storageClass.name,
                        component: part.target.ref.datasetType.component,
                        checksum: file.checksum,
                        byteCount: Int64(file.byteCount)
                    )
                },
                steps: zip(parts, files).map { .staged($1, path: $0.path) }
            )
        }
    }

    /// An object that becomes one file.
    private struct Part: Sendable {
        let object: any Sendable
        let target: WriteTarget
        let formatter: any DatasetFormatter
        let path: String
    }

    /// The files that an object becomes: one, or one for each component that it has.
    private func parts(of dataset: NewDataset) throws -> [Part] {
        let ref = dataset.ref
        guard ref.datasetType.component == nil else {
            throw ButlerError(
                .datasetTypeExpression,
                "\"\(ref.datasetType.name)\" is a component and cannot be put by itself.",
                remedy: "Put the whole \"\(ref.datasetType.parentName)\"."
            )
        }
        let keys = LookupKey.keys(for: ref)
        try requireAccepted(ref, keys)
        let storageClass = try storageClasses.storageClass(ref.datasetType.storageClass)
        guard composites.disassembles(keys, storageClass) else {
            return [try part(dataset.object, try plan(for: ref, keys))]
        }
        let delegate = formatters.delegate(storageClass.delegate)
        return try storageClass.components.keys.sorted().compactMap { name in
            guard let object = try delegate.component(name, of: dataset.object, storageClass) else { return nil }
            return try part(object, try plan(for: try ref.component(name, in: storageClasses)))
        }
    }

    private func part(_ object: any Sendable, _ plan: WritePlan) throws -> Part {
        Part(
            object: try plan.formatter.prepared(object, for: plan.target),
            target: plan.target,
            formatter: plan.formatter,
            path: try path(of: plan)
        )
    }

    private func stage(_ part: Part) throws -> StagedFile {
        let place = try location(ofPath: part.path)
        let checksum: Digest.Algorithm? = checksumRule == false ? nil : .blake2b512
        do {
            if let bytes = try part.formatter.encode(part.object, for: part.target) {
                return try StagedFile(bytes, for: place, checksum: checksum)
            }
            return try StagedFile(for: place, checksum: checksum) { temporary in
                try part.formatter.write(part.object, to: temporary, for: part.target)
            }
        } catch let error as ButlerError {
            throw error.adding("dataset", part.target.ref.description)
        }
    }

    // MARK: Plans

    /// How a dataset is written.
    struct WritePlan: Sendable {
        let target: WriteTarget
        let formatter: any DatasetFormatter
        let template: FileTemplate
    }

    func plan(for ref: DatasetRef, _ known: [LookupKey]? = nil) throws -> WritePlan {
        let keys = known ?? LookupKey.keys(for: ref)
        let entry = try catalog.entry(for: keys)
        let target = WriteTarget(
            ref: ref,
            storageClass: try storageClasses.storageClass(ref.datasetType.storageClass),
            formatter: entry.formatter,
            parameters: entry.parameters,
            recipes: entry.recipes
        )
        return WritePlan(
            target: target,
            formatter: try formatters.formatter(entry.formatter),
            template: try templates.template(for: keys)
        )
    }

    func path(of plan: WritePlan) throws -> String {
        try plan.template.path(for: plan.target.ref) + plan.formatter.fileExtension(for: plan.target)
    }

    func requireDistinct(_ paths: [String]) throws {
        var seen: Set<String> = []
        guard let repeated = paths.first(where: { !seen.insert($0).inserted }) else { return }
        throw ButlerError(
            .conflictingDefinition,
            "Two of the datasets would have the same file \"\(repeated)\".",
            remedy: "Put them into different runs, or use a file template that tells them apart."
        )
    }
}

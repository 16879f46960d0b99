public import Datasets
public import Resources
internal import StewardCore

extension FileDatastore {
    /// Stores an object as a new dataset.
    ///
    /// The file is complete when it appears under its name; one that lies there without a record is replaced.
    ///
    /// - Parameters:
    ///   - object: An object of a type that the configured formatter writes.
    ///   - ref: The dataset, its data ID expanded.
    ///   - rollback: Remembers the files, to remove them if the transaction fails.
    ///   - durability: Remembers the files, for the caller to make them durable; if nil they are when this returns.
    ///   - claims: The paths that the transaction has taken so far.
    /// - Returns: What to record: one file, or one for each component.
    /// - Throws: ``ButlerError`` with `.formatter` for an object of the wrong type or without a formatter,
    ///   `.storageClass` for one that the storage class does not hold, `.conflictingDefinition` for a path that another
    ///   dataset has, `.readOnly`, `.diskFull`, `.fileAccess`, or errors of the configuration.
    public func write(
        _ object: any Sendable,
        as ref: DatasetRef,
        rollback: FileRollback,
        durability: DurabilityBatch? = nil,
        claims: PathClaims = PathClaims()
    ) throws -> [StoredFile] {
        try checkWriteable()
        let batch = durability ?? DurabilityBatch()
        let rule = try rules.rule(for: ref)
        var files: [StoredFile] = []
        if let components = rule.components {
            let storageClass = try storageClasses.storageClass(ref.datasetType.storageClass)
            let delegate = rules.delegate(of: storageClass)
            for (type, rule) in components {
                guard let name = type.component else { continue }
                let part = try delegate.component(name, of: object, storageClass)
                let partRef = DatasetRef(type, ref.dataID, run: ref.run, id: ref.id)
                files.append(try write(part, as: partRef, rule, rollback, batch, claims))
            }
        } else {
            files.append(try write(object, as: ref, rule, rollback, batch, claims))
        }
        if durability == nil { try batch.flush() }
        return files
    }

    private func write(
        _ object: any Sendable,
        as ref: DatasetRef,
        _ rule: StorageRule,
        _ rollback: FileRollback,
        _ durability: DurabilityBatch,
        _ claims: PathClaims
    ) throws -> StoredFile {
        let formatter = try rule.formatter.get()
        do {
            try formatter.check(object, for: storageClasses.storageClass(ref.datasetType.storageClass))
        } catch let error as ButlerError {
            throw error.adding("dataset", ref.description)
        }
        let path = try rule.template.path(of: ref) + formatter.fileExtension
        try FileDatastore.checkNew(path)
        let target = rootPath.appending(path)
        try claims.claim(path, at: target)
        let content = try written(object, formatter, to: target, rollback, durability)
        return StoredFile(
            dataset: ref.id,
            path: path,
            formatter: try rule.options.get().className,
            storageClass: ref.datasetType.storageClass,
            component: ref.datasetType.component,
            checksum: content.checksum,
            byteCount: content.size
        )
    }

    private func written(
        _ object: any Sendable,
        _ formatter: any FileFormatter,
        to target: ResourcePath,
        _ rollback: FileRollback,
        _ durability: DurabilityBatch
    ) throws -> (size: Int64, checksum: String?) {
        let hasChecksum = recordsChecksums ?? true
        let bytes = try formatter.encode(object)
        return try FileStore.replace(target, overwrite: true, rollback: rollback, durability: durability) { path in
            if let bytes {
                try FileStore.create(path, bytes, for: target.path)
                let checksum = hasChecksum ? Hexadecimal.encode(Digest.of(bytes, .blake2b512)) : nil
                return (Int64(bytes.count), checksum)
            }
            try formatter.write(object, to: path)
            let written = ResourcePath(localPath: path)
            let size = try FileStore().size(written)
            return (Int64(size), hasChecksum ? try FileStore.checksum(of: written) : nil)
        }
    }

    /// Refuses paths that records cannot hold without doubt.
    static func checkNew(_ path: String) throws {
        guard path.utf8.contains(UInt8(ascii: "#")) else { return }
        throw ButlerError(
            .invalidArgument,
            "\"\(path)\" contains \"#\", which records take for the mark of a zip file's member.",
            remedy: "Use a run without \"#\" in its name."
        )
    }
}

public import Datasets
public import Resources
internal import StewardCore

/// An object with the place that its file will get.
public struct PlannedFile: Sendable {
    let object: any Sendable
    let ref: DatasetRef
    let path: String
    let formatter: any FileFormatter
    let className: String
}

extension FileDatastore {
    /// Stores an object as a new dataset.
    ///
    /// The file is complete when it appears under its name; one that lies there is replaced where the claims allow it.
    ///
    /// - Parameters:
    ///   - object: An object of a type that the configured formatter writes.
    ///   - ref: The dataset, its data ID expanded.
    ///   - rollback: Remembers the files, to remove them if the transaction fails.
    ///   - durability: Remembers the files, for the caller to make them durable; if nil they are when this returns.
    ///   - claims: The paths that the transaction has taken so far.
    /// - Returns: What to record: one file, or one for each component.
    /// - Throws: As ``plan(_:as:claims:)``, ``PathClaims/settle()`` and ``write(_:claims:rollback:durability:)``.
    public func write(
        _ object: any Sendable,
        as ref: DatasetRef,
        rollback: FileRollback,
        durability: DurabilityBatch? = nil,
        claims: PathClaims = PathClaims()
    ) throws -> [StoredFile] {
        let batch = durability ?? DurabilityBatch()
        let planned = try plan(object, as: ref, claims: claims)
        try claims.settle()
        let files = try planned.map { try write($0, claims: claims, rollback: rollback, durability: batch) }
        if durability == nil { try batch.flush() }
        return files
    }

    /// Checks that an object can be stored as a new dataset, and takes the paths of its files.
    ///
    /// Nothing is written yet; the claims must be settled before.
    ///
    /// - Parameters:
    ///   - object: An object of a type that the configured formatter writes.
    ///   - ref: The dataset, its data ID expanded.
    ///   - claims: The paths that the transaction has taken so far.
    /// - Returns: One file, or one for each component.
    /// - Throws: ``ButlerError`` with `.formatter` for an object of the wrong type or without a formatter,
    ///   `.storageClass` for one that the storage class does not hold, `.conflictingDefinition` for a path that another
    ///   dataset of the transaction has, `.readOnly`, or errors of the configuration.
    public func plan(_ object: any Sendable, as ref: DatasetRef, claims: PathClaims) throws -> [PlannedFile] {
        try checkWriteable()
        let rule = try rules.rule(for: ref)
        guard let components = rule.components else { return [try plan(object, as: ref, rule, claims)] }
        let storageClass = try storageClasses.storageClass(ref.datasetType.storageClass)
        let delegate = rules.delegate(of: storageClass)
        return try components.compactMap { type, rule in
            guard let name = type.component else { return nil }
            let part = try delegate.component(name, of: object, storageClass)
            return try plan(part, as: DatasetRef(type, ref.dataID, run: ref.run, id: ref.id), rule, claims)
        }
    }

    private func plan(
        _ object: any Sendable,
        as ref: DatasetRef,
        _ rule: StorageRule,
        _ claims: PathClaims
    ) throws -> PlannedFile {
        let formatter = try rule.formatter.get()
        do {
            try formatter.check(object, for: storageClasses.storageClass(ref.datasetType.storageClass))
        } catch let error as ButlerError {
            throw error.adding("dataset", ref.description)
        }
        let path = try rule.template.path(of: ref) + formatter.fileExtension
        try FileDatastore.checkNew(path)
        try claims.claim(path, at: rootPath.appending(path))
        let className = try rule.options.get().className
        return PlannedFile(object: object, ref: ref, path: path, formatter: formatter, className: className)
    }

    /// Writes a planned file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - claims: The paths that the transaction has taken, settled.
    ///   - rollback: Remembers it, to remove it if the transaction fails.
    ///   - durability: Remembers it, for the caller to make it durable.
    /// - Returns: What to record.
    /// - Throws: ``ButlerError`` with `.readOnly`, `.diskFull`, `.fileAccess`, `.conflictingDefinition` and
    ///   ``OccupiedPaths`` as cause if there is a file that may not be replaced, or what the formatter throws.
    public func write(
        _ file: PlannedFile,
        claims: PathClaims,
        rollback: FileRollback,
        durability: DurabilityBatch
    ) throws -> StoredFile {
        let ref = file.ref
        let content = try making(file.path, replacing: claims.mayReplace(file.path)) { target, overwrite in
            try written(file.object, file.formatter, to: target, overwrite, rollback, durability)
        }
        return StoredFile(
            dataset: ref.id,
            path: file.path,
            formatter: file.className,
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
        _ overwrite: Bool,
        _ rollback: FileRollback,
        _ durability: DurabilityBatch
    ) throws -> (size: Int64, checksum: String?) {
        let hasChecksum = recordsChecksums ?? true
        let bytes = try formatter.encode(object)
        return try FileStore.replace(target, overwrite: overwrite, rollback: rollback, durability: durability) { path in
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

    /// Makes a file at a path; tells of one that has appeared there and may not be replaced.
    func making<Value>(
        _ path: String,
        replacing: Bool,
        _ body: (_ target: ResourcePath, _ overwrite: Bool) throws -> Value
    ) throws -> Value {
        let target = rootPath.appending(path)
        do {
            return try body(target, replacing)
        } catch let error as ButlerError where error.code == .fileAccess && !replacing {
            guard (try? FileStore.isOccupied(target)) == true else { throw error }
            throw OccupiedPaths(paths: [path]).error
        }
    }

    /// Removes files at paths of which no record tells; only while all others are kept from making files.
    ///
    /// - Parameter paths: Paths as records would hold them.
    /// - Throws: ``ButlerError`` with `.readOnly` or `.fileAccess`.
    public func clear(_ paths: Set<String>) throws {
        for path in paths.sorted() {
            do {
                try FileStore().remove(rootPath.appending(path))
            } catch let error as ButlerError where error.code == .fileNotFound {}
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

public import Datasets
public import Resources
internal import StewardCore

extension FileDatastore {
    /// Takes files into the datastore.
    ///
    /// `auto` leaves files alone if all are inside the root, is `split` if some are, and otherwise links local files and
    /// copies all others. A file that lies at a target is replaced where the claims allow it. Files are handled by a few
    /// threads at once. A URI with the fragment `zip-path=…` stands for a member of a zip file, which can be copied out of
    /// it or recorded where it is.
    ///
    /// - Parameters:
    ///   - files: Files with the datasets in them, whose data IDs are expanded where a path is made. Relative paths
    ///     are taken from the root for `none` and `split`, from the working directory otherwise.
    ///   - mode: What happens with the files.
    ///   - recordsFileAttributes: Whether sizes (and checksums, where the configuration asks for them) are recorded.
    ///   - rollback: Remembers what was made, to undo it if the transaction fails.
    ///   - durability: Remembers the files, for the caller to make them durable; if nil they are when this returns.
    ///   - claims: The paths that the transaction has taken so far.
    ///   - staged: Copies of files that are not local.
    ///   - progress: Called with the number of files done, from any thread.
    /// - Returns: What to record, one for each dataset, in order of the files.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.invalidArgument` for a file outside the root with `none`,
    ///   `.formatter` for a suffix that the formatter does not read, `.conflictingDefinition` for a path that another
    ///   dataset has, with ``OccupiedPaths`` as cause where that is not known; `.diskFull`, `.readOnly`, `.fileAccess`.
    public func ingest(
        _ files: [FileDataset],
        mode: TransferMode,
        recordsFileAttributes: Bool = true,
        rollback: FileRollback,
        durability: DurabilityBatch? = nil,
        claims: PathClaims = PathClaims(),
        staged: StagedFiles? = nil,
        progress: (@Sendable (Int) -> Void)? = nil
    ) throws -> [StoredFile] {
        try checkWriteable()
        let sources = try files.map { try source(of: $0, mode) }
        let resolved = resolve(mode, sources)
        let batch = durability ?? DurabilityBatch()
        let transfer = FileTransfer(overwrite: false, rollback: rollback, durability: batch)
        var entries = try zip(files, sources).map { try entry($0, $1, resolved, claims) }
        try claims.settle()
        for index in entries.indices { entries[index].replaces = claims.mayReplace(entries[index].path) }
        let settled = entries
        let isRemote = sources.contains { $0.scheme != .file }
        let results = try concurrently(files.count, isRemote: isRemote, progress) { index in
            var transfer = transfer
            if recordsFileAttributes, self.checksums(settled[index].mode) { transfer.checksum = .blake2b512 }
            return try self.ingest(settled[index], recordsFileAttributes, transfer, staged)
        }
        if durability == nil { try batch.flush() }
        return results.flatMap { $0 }
    }

    // MARK: Modes

    func source(of file: FileDataset, _ mode: TransferMode) throws -> ResourcePath {
        guard !file.refs.isEmpty else {
            throw ButlerError(.invalidArgument, "\"\(file.path)\" was given without a dataset.")
        }
        let base = mode == .none || mode == .split ? rootPath : nil
        return try ResourcePath(file.path, relativeTo: base)
    }

    func resolve(_ mode: TransferMode, _ sources: [ResourcePath]) -> TransferMode {
        guard mode == .auto else { return mode }
        let inside = sources.count { isInside($0) }
        return inside == sources.count ? .none : inside == 0 ? .auto : .split
    }

    /// The mode of one file, where none of an ingest with `auto` is inside the root.
    func mode(of source: ResourcePath, _ mode: TransferMode) -> TransferMode {
        guard mode == .auto else { return mode }
        return source.scheme == .file && source.zipMember == nil ? .link : .copy
    }

    private func isInside(_ path: ResourcePath) -> Bool {
        path.relativePath(to: rootPath).map { $0 != "." } ?? false
    }

    /// Whether checksums are recorded: where the configuration does not say, of files that become the datastore's own.
    func checksums(_ mode: TransferMode) -> Bool {
        recordsChecksums ?? (mode == .copy || mode == .move)
    }

    // MARK: One file

    /// A file to take in, and what its records will say.
    private struct Entry: Sendable {
        let refs: [DatasetRef]
        let source: ResourcePath
        let mode: TransferMode
        let formatter: String
        let path: String
        /// Whether a file that lies at the path may be replaced.
        var replaces = false
    }

    private func entry(
        _ file: FileDataset,
        _ source: ResourcePath,
        _ resolved: TransferMode,
        _ claims: PathClaims
    ) throws -> Entry {
        let mode = mode(of: source, resolved)
        let rule = try file.refs.map { try rules.rule(for: $0) }[0]
        let formatter = try file.formatter ?? rule.options.get().className
        guard mode.makesFile else {
            let path = try existingPath(source, mode)
            if !StoredPath.hasScheme(path) { claims.keep(path) }
            return Entry(refs: file.refs, source: source, mode: mode, formatter: formatter, path: path)
        }
        let path = try newPath(file.refs[0], rule, formatter, source)
        let target = rootPath.appending(path)
        if target != source { try claims.claim(path, at: target, from: source) }
        return Entry(refs: file.refs, source: source, mode: mode, formatter: formatter, path: path)
    }

    private func ingest(
        _ entry: Entry,
        _ recordsFileAttributes: Bool,
        _ transfer: FileTransfer,
        _ staged: StagedFiles?
    ) throws -> [StoredFile] {
        let content: FileContent
        if entry.mode.makesFile {
            content = try making(entry.path, replacing: entry.replaces) { target, overwrite in
                var transfer = transfer
                transfer.overwrite = overwrite
                if let copy = staged?.take(entry.source) { return try install(copy, as: target, transfer) }
                return try bring(entry.source, to: target, entry.mode, transfer)
            }
        } else {
            content = try attributes(of: entry.source, transfer.checksum)
        }
        return entry.refs.map { ref in
            StoredFile(
                dataset: ref.id,
                path: entry.path,
                formatter: entry.formatter,
                storageClass: ref.datasetType.storageClass,
                component: ref.datasetType.component,
                checksum: content.checksum,
                byteCount: recordsFileAttributes ? Int64(content.size) : nil
            )
        }
    }

    private func newPath(
        _ ref: DatasetRef,
        _ rule: StorageRule,
        _ className: String,
        _ source: ResourcePath
    ) throws -> String {
        let suffix = source.zipMember.map { ResourcePath(localPath: "/" + $0).fileExtension } ?? source.fileExtension
        if let formatter = try? rules.reader(className), !formatter.supportedExtensions.isEmpty,
            !formatter.supportedExtensions.contains(suffix), formatter.fileExtension != suffix
        {
            throw ButlerError(
                .formatter,
                "\"\(source)\" has the suffix \"\(suffix)\", which the formatter \"\(className)\" does not read.",
                remedy: "It reads \(formatter.supportedExtensions.sorted().joined(separator: ", "))."
            )
        }
        let path = try rule.template.path(of: ref) + suffix
        try FileDatastore.checkNew(path)
        return path
    }

    private func existingPath(_ source: ResourcePath, _ mode: TransferMode) throws -> String {
        if mode != .direct, isInside(source), let path = source.relativePath(to: rootPath) {
            try FileDatastore.checkNew(path)
            return source.fragment.map { "\(path)#\($0)" } ?? path
        }
        guard mode == .none else { return source.url }
        throw ButlerError(
            .invalidArgument,
            "\"\(source)\" is not inside the datastore at \"\(root)\".",
            remedy: "Use a transfer mode such as copy, link or direct."
        )
    }

    private func attributes(
        of source: ResourcePath,
        _ checksum: Digest.Algorithm?
    ) throws -> FileContent {
        let store = try stores.store(for: source)
        guard let info = try store.info(source), !info.isDirectory else {
            throw ButlerError(.fileNotFound, "There is no file \"\(source)\".", remedy: "Check the path.")
        }
        if let member = source.zipMember {
            let size = try zips.directory(of: source, in: store).size(of: member)
            return FileContent(size: size, checksum: try checksum.map { try digest(of: member, of: source, $0) })
        }
        guard source.scheme == .file else { return FileContent(size: info.size, checksum: nil) }
        return FileContent(size: info.size, checksum: try checksum.map { try FileStore.checksum(of: source, $0) })
    }

    private func digest(of member: String, of place: ResourcePath, _ algorithm: Digest.Algorithm) throws -> String {
        Hexadecimal.encode(Digest.of(try source(ofMember: member, of: place).bytes(), algorithm))
    }

    /// Brings a file, or the member of a zip file, to a local path.
    func bring(
        _ source: ResourcePath,
        to target: ResourcePath,
        _ mode: TransferMode,
        _ transfer: FileTransfer
    ) throws -> FileContent {
        guard let member = source.zipMember else {
            let outcome = try transfer.run(source, to: target, mode: mode, stores: stores)
            return FileContent(size: outcome.size, checksum: outcome.checksum)
        }
        guard mode == .copy || mode == .auto else {
            throw ButlerError(
                .invalidArgument,
                "\"\(source)\" is a member of a zip file: the transfer mode \"\(mode.rawValue)\" cannot be used.",
                remedy: "Use copy, auto or direct."
            )
        }
        let bytes = try self.source(ofMember: member, of: source).bytes()
        try FileStore.replace(
            target,
            overwrite: transfer.overwrite,
            rollback: transfer.rollback,
            durability: transfer.durability
        ) { try FileStore.create($0, bytes, for: target.path) }
        return FileContent(
            size: bytes.count,
            checksum: transfer.checksum.map { Hexadecimal.encode(Digest.of(bytes, $0)) }
        )
    }

    static func unreachable(_ path: ResourcePath) -> ButlerError {
        ButlerError(
            .fileAccess,
            "\"\(path)\" cannot be reached: this version handles local files only.",
            remedy: "Copy the data to a local disk and use its path."
        )
    }
}

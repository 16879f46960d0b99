public import Datasets
internal import Foundation
public import Resources
internal import StewardCore
internal import Synchronization

/// Copies of files that are not local, made before a transaction which would last as long as they take.
///
/// Those that no transaction takes go with the value.
public final class StagedFiles: Sendable {
    private let files = Mutex<[ResourcePath: Copy]>([:])

    /// A copy below the datastore's root, under the name of a file that is being written.
    struct Copy: Sendable {
        let path: ResourcePath
        let content: FileContent
    }

    deinit {
        for copy in files.withLock({ $0.values }) { try? FileStore().remove(copy.path) }
    }

    /// Adds a copy.
    func add(_ copy: Copy, of source: ResourcePath) { files.withLock { $0[source] = copy } }

    /// Gives a copy away; nil if there is none.
    func take(_ source: ResourcePath) -> Copy? { files.withLock { $0.removeValue(forKey: source) } }
}

extension FileDatastore {
    /// Copies those files of an ingest that are not local and will be copied.
    ///
    /// - Parameters:
    ///   - files: Files with the datasets in them, as for the ingest that follows.
    ///   - mode: What will happen with the files.
    ///   - recordsFileAttributes: Whether sizes and checksums will be recorded.
    /// - Returns: The copies, for ``ingest(_:mode:recordsFileAttributes:rollback:claims:staged:progress:)``; nil if
    ///   there are none.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.fileAccess`, `.diskFull`, `.readOnly`.
    public func staged(
        _ files: [FileDataset],
        mode: TransferMode,
        recordsFileAttributes: Bool
    ) throws -> StagedFiles? {
        let sources = try files.map { try source(of: $0, mode) }
        let resolved = resolve(mode, sources)
        let wanted = sources.filter { $0.scheme != .file && self.mode(of: $0, resolved) == .copy }
        guard !wanted.isEmpty else { return nil }
        try checkWriteable()
        let staged = StagedFiles()
        let checksum = recordsFileAttributes && checksums(.copy) ? Digest.Algorithm.blake2b512 : nil
        _ = try concurrently(wanted.count, isRemote: true) { index in
            let source = wanted[index]
            let path = self.rootPath.appending(ResourcePath.temporaryName(for: source.zipMember ?? source.name))
            let content = try self.bring(source, to: path, .copy, FileTransfer(checksum: checksum))
            staged.add(StagedFiles.Copy(path: path, content: content), of: source)
        }
        return staged
    }

    /// Gives a copy its place in the datastore.
    func install(_ copy: StagedFiles.Copy, as target: ResourcePath, _ transfer: FileTransfer) throws -> FileContent {
        try FileStore.replace(
            target,
            overwrite: transfer.overwrite,
            rollback: transfer.rollback,
            durability: transfer.durability
        ) { temporary in
            _ = try FileTransfer().run(copy.path, to: ResourcePath(localPath: temporary), mode: .move)
        }
        return copy.content
    }
}

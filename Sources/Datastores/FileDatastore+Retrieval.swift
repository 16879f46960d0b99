public import Datasets
public import Resources
internal import StewardCore

extension FileDatastore {
    /// Brings files of datasets to a directory, with an index of them (`_butler_zip_index.json`).
    ///
    /// A file with several datasets comes once. Members of zip files become files of their own, files that are not local
    /// are copied.
    ///
    /// - Parameters:
    ///   - files: Datasets with their stored files; the index needs expanded data IDs.
    ///   - destination: The directory; made if it does not exist.
    ///   - mode: How files get there: copy, link, hardlink, symlink, relsymlink or auto.
    ///   - preservingPaths: Whether the folders below the root are kept; otherwise names that occur twice are an error.
    ///   - overwriting: Whether files that exist are replaced; otherwise they are an error.
    /// - Returns: The paths written, in order, without the index.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.fileAccess`, `.diskFull`, `.readOnly`; `.invalidArgument` for a
    ///   path that would lead out of the directory, or two files for one name.
    public func retrieve(
        _ files: [(DatasetRef, StoredFile)],
        to destination: String,
        mode: TransferMode = .copy,
        preservingPaths: Bool = true,
        overwriting: Bool = false
    ) throws -> [String] {
        guard mode.makesFile, mode != .move else {
            throw ButlerError(
                .invalidArgument,
                "Files cannot be retrieved by \"\(mode.rawValue)\".",
                remedy: "Use copy, link, hardlink, symlink or relsymlink."
            )
        }
        let directory = try ResourcePath(destination, isDirectory: true)
        guard directory.scheme == .file else { throw FileDatastore.unreachable(directory) }
        let plan = try targets(files.map(\.1), in: directory, preservingPaths)
        let durability = DurabilityBatch()
        let rollback = FileRollback()
        let transfer = FileTransfer(
            overwrite: overwriting,
            rollback: overwriting ? nil : rollback,
            durability: durability
        )
        do {
            let isRemote = files.contains { StoredPath.hasScheme($0.1.path) }
            _ = try concurrently(plan.count, isRemote: isRemote) { index in
                try self.retrieve(plan[index].file, to: plan[index].target, mode, transfer)
            }
        } catch {
            rollback.rollback()
            throw error
        }
        try FileStore.makeDirectories(directory.path)
        let index = RetrievalIndex(universe).json(files, names: plan.names)
        let indexPath = directory.appending(RetrievalIndex.fileName)
        try FileStore().write(Array(index.text().utf8), to: indexPath, overwrite: true)
        durability.add(indexPath.path)
        try durability.flush()
        return plan.items.map(\.target.path)
    }

    /// Targets of files, each file once.
    private struct Plan: Sendable {
        var items: [(file: StoredFile, target: ResourcePath)] = []
        /// Path within the directory by path as recorded.
        var names: [String: String] = [:]

        var count: Int { items.count }

        subscript(index: Int) -> (file: StoredFile, target: ResourcePath) { items[index] }
    }

    private func targets(_ files: [StoredFile], in directory: ResourcePath, _ preservingPaths: Bool) throws -> Plan {
        var plan = Plan()
        var taken: [String: String] = [:]
        for file in files where plan.names[file.path] == nil {
            let name = try targetName(file, preservingPaths)
            if let other = taken.updateValue(file.path, forKey: name) {
                throw ButlerError(
                    .invalidArgument,
                    "\"\(file.path)\" and \"\(other)\" would both become \"\(name)\" in \"\(directory)\".",
                    remedy: "Keep the folders with --preserve-path."
                )
            }
            plan.names[file.path] = name
            plan.items.append((file, directory.appending(name)))
        }
        return plan
    }

    /// The path of a file within the directory.
    private func targetName(_ file: StoredFile, _ preservingPaths: Bool) throws -> String {
        let stored = StoredPath(file.path)
        let full = stored.isAbsolute ? String(try ResourcePath(stored.file).path.dropFirst()) : stored.file
        let parts = full.split(separator: "/", omittingEmptySubsequences: true)
        guard let last = parts.last, !parts.contains(".."), !full.hasPrefix("/") else {
            throw ButlerError(
                .invalidArgument,
                "The recorded path \"\(file.path)\" would lead out of the target directory.",
                remedy: "Prune the dataset and ingest its file again."
            )
        }
        guard let member = stored.member else { return preservingPaths ? full : String(last) }
        guard !member.split(separator: "/").contains(".."), !member.hasPrefix("/") else {
            throw ButlerError(.invalidArgument, "The zip member \"\(member)\" would lead out of the target directory.")
        }
        let folder = preservingPaths ? parts.dropLast().joined(separator: "/") + "/" : ""
        return folder + member
    }

    private func retrieve(
        _ file: StoredFile,
        to target: ResourcePath,
        _ mode: TransferMode,
        _ transfer: FileTransfer
    ) throws {
        let stored = StoredPath(file.path)
        let place = try resource(stored)
        let isLocalFile = place.scheme == .file && stored.member == nil
        let source = place.replacingFragment(stored.member.map(StoredPath.fragment))
        let content = try bring(source, to: target, isLocalFile ? mode : .copy, transfer)
        guard !isLocalFile, let recorded = file.byteCount, recorded >= 0, recorded != Int64(content.size) else {
            return
        }
        throw ButlerError(
            .corruptFile,
            "\"\(source)\" has \(content.size) bytes, but \(recorded) were recorded.",
            remedy: "Find out who changed it; ingest it again if it is right."
        )
    }

    /// Copies the file of a dataset, from wherever it is, to a local path; replaces what is there.
    ///
    /// - Parameters:
    ///   - file: A stored file.
    ///   - target: Path of the copy.
    /// - Returns: False if the file has another suffix than the target; nothing is copied then.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.fileAccess`, `.diskFull` or `.readOnly`.
    public func copy(_ file: StoredFile, to target: String) throws -> Bool {
        let stored = StoredPath(file.path)
        let target = ResourcePath(localPath: target)
        let name = stored.member.map { ResourcePath(localPath: "/" + $0) }
        let place = try resource(stored)
        guard (name ?? place).fileExtension == target.fileExtension else { return false }
        try retrieve(file, to: target, .copy, FileTransfer(overwrite: true))
        return true
    }
}

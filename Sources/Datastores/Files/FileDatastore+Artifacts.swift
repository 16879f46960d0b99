public import Datasets
public import Resources
public import StewardCore

extension FileDatastore {
    /// Whether the files of records exist, several looked for at a time.
    ///
    /// - Parameter infos: Records; those that share a file cost one look.
    /// - Returns: Whether the file of each record exists, in order.
    /// - Throws: ``ButlerError`` if that cannot be found out, for instance `.corruptFile` for a path out of the root.
    public func exists(_ infos: [StoredFileInfo]) async throws -> [Bool] {
        try await BlockingWork.run {
            let paths = Array(Set(infos.map(\.filePath)))
            let found = try BlockingWork.map(paths) { path in
                let place = try self.location(ofPath: path)
                return try self.stores.store(for: place).exists(place)
            }
            let known = Dictionary(zip(paths, found), uniquingKeysWith: { $1 })
            return infos.map { known[$0.filePath] ?? false }
        }
    }

    /// The datasets all of whose files exist.
    ///
    /// - Parameter infos: Records of any datasets.
    /// - Returns: Identifiers; datasets without records are not among them.
    /// - Throws: ``ButlerError`` if that cannot be found out.
    public func complete(_ infos: [StoredFileInfo]) async throws -> Set<DatasetID> {
        let found = try await exists(infos)
        let incomplete = Set(zip(infos, found).filter { !$1 }.map(\.0.dataset))
        return Set(infos.map(\.dataset)).subtracting(incomplete)
    }

    /// Removes files, several at a time, after their rows went to the trash.
    ///
    /// Absolute URIs are left alone, and files that are gone already do not matter. For members of a zip file the zip
    /// file is removed: call this only when no member is in use.
    ///
    /// - Parameter paths: Paths of records that no dataset outside the trash uses.
    /// - Returns: How many files were removed, and the failures; a path that failed must keep its record.
    /// - Throws: ``ButlerError`` with `.readOnly`.
    @discardableResult
    public func remove(_ paths: [String]) async throws -> (removed: Int, failures: [(path: String, error: ButlerError)])
    {
        try requireWriteable()
        return try await BlockingWork.run {
            let files = Dictionary(grouping: paths.filter { !$0.contains("://") }, by: Self.file).map { $0 }
            let outcomes = try BlockingWork.map(files) { file, records in
                (records, self.removeFile(file))
            }
            var removed = 0
            var failures: [(path: String, error: ButlerError)] = []
            for (records, outcome) in outcomes {
                switch outcome {
                case .success(let wasThere): removed += wasThere ? 1 : 0
                case .failure(let error): failures += records.map { ($0, error) }
                }
            }
            return (removed, failures.sorted { $0.path < $1.path })
        }
    }

    private static func file(of path: String) -> String {
        path.firstRange(of: "#zip-path=").map { String(path[..<$0.lowerBound]) } ?? path
    }

    private func removeFile(_ path: String) -> Result<Bool, ButlerError> {
        do {
            let place = try location(ofPath: path)
            try stores.store(for: place).remove(place)
            return .success(true)
        } catch let error as ButlerError {
            return error.code == .fileNotFound ? .success(false) : .failure(error)
        } catch {
            return .failure(ButlerError(.fileAccess, "\"\(path)\" could not be removed.", cause: error))
        }
    }

    // MARK: Retrieval

    /// A file that was retrieved, with the records that refer to it.
    public struct RetrievedArtifact: Sendable, Hashable {
        /// Where it is now.
        public let place: ResourcePath
        /// Records of the datasets in the file, the first of each file first.
        public let infos: [StoredFileInfo]
    }

    /// Brings the files of datasets to a directory, each file once and several at a time.
    ///
    /// With the path kept, files lie below the directory as they do below the root, files outside the root by their
    /// absolute path; otherwise all lie in the directory itself. Source: `daf_butler: datastores/fileDatastore.py`,
    /// `datastores/file_datastore/retrieve_artifacts.py`.
    ///
    /// - Parameters:
    ///   - infos: Records of the datasets.
    ///   - destination: The directory; it is made if it is missing.
    ///   - mode: How the files are brought; `auto` links, as in the reference. Moving is not allowed.
    ///   - preservesPath: Whether directories are kept.
    ///   - overwrite: Whether files that are there are replaced.
    ///   - prefix: Put before the name of each file when directories are not kept; gets the file's first record.
    /// - Returns: The files in the order of their first record.
    /// - Throws: ``ButlerError`` with `.invalidArgument` for a mode that makes no copy or link, `.conflictingDefinition`
    ///   for two files of one name, `.fileNotFound`, `.fileAccess` for a file that is there already, `.diskFull`,
    ///   `.readOnly`. Files brought before the failure are removed.
    public func retrieve(
        _ infos: [StoredFileInfo],
        to destination: ResourcePath,
        mode: TransferMode = .auto,
        preservesPath: Bool = true,
        overwrite: Bool = false,
        prefix: @escaping @Sendable (StoredFileInfo) -> String = { _ in "" }
    ) async throws -> [RetrievedArtifact] {
        guard mode.makesFile, mode != .move else {
            throw ButlerError(
                .invalidArgument,
                "Files cannot be retrieved by \"\(mode.rawValue)\".",
                remedy: "Use copy, link, hardlink, symlink, relsymlink or auto."
            )
        }
        return try await BlockingWork.run {
            let byFile = Dictionary(grouping: infos, by: \.filePath)
            var seen: Set<String> = []
            let firsts = infos.filter { seen.insert($0.filePath).inserted }
            let artifacts = try firsts.map { info in
                let relative = try self.relativeTarget(info, preservesPath, prefix(info))
                return RetrievedArtifact(
                    place: destination.appending(relative),
                    infos: byFile[info.filePath] ?? [info]
                )
            }
            try self.requireDistinctTargets(artifacts)
            try FileRollback.run { rollback in
                let transfer = FileTransfer(overwrite: overwrite, rollback: rollback)
                _ = try BlockingWork.map(artifacts) { artifact in
                    let source = try self.location(ofPath: artifact.infos[0].filePath)
                    return try transfer.run(source, to: artifact.place, mode: mode)
                }
            }
            return artifacts
        }
    }

    private func relativeTarget(_ info: StoredFileInfo, _ preservesPath: Bool, _ prefix: String) throws -> String {
        let place = try location(ofPath: info.filePath)
        guard preservesPath else { return prefix + place.name }
        return info.isAbsolute ? String(place.path.drop { $0 == "/" }) : info.filePath
    }

    private func requireDistinctTargets(_ artifacts: [RetrievedArtifact]) throws {
        var seen: Set<String> = []
        guard let repeated = artifacts.first(where: { !seen.insert($0.place.path).inserted }) else { return }
        throw ButlerError(
            .conflictingDefinition,
            "Two of the files would be retrieved as \"\(repeated.place)\".",
            remedy: "Keep their directories, or retrieve them into different directories."
        )
    }
}

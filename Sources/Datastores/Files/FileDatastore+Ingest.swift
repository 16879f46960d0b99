public import Datasets
internal import Foundation
public import Resources
internal import StewardCore

extension FileDatastore {
    /// Makes existing files part of the datastore, several at a time.
    ///
    /// Relative paths are taken from the root. The name inside comes from the first dataset of a file, with the file's
    /// own suffix. Sizes are recorded, and the checksums of files that are copied, moved or written; links and files
    /// that stay where they are get one only if the configuration says `checksum: true`. Source: `daf_butler:
    /// datastores/fileDatastore.py`.
    ///
    /// - Parameters:
    ///   - files: The files with the datasets that they hold, data IDs expanded unless the files stay where they are.
    ///   - mode: How they come in. ``TransferMode/auto`` leaves files that are inside the root where they are, links
    ///     those outside, and is ``TransferMode/split`` if there are both.
    ///   - recordsAttributes: Whether sizes and checksums are recorded at all.
    /// - Returns: The files and their rows, to be installed in the transaction that inserts the rows.
    /// - Throws: ``ButlerError`` with `.readOnly`, `.configuration` for a dataset type that is not accepted, `.formatter`
    ///   for a file whose suffix its formatter cannot read, `.fileNotFound`, `.diskFull`, `.fileAccess`, or
    ///   `.invalidArgument` for a file outside the root that should be inside. Nothing stays then.
    public func prepareIngest(
        _ files: [FileDataset],
        mode: TransferMode,
        recordsAttributes: Bool = true
    ) async throws -> PendingFiles {
        try requireWriteable()
        return try await BlockingWork.run {
            let sources = try files.map { try self.source(of: $0) }
            let mode = self.resolve(mode, sources)
            let entries = try zip(files, sources).map { try self.entry($0, $1, mode: mode) }
            try self.requireDistinct(entries.compactMap(\.target?.path))
            let staged = StagingArea()
            let results = try staged.discardingOnFailure {
                try BlockingWork.map(entries) { entry in
                    let (step, size, checksum) = try self.bring(entry, recordsAttributes: recordsAttributes)
                    if case .staged(let file, _)? = step { staged.add(file) }
                    return (step: step, size: size, checksum: checksum)
                }
            }
            var infos: [StoredFileInfo] = []
            for (entry, result) in zip(entries, results) {
                infos += entry.infos.map { info in
                    var info = info
                    info.byteCount = result.size.map { Int64($0) }
                    info.checksum = result.checksum
                    return info
                }
            }
            let reproducible = mode == .direct ? infos.map(\.dataset).filter { $0.uuid.6 >> 4 == 5 } : []
            return PendingFiles(infos: infos, steps: results.compactMap(\.step), replaceable: Set(reproducible))
        }
    }

    /// A file that comes in.
    private struct Entry: Sendable {
        let source: ResourcePath
        let mode: TransferMode
        /// Where it goes; nil if it stays where it is.
        let target: (place: ResourcePath, path: String)?
        /// Its rows, without size and checksum.
        let infos: [StoredFileInfo]
    }

    private func source(of file: FileDataset) throws -> ResourcePath {
        guard !file.path.isEmpty else { throw ButlerError(.invalidArgument, "The path of a file to ingest is empty.") }
        return try ResourcePath(file.path, relativeTo: root)
    }

    /// The mode that `auto` means.
    private func resolve(_ mode: TransferMode, _ sources: [ResourcePath]) -> TransferMode {
        guard mode == .auto else { return mode }
        let inside = sources.count { $0.relativePath(to: root) != nil }
        if inside == sources.count { return .none }
        return inside == 0 ? .link : .split
    }

    private func entry(_ file: FileDataset, _ source: ResourcePath, mode: TransferMode) throws -> Entry {
        guard let first = file.refs.first else {
            throw ButlerError(.invalidArgument, "The file \"\(file.path)\" comes without a dataset.")
        }
        for ref in file.refs {
            guard ref.datasetType.component == nil else {
                throw ButlerError(
                    .datasetTypeExpression,
                    "\"\(ref.datasetType.name)\" is a component and cannot be ingested by itself.",
                    remedy: "Ingest a file of the whole \"\(ref.datasetType.parentName)\"."
                )
            }
            try requireAccepted(ref, LookupKey.keys(for: ref))
        }
        let keys = LookupKey.keys(for: first)
        let formatter = try file.formatter ?? catalog.entry(for: keys).formatter
        var target: (place: ResourcePath, path: String)?
        let recorded: String
        if mode.makesFile {
            try checkExtension(of: source, formatter)
            let path = try templates.template(for: keys).path(for: first) + source.fileExtension
            target = (try location(ofPath: path), path)
            recorded = path
        } else {
            recorded = try recordedPath(of: source, given: file.path, mode: mode)
        }
        return Entry(
            source: source,
            mode: mode,
            target: target,
            infos: file.refs.map { ref in
                StoredFileInfo(
                    dataset: ref.id,
                    path: recorded,
                    formatter: formatter,
                    storageClass: ref.datasetType.storageClass
                )
            }
        )
    }

    /// What is recorded of a file that stays where it is.
    private func recordedPath(of source: ResourcePath, given: String, mode: TransferMode) throws -> String {
        let inside = source.relativePath(to: root)
        let isRelative = !given.hasPrefix("/") && !given.contains("://") && !given.hasPrefix("file:")
        switch mode {
        case .direct where !isRelative: return source.url
        case .split where inside == nil: return source.url
        default: break
        }
        if let inside, inside != "." { return inside }
        throw ButlerError(
            .invalidArgument,
            "The file \"\(given)\" is not inside the datastore's root \"\(root)\".",
            remedy: "Use another transfer mode, such as \"copy\" or \"direct\"."
        )
    }

    /// Fails for a suffix that the formatter cannot read; an unknown formatter can read any.
    private func checkExtension(of source: ResourcePath, _ name: String) throws {
        guard let formatter = formatters.find(name), !formatter.fileExtensions.isEmpty,
            !formatter.fileExtensions.contains(where: { source.name.hasSuffix($0) })
        else { return }
        throw ButlerError(
            .formatter,
            "The file \"\(source)\" does not end in a suffix that \"\(name)\" reads.",
            remedy: "It reads \(formatter.fileExtensions.joined(separator: ", ")). Name the right formatter."
        )
    }

    // MARK: Bringing in

    private func bring(
        _ entry: Entry,
        recordsAttributes: Bool
    ) throws -> (step: PendingFiles.Step?, size: Int?, checksum: String?) {
        let store = try stores.store(for: entry.source)
        guard let info = try store.info(entry.source), !info.isDirectory else { throw missing(entry.source) }
        guard let target = entry.target else {
            guard recordsAttributes else { return (nil, nil, nil) }
            return (nil, info.size, try checksumIfAsked(entry.source))
        }
        let owns = entry.mode == .copy || entry.mode == .move
        let wanted = recordsAttributes && (owns ? checksumRule != false : checksumRule == true)
        if entry.mode == .copy, target.place != entry.source {
            let file = try StagedFile(copying: entry.source, for: target.place, checksum: wanted ? .blake2b512 : nil)
            let size = recordsAttributes ? file.byteCount : nil
            return (.staged(file, path: target.path), size, file.checksum)
        }
        let checksum = wanted ? try FileStore.checksum(of: entry.source) : nil
        let step = PendingFiles.Step.transfer(entry.source, to: target.place, entry.mode, path: target.path)
        return (step, recordsAttributes ? info.size : nil, checksum)
    }

    private func checksumIfAsked(_ source: ResourcePath) throws -> String? {
        guard checksumRule == true, source.localPath != nil else { return nil }
        return try FileStore.checksum(of: source)
    }

    private func missing(_ source: ResourcePath) -> ButlerError {
        ButlerError(
            .fileNotFound,
            "There is no file \"\(source)\" to ingest.",
            remedy: "Check the path; relative ones are taken from the datastore's root \"\(root)\"."
        )
    }
}

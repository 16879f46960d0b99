public import Datasets
public import Dimensions
internal import Foundation
public import Resources
internal import StewardCore

extension FileDatastore {
    /// Writes a zip file with the files of datasets and an index of them, from which they can be ingested again.
    ///
    /// Members of other zip files are taken out of these. The name of the file follows from those of its members.
    ///
    /// - Parameters:
    ///   - files: Datasets with expanded data IDs, and their stored files.
    ///   - destination: Path of a folder, which is made if it does not exist.
    ///   - overwriting: Whether a file that exists is replaced; otherwise it is an error.
    /// - Returns: The path of the zip file.
    /// - Throws: ``ButlerError`` with `.invalidArgument` without files, `.fileNotFound`, `.fileAccess`, `.diskFull`.
    public func retrieveZip(
        _ files: [(DatasetRef, StoredFile)],
        to destination: String,
        overwriting: Bool = false
    ) throws -> String {
        guard !files.isEmpty else { throw ButlerError(.invalidArgument, "There are no files for a zip file.") }
        let directory = try ResourcePath(destination, isDirectory: true)
        guard directory.scheme == .file else {
            throw ButlerError(.invalidArgument, "\"\(directory)\" is not local.", remedy: "Write to a local folder.")
        }
        var names: [String: String] = [:]
        var order: [StoredFile] = []
        for (_, file) in files where names[file.path] == nil {
            names[file.path] = try FileDatastore.memberName(file)
            order.append(file)
        }
        guard Set(names.values).count == names.count else {
            throw ButlerError(.invalidArgument, "Two files would get the same name in the zip file.")
        }
        let index = RetrievalIndex(universe).json(files, names: names)
        let target = directory.appending(RetrievalIndex.zipName(names.values))
        let durability = DurabilityBatch()
        try FileStore.replace(target, overwrite: overwriting, durability: durability) { temporary in
            let zip = try ZipWriter(creating: temporary, for: target.path)
            try zip.add(RetrievalIndex.fileName, Array(index.text().utf8), deflating: true)
            for file in order { try zip.add(names[file.path] ?? "", source(of: file).bytes()) }
            try zip.finish()
        }
        try durability.flush()
        return target.path
    }

    /// Name of a file within a zip file: digits of its first dataset, so that files of the same name stay apart.
    private static func memberName(_ file: StoredFile) throws -> String {
        let stored = StoredPath(file.path)
        let path = try stored.isAbsolute ? ResourcePath(stored.file).path : stored.file
        let last = (stored.member ?? path).split(separator: "/").last.map(String.init) ?? "file"
        let digits = file.dataset.dashed.filter { $0 != "-" }
        // The first digits of identifiers are a clock, the last ones are random. Of parts of a dataset both are alike,
        // but not the names of their files.
        return "\(digits.prefix(8))\(digits.suffix(8))-\(last)"
    }

    /// What the index of a zip file says of it.
    ///
    /// - Parameter zip: Path or URI of a zip file that ``retrieveZip(_:to:overwriting:)`` or the reference wrote.
    /// - Returns: Datasets, records and files.
    /// - Throws: ``ButlerError`` with `.corruptFile` without an index, or for a malformed one; `.fileNotFound`.
    public func contents(ofZip zip: String) throws -> RetrievedDatasets {
        let path = try ResourcePath(zip)
        let directory = try zips.directory(of: path, in: stores.store(for: path))
        guard directory.contains(RetrievalIndex.fileName) else {
            throw ButlerError(
                .corruptFile,
                "\"\(path)\" has no index \"\(RetrievalIndex.fileName)\".",
                remedy: "Make the zip file with \"retrieve-artifacts --zip\"."
            )
        }
        let json = try JSONValue(
            parsing: directory.contents(of: RetrievalIndex.fileName),
            source: "\(path): \(RetrievalIndex.fileName)"
        )
        let contents = try RetrievalIndex(universe).read(json, source: path.description)
        for file in contents.files { _ = try directory.size(of: file.path) }
        return contents
    }

    /// Takes a zip file into the datastore as it is.
    ///
    /// - Parameters:
    ///   - zip: Path or URI of the file.
    ///   - contents: What its index says, from ``contents(ofZip:)``.
    ///   - mode: What happens with the file; `auto` leaves one alone that is inside the root, links a local one and copies
    ///     any other.
    ///   - rollback: Remembers what was made, to undo it if the transaction fails.
    ///   - claims: The paths that the transaction has taken so far.
    /// - Returns: What to record.
    /// - Throws: As ``ingest(_:mode:recordsFileAttributes:rollback:claims:progress:)``.
    public func ingestZip(
        _ zip: String,
        _ contents: RetrievedDatasets,
        mode: TransferMode,
        rollback: FileRollback,
        claims: PathClaims
    ) throws -> [StoredFile] {
        try checkWriteable()
        let source = try ResourcePath(zip)
        let inside = source.relativePath(to: rootPath)
        var place: String
        switch mode {
        case .direct: place = source.url
        case .auto where inside != nil, .split where inside != nil, .none: place = inside ?? source.url
        case .split: place = source.url
        default:
            let name = RetrievalIndex.zipName(contents.files.map(\.path))
            place = "zips/\(name.prefix(4))/\(name)"
            let local: TransferMode = source.scheme == .file ? .link : .copy
            let durability = DurabilityBatch()
            let transfer = FileTransfer(overwrite: true, rollback: rollback, durability: durability)
            let target = rootPath.appending(place)
            try claims.claim(place, at: target)
            try claims.settle()
            _ = try transfer.run(source, to: target, mode: mode == .auto ? local : mode, stores: stores)
            try durability.flush()
        }
        guard mode != .none || inside != nil else {
            throw ButlerError(
                .invalidArgument,
                "\"\(source)\" is not inside the datastore at \"\(root)\".",
                remedy: "Use a transfer mode such as copy, link or direct."
            )
        }
        return contents.files.map { file in
            var file = file
            file.path = "\(place)#\(StoredPath.rawFragment(file.path))"
            return file
        }
    }
}

/// Datasets with what belongs to them, as the index beside retrieved files has them.
public struct RetrievedDatasets: Sendable {
    /// The datasets.
    public let refs: [DatasetRef]
    /// Records of their dimensions; empty if the index has none.
    public let records: [DimensionRecord]
    /// The files, with their places beside the index as paths.
    public let files: [StoredFile]
}

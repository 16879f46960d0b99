public import Datasets
internal import Resources
internal import StewardCore

extension FileDatastore {
    /// Where a stored file is.
    ///
    /// - Parameter file: A stored file.
    /// - Returns: Its URI, percent-encoded, with the member of a zip file as fragment.
    public func uri(of file: StoredFile) -> String { uri(ofPath: file.path) }

    /// The URI of a path as records hold it.
    ///
    /// - Parameter path: Path relative to the root, or an absolute URI.
    /// - Returns: The URI, percent-encoded.
    public func uri(ofPath path: String) -> String {
        let stored = StoredPath(path)
        if stored.isAbsolute { return path }
        let fragment = stored.member.map { _ in String(path.dropFirst(stored.file.count + 1)) }
        return rootPath.appending(stored.file, fragment: fragment).url
    }

    /// The path of the local file that holds a dataset.
    ///
    /// - Parameter file: A stored file.
    /// - Returns: The absolute path; nil for a member of a zip file, and for files elsewhere than on a local disk.
    public func localPath(of file: StoredFile) -> String? {
        let stored = StoredPath(file.path)
        return stored.member == nil ? try? resource(stored).localPath : nil
    }

    /// Where a new dataset would be stored.
    ///
    /// - Parameter ref: A dataset with an expanded data ID.
    /// - Returns: Path relative to the root, with the suffix of the configured formatter where that is known.
    /// - Throws: ``ButlerError`` with `.configuration`, `.formatter`, `.dimensionValue` or `.invalidArgument`.
    public func predictedPath(for ref: DatasetRef) throws -> String {
        let rule = try rules.rule(for: ref)
        return try rule.template.path(of: ref) + ((try? rule.formatter.get().fileExtension) ?? "")
    }

    /// Whether files are there.
    ///
    /// - Parameter files: Stored files.
    /// - Returns: For each one whether something is at its place.
    public func exists(_ files: [StoredFile]) -> [Bool] {
        let isThere: @Sendable (Int) -> Bool = { index in
            guard let path = try? self.resource(StoredPath(files[index].path)),
                let store = try? self.stores.store(for: path)
            else { return false }
            return (try? store.exists(path)) ?? false
        }
        guard files.contains(where: { StoredPath.hasScheme($0.path) }) else { return files.indices.map(isThere) }
        return (try? concurrently(files.count, isRemote: true, nil, isThere)) ?? files.map { _ in false }
    }

    /// The place of a stored path.
    func resource(_ path: StoredPath) throws -> ResourcePath {
        if path.isAbsolute { return try ResourcePath(path.file) }
        let place = rootPath.appending(path.file)
        guard !FileDatastore.goesUp(path.file) || place.relativePath(to: rootPath) != nil else {
            throw ButlerError(
                .corruptFile,
                "The recorded path \"\(path.file)\" leads out of the datastore at \"\(root)\".",
                remedy: "Remove the dataset and ingest its file again."
            )
        }
        return place
    }

    /// Whether a path may lead to a directory above; cheap, and right where it says no.
    private static func goesUp(_ path: String) -> Bool {
        var last: UInt8 = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "."), last == byte { return true }
            last = byte
        }
        return false
    }
}

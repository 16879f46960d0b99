public import Datasets
public import Resources
internal import StewardCore

/// How a stored file is, compared with its record.
public enum FileCondition: Sendable, Hashable {
    /// It is as recorded, as far as it was compared.
    case intact
    /// Nothing is at its place.
    case missing
    /// It has another size than the recorded one.
    case size(Int64)
    /// It has another checksum than the recorded one.
    case checksum(String)
    /// It cannot be examined, for the reason given.
    case unreadable(String)
    /// No store of this program reaches it, so it was not examined.
    case elsewhere
}

extension FileDatastore {
    /// Compares stored files with their records.
    ///
    /// Files that are not local and members of zip files are compared by size. Several threads work at once.
    ///
    /// - Parameters:
    ///   - files: Stored files.
    ///   - comparingChecksums: Whether files with a recorded checksum are read.
    /// - Returns: The condition of each.
    /// - Throws: Nothing of its own; a file that cannot be examined is a condition.
    public func conditions(of files: [StoredFile], comparingChecksums: Bool) throws -> [FileCondition] {
        try concurrently(files.count, isRemote: files.contains { StoredPath.hasScheme($0.path) }) { index in
            do {
                return try self.condition(of: files[index], comparingChecksums)
            } catch let error as ButlerError {
                return error.code == .fileNotFound ? .missing : .unreadable(error.message)
            }
        }
    }

    private func condition(of file: StoredFile, _ comparingChecksums: Bool) throws -> FileCondition {
        let stored = StoredPath(file.path)
        let place = try resource(stored)
        guard stores.reaches(place) else { return .elsewhere }
        let store = try stores.store(for: place)
        guard let info = try store.info(place) else { return .missing }
        guard !info.isDirectory else { return .unreadable("\"\(place.path)\" is a directory.") }
        if let member = stored.member {
            let size = try Int64(zips.directory(of: place, in: store).size(of: member))
            return file.byteCount.map { $0 == size } ?? true ? .intact : .size(size)
        }
        if let expected = file.byteCount, expected != Int64(info.size) { return .size(Int64(info.size)) }
        guard comparingChecksums, place.scheme == .file, let expected = file.checksum else { return .intact }
        let actual = try FileStore.checksum(of: place)
        return actual == expected.lowercased() ? .intact : .checksum(actual)
    }

    /// A walk through all files below the root.
    public var walk: FileWalk { FileWalk(root) }
}

public import StewardCore

/// A file found below a directory.
public struct WalkedFile: Sendable, Hashable {
    /// Path relative to the directory where the walk began.
    public let path: String
    /// Last change of the file, its names or permissions in nanoseconds since 1970-01-01 UTC.
    public let changed: Int64
    /// Whether it has the name of a file that a program is writing, or was writing when it ended.
    public let isTemporary: Bool
}

/// Goes through all files below a local directory, a directory at a time.
///
/// Links count as files; links to directories are neither followed nor returned. Files and directories that vanish
/// meanwhile do not matter.
public struct FileWalk: Sendable {
    private let root: String
    /// Directories still to be read, relative to the root.
    private var pending = [""]
    /// Why directories could not be read.
    public private(set) var failures: [ButlerError] = []

    /// Creates a walk.
    ///
    /// - Parameter root: Absolute path of a directory; may not exist.
    public init(_ root: String) {
        self.root = root
    }

    /// The files of the next directories, until there are so many or no directory is left.
    ///
    /// - Parameter count: How many files will do; a large directory gives more.
    /// - Returns: Files, or nil at the end of the walk.
    public mutating func next(_ count: Int) -> [WalkedFile]? {
        var found: [WalkedFile] = []
        while found.count < count, let directory = pending.popLast() { read(directory, into: &found) }
        return found.isEmpty && pending.isEmpty ? nil : found
    }

    private mutating func read(_ directory: String, into found: inout [WalkedFile]) {
        let place = directory.isEmpty ? root : root + "/" + directory
        let names: [String]
        do throws(SystemError) {
            names = try FileCalls.names(in: place)
        } catch {
            if error != .notFound { failures.append(FileProblem.error(error, "read", place)) }
            return
        }
        for name in names.sorted() {
            let path = directory.isEmpty ? name : directory + "/" + name
            guard let status = try? FileCalls.linkStatus(place + "/" + name) else { continue }
            if status.isDirectory {
                pending.append(path)
            } else if !status.isLink || (try? FileCalls.status(place + "/" + name))?.isDirectory != true {
                let changed = max(status.modified, status.changed)
                found.append(WalkedFile(path: path, changed: changed, isTemporary: FileName.isTemporary(name)))
            }
        }
    }

    /// Removes a file that the walk found, unless it has changed since a moment or is gone.
    ///
    /// - Parameters:
    ///   - path: Path relative to the root.
    ///   - moment: Nanoseconds since 1970-01-01 UTC.
    /// - Returns: Whether it was removed.
    /// - Throws: ``ButlerError`` with `.readOnly` or `.fileAccess`.
    public func remove(_ path: String, unlessChangedSince moment: Int64) throws -> Bool {
        let place = root + "/" + path
        guard let status = try FileStore.linkStatus(place), max(status.modified, status.changed) < moment else {
            return false
        }
        try FileStore().remove(ResourcePath(localPath: place))
        return true
    }
}

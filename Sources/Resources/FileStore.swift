import StewardCore

/// Local files.
public struct FileStore: ResourceStore {
    /// Creates the store.
    public init() {}

    /// What is at a path, or nil if nothing is or a symbolic link leads nowhere.
    public func info(_ path: ResourcePath) throws -> ResourceInfo? {
        let local = try FileStore.localPath(path)
        let status = try FileProblem.naming("examined", local) { () throws(SystemError) in
            try FileCalls.status(local)
        }
        return status.map {
            ResourceInfo(size: $0.isDirectory ? 0 : $0.size, isDirectory: $0.isDirectory, modified: $0.modified)
        }
    }

    /// Bytes of a file.
    public func read(_ path: ResourcePath, range: ByteRange) throws -> [UInt8] {
        let local = try FileStore.localPath(path)
        return try FileProblem.naming("read", local) { () throws(SystemError) in
            let file = try FileCalls.Descriptor(reading: local)
            let offsets = range.offsets(size: try file.status().size)
            var failure: SystemError?
            let bytes = [UInt8](unsafeUninitializedCapacity: offsets.count) { buffer, count in
                let target = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<offsets.count]
                )
                do throws(SystemError) {
                    count = try file.read(into: target, at: offsets.lowerBound)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return bytes
        }
    }

    /// Writes a whole file under a temporary name beside the target and renames it.
    public func write(_ bytes: [UInt8], to path: ResourcePath, overwrite: Bool) throws {
        try FileStore.replace(path, overwrite: overwrite) { try FileStore.create($0, bytes, for: path.path) }
    }

    /// Writes a new file under its own name; a part of it may stay when that fails.
    ///
    /// - Parameters:
    ///   - path: Path of a file that does not exist, in a directory that does.
    ///   - bytes: Its content.
    ///   - target: The name that it will get, for messages.
    /// - Throws: ``ButlerError`` with `.fileAccess`, `.diskFull` or `.readOnly`.
    public static func create(_ path: String, _ bytes: [UInt8], for target: String) throws {
        try FileProblem.naming("written", target) { () throws(SystemError) in
            let file = try FileCalls.Descriptor(creating: path)
            var failure: SystemError?
            bytes.withUnsafeBytes { buffer in
                do throws(SystemError) { try file.write(buffer) } catch { failure = error }
            }
            if let failure { throw failure }
            try file.finish()
        }
    }

    /// Removes a file or a symbolic link.
    public func remove(_ path: ResourcePath) throws {
        let local = try FileStore.localPath(path)
        try FileProblem.naming("removed", local) { () throws(SystemError) in try FileCalls.remove(local) }
    }

    /// The entries of a directory, sorted by name; links are followed to tell directories.
    public func list(_ path: ResourcePath) throws -> [ResourceEntry] {
        let local = try FileStore.localPath(path)
        return try FileProblem.naming("read", local) { () throws(SystemError) in
            var entries: [ResourceEntry] = []
            for name in try FileCalls.names(in: local) {
                let status = try? FileCalls.status(local + "/" + name)
                entries.append(ResourceEntry(name: name, isDirectory: status?.isDirectory ?? false))
            }
            return entries.sorted { $0.name < $1.name }
        }
    }

    /// The path of a file that this store can have.
    static func localPath(_ path: ResourcePath) throws -> String {
        if let local = path.localPath { return local }
        throw ButlerError(.fileAccess, "\"\(path)\" is not a local file.", remedy: "Use the store of its scheme.")
    }
}

// MARK: - Writing through a temporary name

extension FileStore {
    /// Makes a file by a writer that needs a path, and gives it its name when it is complete.
    ///
    /// The writer gets the path of a new file in the target's directory, with the target's suffix; it does not exist
    /// yet. Whatever goes wrong, nothing of it stays, and readers never see part of a file.
    ///
    /// - Parameters:
    ///   - path: The target. Its directories are made.
    ///   - overwrite: Whether a file that is there is replaced.
    ///   - rollback: Remembers the file, to remove it if the transaction fails.
    ///   - durability: Remembers the file, to make it durable before the transaction commits.
    ///   - body: Writes the file of the given path.
    /// - Returns: What the body returned.
    /// - Throws: ``ButlerError`` with `.fileAccess` if the target exists and may not be replaced, `.diskFull`,
    ///   `.readOnly`, or what the body threw.
    @discardableResult
    public static func replace<Value>(
        _ path: ResourcePath,
        overwrite: Bool,
        rollback: FileRollback? = nil,
        durability: DurabilityBatch? = nil,
        _ body: (String) throws -> Value
    ) throws -> Value {
        let target = try localPath(path)
        if !overwrite, try linkStatus(target) != nil { throw FileProblem.exists(target) }
        let directory = path.parent.path
        try makeDirectories(directory)
        let temporary = (directory == "/" ? "" : directory) + "/" + FileName.temporary(for: path.name)
        do {
            let value = try body(temporary)
            try rollback?.prepare(temporary, as: target)
            try install(temporary, as: target, overwrite: overwrite)
            rollback?.add(.created(target))
            durability?.add(target)
            return value
        } catch {
            try? FileCalls.remove(temporary)
            throw error
        }
    }

    /// Gives a file a second name, and makes its directories.
    ///
    /// - Returns: Whether it has it now; false if something else has the name.
    /// - Throws: ``ButlerError`` with `.diskFull`, `.readOnly`, `.fileNotFound` or `.fileAccess`.
    static func link(
        _ file: String,
        _ status: FileStatus,
        to path: ResourcePath,
        _ rollback: FileRollback?,
        _ durability: DurabilityBatch?
    ) throws -> Bool {
        let target = try localPath(path)
        try rollback?.prepare(status, as: target)
        func attempt() throws(SystemError) -> Bool {
            do throws(SystemError) {
                try FileCalls.hardLink(file, target)
                return true
            } catch .exists {
                return false
            }
        }
        func report(_ error: SystemError) -> ButlerError {
            FileProblem.error(error, "linked from \"\(path.path)\"", file)
        }
        var isNew = false
        do throws(SystemError) {
            isNew = try attempt()
        } catch {
            guard error == .notFound else { throw report(error) }
            try makeDirectories(path.parent.path)
            do throws(SystemError) { isNew = try attempt() } catch { throw report(error) }
        }
        guard isNew else { return false }
        rollback?.add(.created(target))
        durability?.add(target)
        return true
    }

    /// Gives a complete file its name.
    static func install(_ temporary: String, as target: String, overwrite: Bool) throws {
        do throws(SystemError) {
            if overwrite {
                try FileCalls.rename(temporary, target)
            } else {
                try FileCalls.renameExclusively(temporary, target)
            }
        } catch {
            throw error == .exists ? FileProblem.exists(target) : FileProblem.error(error, "written", target)
        }
    }

    /// Makes a directory and those above it.
    ///
    /// - Parameter path: An absolute path.
    /// - Throws: ``ButlerError`` with `.readOnly`, `.diskFull` or `.fileAccess`.
    public static func makeDirectories(_ path: String) throws {
        do throws(SystemError) {
            try FileCalls.makeDirectory(path)
        } catch {
            switch error {
            case .exists: break
            case .notFound:
                let parent = ResourcePath(localPath: path).parent.path
                guard parent != path else { throw FileProblem.error(error, "made", path) }
                try makeDirectories(parent)
                try makeDirectories(path)
                return
            default:
                // Some systems complain of permissions before they notice that the directory is there.
                guard let status = try? FileCalls.status(path), status.isDirectory else {
                    throw FileProblem.error(error, "made", path)
                }
            }
        }
    }

    /// Whether something is at a path, a symbolic link that leads nowhere included.
    ///
    /// - Parameter path: A local path.
    /// - Returns: Whether a new file cannot get this name without taking it from another one.
    /// - Throws: ``ButlerError`` with `.fileAccess`.
    public static func isOccupied(_ path: ResourcePath) throws -> Bool {
        try linkStatus(localPath(path)) != nil
    }

    /// Whether a path is the name of the very file to which another one leads, not of a link or a second name.
    ///
    /// - Parameters:
    ///   - path: A local path.
    ///   - other: Another one, whose symbolic links are followed.
    /// - Returns: Whether the other one would be lost with the first; false if either is missing.
    public static func isName(_ path: ResourcePath, ofFileAt other: ResourcePath) -> Bool {
        guard let (path, other) = try? (localPath(path), localPath(other)), let status = try? linkStatus(path),
            !status.isLink, let real = try? FileCalls.realPath(path)
        else { return false }
        return real == (try? FileCalls.realPath(other))
    }

    static func linkStatus(_ path: String) throws -> FileStatus? {
        try FileProblem.naming("examined", path) { () throws(SystemError) in try FileCalls.linkStatus(path) }
    }
}

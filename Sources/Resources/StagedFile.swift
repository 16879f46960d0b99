public import StewardCore

/// A complete file under a temporary name beside its target, waiting for the moment to get its own.
///
/// Making it is slow and holds nothing up; ``install(rollback:durability:)`` only renames. Whatever is not installed
/// must be discarded.
public struct StagedFile: Sendable, Hashable {
    /// Where the file will be.
    public let target: ResourcePath
    /// Bytes of the file.
    public let byteCount: Int
    /// Checksum in lower-case hexadecimal digits, if one was asked for.
    public let checksum: String?
    private let temporary: String

    /// Stages bytes.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - target: Where the file will be; its directories are made.
    ///   - checksum: The checksum that is wanted.
    /// - Throws: ``ButlerError`` with `.diskFull`, `.readOnly` or `.fileAccess`; nothing stays then.
    public init(_ bytes: [UInt8], for target: ResourcePath, checksum: Digest.Algorithm? = nil) throws {
        let digits = checksum.map { Hexadecimal.encode(Digest.of(bytes, $0)) }
        try self.init(for: target) { temporary in
            try FileProblem.naming("written", target.path) { () throws(SystemError) in
                let file = try FileCalls.Descriptor(creating: temporary)
                var failure: SystemError?
                bytes.withUnsafeBytes { buffer in
                    do throws(SystemError) { try file.write(buffer) } catch { failure = error }
                }
                if let failure { throw failure }
                try file.finish()
            }
            return (bytes.count, digits)
        }
    }

    /// Stages a copy of a file, computing the checksum on the way.
    ///
    /// - Parameters:
    ///   - source: A local file; links are followed.
    ///   - target: Where the copy will be; its directories are made.
    ///   - checksum: The checksum that is wanted.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.diskFull`, `.readOnly` or `.fileAccess`; nothing stays then.
    public init(copying source: ResourcePath, for target: ResourcePath, checksum: Digest.Algorithm? = nil) throws {
        let path = try FileStore.localPath(source)
        try self.init(for: target) { temporary in
            try FileStore.copyContents(from: path, to: temporary, checksum: checksum)
        }
    }

    /// Stages a file that a body writes.
    ///
    /// - Parameters:
    ///   - target: Where the file will be; its directories are made.
    ///   - checksum: The checksum that is wanted; the file is read once for it.
    ///   - body: Writes the file of the given path, which has the target's suffix and does not exist yet.
    /// - Throws: ``ButlerError`` with `.diskFull`, `.readOnly` or `.fileAccess`, or what the body threw; nothing stays
    ///   then.
    public init(
        for target: ResourcePath,
        checksum: Digest.Algorithm? = nil,
        writing body: (String) throws -> Void
    ) throws {
        try self.init(for: target) { temporary in
            try body(temporary)
            let written = ResourcePath(localPath: temporary)
            return (try FileStore().size(written), try checksum.map { try FileStore.checksum(of: written, $0) })
        }
    }

    private init(for target: ResourcePath, _ body: (String) throws -> (size: Int, checksum: String?)) throws {
        _ = try FileStore.localPath(target)
        let directory = target.parent.path
        try FileStore.makeDirectories(directory)
        temporary = (directory == "/" ? "" : directory) + "/" + FileName.temporary(for: target.name)
        self.target = target
        do {
            (byteCount, checksum) = try body(temporary)
        } catch {
            try? FileCalls.remove(temporary)
            throw error
        }
    }

    /// Gives the file its name, in place of one that is there.
    ///
    /// - Parameters:
    ///   - rollback: Remembers the file, to remove it if the transaction fails.
    ///   - durability: Remembers the file, to make it durable before the transaction commits.
    /// - Throws: ``ButlerError`` with `.readOnly`, `.diskFull` or `.fileAccess`.
    public func install(rollback: FileRollback? = nil, durability: DurabilityBatch? = nil) throws {
        try FileStore.install(temporary, as: target.path, overwrite: true)
        rollback?.add(.created(target.path))
        durability?.add(target.path)
    }

    /// Removes the file if it was not installed.
    public func discard() {
        try? FileCalls.remove(temporary)
    }
}

public import StewardCore

/// A new local file that grows at its end, with the digest of what was written.
public final class FileSink {
    private let target: String
    private let algorithm: Digest.Algorithm?
    private var file: FileCalls.Descriptor?
    private var digest: Digest?
    /// Bytes written so far.
    public private(set) var size = 0

    /// Creates the file.
    ///
    /// - Parameters:
    ///   - path: Path of a file that does not exist, in a directory that does.
    ///   - target: The name that it will get, for messages.
    ///   - checksum: The digest to compute.
    /// - Throws: ``ButlerError`` with `.fileAccess`, `.diskFull` or `.readOnly`.
    public init(creating path: String, for target: String, checksum: Digest.Algorithm?) throws {
        self.target = target
        algorithm = checksum
        if let checksum { digest = Digest(checksum) }
        file = try FileProblem.naming("written", target) { () throws(SystemError) in
            try FileCalls.Descriptor(appending: path)
        }
    }

    /// Adds bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        try FileProblem.naming("written", target) { () throws(SystemError) in try file?.write(bytes) }
        digest?.update(bytes)
        size += bytes.count
    }

    /// Empties the file.
    public func restart() throws {
        try FileProblem.naming("written", target) { () throws(SystemError) in try file?.truncate() }
        if let algorithm { digest = Digest(algorithm) }
        size = 0
    }

    /// Closes the file.
    ///
    /// - Returns: Its size and checksum.
    /// - Throws: ``ButlerError`` with `.fileAccess` or `.diskFull` for write errors that show late.
    public func finish() throws -> FileContent {
        if let file = file.take() {
            do throws(SystemError) { try file.finish() } catch { throw FileProblem.error(error, "written", target) }
        }
        guard let digest = digest.take() else { return FileContent(size: size, checksum: nil) }
        return FileContent(size: size, checksum: Hexadecimal.encode(digest.finish()))
    }
}

public import StewardCore

extension FileStore {
    /// Bytes that are read at a time.
    private static let chunk = 1 << 20

    /// The digest of a file, read in pieces.
    ///
    /// - Parameters:
    ///   - path: A local file.
    ///   - algorithm: The hash function; records of repositories use BLAKE2b with 64 bytes.
    /// - Returns: Lower-case hexadecimal digits.
    /// - Throws: ``ButlerError`` with `.fileNotFound` or `.fileAccess`.
    public static func checksum(of path: ResourcePath, _ algorithm: Digest.Algorithm = .blake2b512) throws -> String {
        let local = try localPath(path)
        return try FileProblem.naming("read", local) { () throws(SystemError) in
            let file = try FileCalls.Descriptor(reading: local)
            var digest = Digest(algorithm)
            try forEachChunk(of: file) { (bytes) throws(SystemError) in digest.update(bytes) }
            return Hexadecimal.encode(digest.finish())
        }
    }

    /// Copies a file's bytes to a new file and gives it the same permissions.
    ///
    /// Without a checksum the system copies, sharing blocks where the file system can.
    static func copyContents(
        from source: String,
        to target: String,
        checksum algorithm: Digest.Algorithm?
    ) throws -> (size: Int, checksum: String?) {
        let input = try FileProblem.naming("read", source) { () throws(SystemError) in
            try FileCalls.Descriptor(reading: source)
        }
        return try FileProblem.naming("copied to \"\(target)\"", source) { () throws(SystemError) in
            let status = try input.status()
            guard !status.isDirectory else { throw .directory }
            // The owner can always write while the copy is made, whatever the umask or the source's permissions.
            let output = try FileCalls.Descriptor(creating: target, mode: 0o600)
            var checksum: String?
            var size = 0
            if let algorithm {
                var digest = Digest(algorithm)
                try forEachChunk(of: input) { (bytes) throws(SystemError) in
                    digest.update(bytes)
                    try output.write(bytes)
                    size += bytes.count
                }
                checksum = Hexadecimal.encode(digest.finish())
            } else {
                size = try copyInKernel(from: input, to: output)
            }
            try output.setPermissions(status.permissions)
            try output.finish()
            return (size, checksum)
        }
    }

    private static func copyInKernel(
        from input: borrowing FileCalls.Descriptor,
        to output: borrowing FileCalls.Descriptor
    ) throws(SystemError) -> Int {
        var size = 0
        do throws(SystemError) {
            while true {
                let count = try output.copy(from: input, count: 1 << 30)
                if count == 0 { break }
                size += count
            }
            // Files of pseudo file systems give nothing to the kernel's copy; the loop below reads them.
            if size > 0 { return size }
        } catch {
            guard size == 0, error.isUnsupported else { throw error }
        }
        try forEachChunk(of: input) { (bytes) throws(SystemError) in
            try output.write(bytes)
            size += bytes.count
        }
        return size
    }

    private static func forEachChunk(
        of file: borrowing FileCalls.Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(SystemError) -> Void
    ) throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 64)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            let count = try file.read(into: buffer, at: offset)
            if count > 0 { try body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            offset += count
            if count < buffer.count { return }
        }
    }
}

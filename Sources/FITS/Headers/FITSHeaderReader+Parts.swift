extension FITSHeaderReader {
    /// Reads the headers of a file that somebody else reads, for instance from a server.
    ///
    /// - Parameters:
    ///   - name: The file's name for error messages.
    ///   - count: How many header-data units to read at most; nil for all.
    ///   - part: Gives bytes at some offsets, fewer at the end of the file, and the file's size where it is known.
    /// - Returns: The header-data units in file order, at least one unless `count` is 0.
    /// - Throws: `ButlerError` of code `corruptFile`; what `part` throws.
    public static func read(
        _ name: String,
        first count: Int? = nil,
        part: @escaping (Range<Int64>) throws -> (bytes: [UInt8], fileSize: Int64?)
    ) throws -> [FITSHDUHeader] {
        try read(from: PartsFile(part: part), name: name, first: count)
    }
}

/// A file that is read by a closure.
private struct PartsFile: HeaderSource {
    let part: (Range<Int64>) throws -> (bytes: [UInt8], fileSize: Int64?)
    var size: Int64?

    mutating func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        let (bytes, size) = try part(offset..<offset + Int64(count))
        self.size = size ?? self.size
        return bytes
    }

    func reaches(_ offset: Int64) -> Bool { size.map { offset <= $0 } ?? true }
}

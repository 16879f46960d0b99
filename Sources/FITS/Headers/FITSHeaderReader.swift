internal import StewardCore

/// One header-data unit as far as its header tells: the cards, and where header and data lie in the file.
public struct FITSHDUHeader: Sendable {
    /// Position in the file; 0 is the primary one.
    public let index: Int
    /// The cards.
    public let header: FITSHeader
    /// Offset of the header's first byte in the (uncompressed) file.
    public let headerOffset: Int64
    /// Offset of the data's first byte.
    public let dataOffset: Int64
    /// Size of the data in bytes without the padding to the block's end.
    public let dataSize: Int64

    /// The `EXTNAME` without trailing blanks, or nil.
    public var name: String? { header["EXTNAME"]?.stringValue }

    /// The `EXTVER`; 1 when absent.
    public var version: Int { header["EXTVER"]?.integerValue.flatMap { Int(exactly: $0) } ?? 1 }
}

/// Reads headers and nothing else: whole blocks of 2880 bytes, skipping data by its computed size.
///
/// Needs no cfitsio and holds no state, so that any number of tasks may read at the same time. Files compressed with gzip
/// are inflated on the way. A file that ends before its headers say so is an error of code `corruptFile`.
public enum FITSHeaderReader {
    /// Bytes of a FITS block.
    public static let blockSize = 2880
    /// The longest header accepted, 5,000 blocks; more is taken for a file without `END`.
    static let longestHeader = 5_000 * blockSize

    /// Reads the headers of a file.
    ///
    /// - Parameters:
    ///   - path: Path of a local file, plain or compressed with gzip.
    ///   - count: How many header-data units to read at most; nil for all.
    ///   - memory: Headers of similar files.
    /// - Returns: The header-data units in file order, at least one unless `count` is 0.
    /// - Throws: `ButlerError` of code `fileNotFound`, `fileAccess`, or `corruptFile` for what is no FITS file, ends too
    ///   early or has an impossible size.
    public static func read(
        _ path: String,
        first count: Int? = nil,
        recalling memory: HeaderMemory? = nil
    ) throws -> [FITSHDUHeader] {
        let file = try LocalFile(path)
        if try file.isGzip() {
            return try read(from: GzipFile(path, over: file), name: path, first: count, recalling: memory)
        }
        return try read(from: file, name: path, first: count, recalling: memory)
    }

    /// Reads the headers of a file held in memory.
    ///
    /// - Parameters:
    ///   - bytes: The whole file, not compressed.
    ///   - name: Its name for error messages.
    ///   - count: How many header-data units to read at most; nil for all.
    /// - Returns: The header-data units in file order.
    /// - Throws: `ButlerError` of code `corruptFile`.
    public static func read(bytes: [UInt8], name: String, first count: Int? = nil) throws -> [FITSHDUHeader] {
        try read(from: MemoryFile(bytes: bytes), name: name, first: count)
    }

    static func read(
        from file: some HeaderSource,
        name: String,
        first count: Int?,
        recalling memory: HeaderMemory? = nil
    ) throws -> [FITSHDUHeader] {
        var file = file
        var units: [FITSHDUHeader] = []
        var recalled = memory?.take()
        defer { if let memory, let recalled { memory.give(recalled) } }
        var offset: Int64 = 0
        while units.count < count ?? .max {
            let isPrimary = units.isEmpty
            guard let unit = try unit(from: &file, name: name, index: units.count, at: offset, &recalled) else {
                if isPrimary { throw try notFITS(&file, name: name) }
                break
            }
            let end = unit.dataOffset + unit.dataSize
            guard try file.reaches(end) else { throw truncated(name, unit: unit.index, needs: end, size: file.size) }
            units.append(unit)
            offset = unit.dataOffset + padded(unit.dataSize)
        }
        return units
    }

    /// Reads one header-data unit's header; nil when none begins at the offset.
    private static func unit(
        from file: inout some HeaderSource,
        name: String,
        index: Int,
        at offset: Int64,
        _ recalled: inout [RecalledHeader?]?
    ) throws -> FITSHDUHeader? {
        let known = recalled.map { $0.indices.contains(index) ? $0[index] : nil } ?? nil
        var parser = CardParser(recalling: known)
        var first: [UInt8] = []
        var length = 0
        var wanted = index == 0 ? LocalFile.beginning : 4 * blockSize
        while true {
            let bytes = try file.bytes(at: offset + Int64(length), count: wanted)
            if length == 0 {
                guard begins(bytes, isPrimary: index == 0) else { return nil }
                first = bytes
            }
            var end: Int?
            bytes.withUnsafeBytes { end = parser.add(blocksOf: $0) }
            if let end {
                length += end
                break
            }
            length += bytes.count
            guard bytes.count == wanted else {
                throw truncated(name, unit: index, needs: offset + Int64(length) + 1, size: file.size)
            }
            guard length < longestHeader else { throw endless(name, unit: index) }
            wanted = 20 * blockSize
        }
        let header = parser.header(source: name)
        // A header that took more than one read is rare enough to be read anew.
        if recalled != nil, length <= first.count {
            while recalled?.count ?? 0 <= index { recalled?.append(nil) }
            recalled?[index] = parser.memory(of: header, bytes: first)
        }
        let size = try FITSDataSize.bytes(header)
        return FITSHDUHeader(
            index: index,
            header: header,
            headerOffset: offset,
            dataOffset: offset + Int64(length),
            dataSize: size
        )
    }

    private static func begins(_ bytes: [UInt8], isPrimary: Bool) -> Bool {
        bytes.starts(with: (isPrimary ? "SIMPLE  =" : "XTENSION=").utf8)
    }

    /// A size rounded up to whole blocks.
    static func padded(_ size: Int64) -> Int64 {
        let block = Int64(blockSize)
        return (size + block - 1) / block * block
    }

    private static func notFITS(_ file: inout some HeaderSource, name: String) throws -> ButlerError {
        let start = try file.bytes(at: 0, count: 9)
        let message =
            start.isEmpty
            ? "\"\(name)\" is empty, not a FITS file."
            : "\"\(name)\" is not a FITS file: it does not begin with \"SIMPLE  =\"."
        return ButlerError(.corruptFile, message).adding("file", name)
    }

    private static func truncated(_ name: String, unit: Int, needs: Int64, size: Int64?) -> ButlerError {
        let found = size.map { "the file has \($0)" } ?? "the file ends before"
        return ButlerError(
            .corruptFile,
            "\"\(name)\" is truncated: HDU \(unit) needs at least \(needs) bytes, \(found).",
            remedy: "Copy or transfer the file again."
        ).adding("file", name)
    }

    private static func endless(_ name: String, unit: Int) -> ButlerError {
        ButlerError(
            .corruptFile,
            "The header of HDU \(unit) of \"\(name)\" has no END card within \(longestHeader) bytes."
        ).adding("file", name)
    }
}

extension CardParser {
    /// Reads whole blocks until the one that holds `END`.
    ///
    /// - Parameter bytes: Blocks of 2880 bytes; a last incomplete one is read as far as it goes.
    /// - Returns: The number of bytes up to the end of the block with `END`, or nil if there was no `END`.
    mutating func add(blocksOf bytes: UnsafeRawBufferPointer) -> Int? {
        var start = 0
        while start < bytes.count {
            let stop = min(start + FITSHeaderReader.blockSize, bytes.count)
            if add(allOf: UnsafeRawBufferPointer(rebasing: bytes[start..<stop])) {
                return start + FITSHeaderReader.blockSize
            }
            start = stop
        }
        return nil
    }
}

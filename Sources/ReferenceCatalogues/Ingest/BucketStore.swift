internal import Foundation
internal import StewardCore

/// Rows on their way to their shards, in buckets of 64 trixels (one of level 4 each), in memory up to a limit and on
/// disk beyond.
///
/// A record is the trixel's number within the bucket, one byte, and the row. Buckets keep the order of arrival, so that
/// the same input gives the same shards.
final class BucketStore {
    /// Lowest bits of a trixel's number, which tell it from the others of its bucket.
    static let innerBits = UInt32(6)
    private static let first = UInt32(8) << UInt32(2 * ReferenceCatalogue.level)

    private let folder: String
    private let rowSize: Int
    private let limit: Int
    private var buffers: [[UInt8]]
    private var fileSizes: [Int]
    private var buffered = 0

    /// Creates an empty store.
    ///
    /// - Parameters:
    ///   - folder: Where to write what does not fit into memory; made when that happens.
    ///   - rowSize: Bytes of a row.
    ///   - limit: Bytes to hold in memory.
    init(folder: String, rowSize: Int, limit: Int) {
        self.folder = folder
        self.rowSize = rowSize
        self.limit = limit
        let count = 8 << (2 * ReferenceCatalogue.level - Int(Self.innerBits))
        buffers = Array(repeating: [], count: count)
        fileSizes = Array(repeating: 0, count: count)
    }

    /// Adds the good rows of a chunk.
    func append(_ rows: ConvertedRows) throws {
        rows.bytes.withUnsafeBytes { bytes in
            for (row, trixel) in rows.trixels.enumerated() where trixel != 0 {
                let number = trixel - Self.first
                let bucket = Int(number >> Self.innerBits)
                buffers[bucket].append(UInt8(truncatingIfNeeded: number & (1 << Self.innerBits - 1)))
                buffers[bucket].append(
                    contentsOf: UnsafeRawBufferPointer(rebasing: bytes[row * rowSize..<(row + 1) * rowSize])
                )
                buffered += rowSize + 1
            }
        }
        if buffered > limit { try flush() }
    }

    private func flush() throws {
        if fileSizes.allSatisfy({ $0 == 0 }) {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        for bucket in buffers.indices where !buffers[bucket].isEmpty {
            let file = try ScratchFile(appendingTo: Self.path(bucket, in: folder))
            try buffers[bucket].withUnsafeBytes { try file.write($0) }
            try file.close()
            fileSizes[bucket] += buffers[bucket].count
            buffers[bucket] = []
        }
        buffered = 0
    }

    fileprivate static func path(_ bucket: Int, in folder: String) -> String { "\(folder)/\(bucket)" }

    /// Ends the adding; nothing of it stays in memory unless all of it fits.
    func finish() throws -> Buckets {
        if fileSizes.contains(where: { $0 > 0 }) { try flush() }
        let result = Buckets(folder: folder, recordSize: rowSize + 1, buffers: buffers, fileSizes: fileSizes)
        buffers = []
        return result
    }
}

/// The buckets of a finished store.
struct Buckets: Sendable {
    private let folder: String
    private let recordSize: Int
    private let buffers: [[UInt8]]
    private let fileSizes: [Int]

    fileprivate init(folder: String, recordSize: Int, buffers: [[UInt8]], fileSizes: [Int]) {
        self.folder = folder
        self.recordSize = recordSize
        self.buffers = buffers
        self.fileSizes = fileSizes
    }

    /// The buckets with rows.
    var filled: [Int] { buffers.indices.filter { !buffers[$0].isEmpty || fileSizes[$0] > 0 } }

    /// The trixel of a record's first byte.
    static func trixel(bucket: Int, inner: UInt8) -> UInt64 {
        UInt64(8) << UInt64(2 * ReferenceCatalogue.level)
            + UInt64(bucket) << UInt64(BucketStore.innerBits) + UInt64(inner)
    }

    /// Gives the records of a bucket in order, in pieces of at most so many bytes.
    func forEachPiece(of bucket: Int, atMost size: Int, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try buffers[bucket].withUnsafeBytes { if !$0.isEmpty { try body($0) } }
        guard fileSizes[bucket] > 0 else { return }
        let path = BucketStore.path(bucket, in: folder)
        guard let file = fopen(path, "rb") else {
            throw ButlerError(.fileAccess, "\"\(path)\" cannot be read.").adding("file", path)
        }
        defer { fclose(file) }
        let whole = max(recordSize, min(size, fileSizes[bucket]) / recordSize * recordSize)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: whole, alignment: 16)
        defer { buffer.deallocate() }
        var rest = fileSizes[bucket]
        while rest > 0 {
            let count = fread(buffer.baseAddress, 1, min(whole, rest), file)
            guard count == min(whole, rest) else {
                throw ButlerError(.fileAccess, "\"\(path)\" has become shorter.").adding("file", path)
            }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            rest -= count
        }
    }

    /// Frees the disk that a bucket takes.
    func remove(_ bucket: Int) {
        if fileSizes[bucket] > 0 { unlink(BucketStore.path(bucket, in: folder)) }
    }
}

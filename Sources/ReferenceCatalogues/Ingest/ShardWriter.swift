internal import FITS
internal import StewardCore

/// The headers of shards, which differ in the number of rows only.
struct ShardHeader: Sendable {
    private let bytes: [UInt8]
    /// Where the digits of `NAXIS2` are.
    private let digits: Range<Int>

    init(_ schema: CatalogueSchema) throws {
        bytes = schema.header(rowCount: 0)
        let card = Array("NAXIS2  = ".utf8)
        let bytes = bytes
        guard let start = stride(from: 0, to: bytes.count, by: 80).first(where: { bytes[$0...].starts(with: card) })
        else { throw schema.lacks("NAXIS2") }
        digits = start + 10..<start + 30
    }

    /// The headers of a file with so many rows.
    func bytes(rowCount: Int) -> [UInt8] {
        var copy = bytes
        let text = Array(String(rowCount).utf8)
        copy.replaceSubrange(digits, with: [UInt8](repeating: 0x20, count: digits.count - text.count) + text)
        return copy
    }
}

/// What is known of a shard that was written.
struct WrittenShard: Sendable {
    let trixel: UInt64
    let path: String
    let rowCount: Int
    let byteCount: Int
}

/// Writes one shard; rows come in order, in any number of pieces.
final class ShardWriter {
    private let trixel: UInt64
    private let path: String
    private let rowSize: Int
    private let header: ShardHeader
    private let idOffset: Int?
    private let file: ScratchFile
    private var identifiers: Set<Int64> = []
    private var rowCount = 0
    /// Identifiers that came again; their rows are left out.
    private(set) var repeated: [Int64] = []

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - trixel: Number of the trixel.
    ///   - path: A file that does not exist.
    ///   - rowSize: Bytes of a row.
    ///   - header: Its headers.
    ///   - idOffset: Where the identifier is in a row; nil if it cannot repeat.
    /// - Throws: ``ButlerError`` with `.fileAccess`, `.diskFull` or `.readOnly`.
    init(_ trixel: UInt64, path: String, rowSize: Int, header: ShardHeader, idOffset: Int?) throws {
        self.trixel = trixel
        self.path = path
        self.rowSize = rowSize
        self.header = header
        self.idOffset = idOffset
        file = try ScratchFile(creating: path)
        try header.bytes(rowCount: 0).withUnsafeBytes { try file.write($0) }
    }

    /// Adds whole rows.
    func append(_ rows: UnsafeRawBufferPointer) throws {
        let count = rows.count / rowSize
        guard let idOffset else {
            rowCount += count
            return try file.write(rows)
        }
        var start = 0
        for row in 0..<count {
            let id: Int64 = rows.bigEndian(row * rowSize + idOffset)
            guard !identifiers.insert(id).inserted else { continue }
            repeated.append(id)
            try file.write(UnsafeRawBufferPointer(rebasing: rows[start * rowSize..<row * rowSize]))
            rowCount += row - start
            start = row + 1
        }
        try file.write(UnsafeRawBufferPointer(rebasing: rows[start * rowSize..<count * rowSize]))
        rowCount += count - start
    }

    /// Completes the file.
    func finish() throws -> WrittenShard {
        let start = header.bytes(rowCount: rowCount)
        let size = start.count + rowCount * rowSize
        let padding = ShardFile.padding(size)
        try padding.withUnsafeBytes { try file.write($0) }
        try file.overwrite(start)
        try file.close()
        return WrittenShard(trixel: trixel, path: path, rowCount: rowCount, byteCount: size + padding.count)
    }
}

internal import StewardCore

/// Unpacks the tiles of one image.
struct TileDecoder {
    let image: TiledImage
    /// Reads bytes of the data unit: offset and count.
    let read: (Int, Int) throws -> [UInt8]

    private let packed: FITSColumn?
    private let gzipped: FITSColumn?
    private let plain: FITSColumn?

    init(_ image: TiledImage, read: @escaping (Int, Int) throws -> [UInt8]) {
        self.image = image
        self.read = read
        packed = image.layout.column("COMPRESSED_DATA")
        gzipped = image.layout.column("GZIP_COMPRESSED_DATA")
        plain = image.layout.column("UNCOMPRESSED_DATA")
    }

    /// The values of a tile before quantised pixels are restored, and whether they are quantised.
    ///
    /// - Parameters:
    ///   - tile: Number of the tile, from 0.
    ///   - count: Number of its pixels.
    ///   - row: The tile's row of the table.
    /// - Returns: The values.
    /// - Throws: `ButlerError` of code `corruptFile`.
    func values(_ tile: Int, count: Int, row: UnsafeRawBufferPointer) throws -> (values: TileValues, isQuantized: Bool)
    {
        var isQuantized = if case .none = image.quantization { false } else { true }
        var algorithm = image.algorithm
        var bytes = try packed.map { try heap($0, row, tile) } ?? []
        if bytes.isEmpty, let gzipped {
            bytes = try heap(gzipped, row, tile)
            algorithm = .gzip1
            isQuantized = false
        }
        if bytes.isEmpty, let plain {
            bytes = try heap(plain, row, tile)
            algorithm = .none
            isQuantized = false
        }
        guard let values = unpack(bytes, algorithm, count: count, isReal: image.bits < 0 && !isQuantized) else {
            throw damaged(tile)
        }
        return (values, isQuantized)
    }

    /// The bytes in the heap that a row's descriptor points to.
    private func heap(_ column: FITSColumn, _ row: UnsafeRawBufferPointer, _ tile: Int) throws -> [UInt8] {
        guard case .variable = column.length else { throw damaged(tile) }
        let (count, offset): (Int, Int)
        if column.descriptorSize == 8 {
            count = Int(row.bigEndian(at: column.offset, as: Int64.self))
            offset = Int(row.bigEndian(at: column.offset + 8, as: Int64.self))
        } else {
            count = Int(row.bigEndian(at: column.offset, as: Int32.self))
            offset = Int(row.bigEndian(at: column.offset + 4, as: Int32.self))
        }
        guard count != 0 else { return [] }
        let room = image.layout.dataSize - image.layout.heapOffset
        guard count > 0, offset >= 0, offset <= room, count <= room else { throw damaged(tile) }
        let size = column.type.bytes(count)
        guard size <= room - offset else { throw damaged(tile) }
        return try read(image.layout.heapOffset + offset, size)
    }

    private func unpack(_ bytes: [UInt8], _ algorithm: TiledImage.Algorithm, count: Int, isReal: Bool) -> TileValues? {
        bytes.withUnsafeBytes { bytes in
            switch algorithm {
            case .rice(let blockSize, let pixelBytes):
                guard !isReal, var decoder = RiceDecoder(bytes, pixelBytes: pixelBytes) else { return nil }
                return decoder.decode(count: count, blockSize: blockSize).map(TileValues.int32)
            case .none:
                return Self.numbers(bytes, size: bytes.count / max(1, count), count: count, isReal: isReal)
            case .gzip1, .gzip2:
                // Quantised pixels are 32-bit integers, and some writers widen small ones.
                for size in [isReal || image.bits > 0 ? abs(image.bits) / 8 : 4, 4, 2, 1] {
                    guard let content = inflated(bytes, size: size * count) else { continue }
                    guard case .gzip2 = algorithm, size > 1 else {
                        return content.withUnsafeBytes { Self.numbers($0, size: size, count: count, isReal: isReal) }
                    }
                    return Self.unshuffled(content, size: size, count: count).withUnsafeBytes {
                        Self.numbers($0, size: size, count: count, isReal: isReal)
                    }
                }
                return nil
            }
        }
    }

    /// Puts the bytes of each number together again.
    private static func unshuffled(_ bytes: [UInt8], size: Int, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, filled in
            bytes.withUnsafeBufferPointer { source in
                for plane in 0..<size {
                    var target = plane
                    for index in (plane * count)..<((plane + 1) * count) {
                        buffer[target] = source[index]
                        target += size
                    }
                }
            }
            filled = bytes.count
        }
    }

    private static func numbers(_ bytes: UnsafeRawBufferPointer, size: Int, count: Int, isReal: Bool) -> TileValues? {
        guard bytes.count == size * count else { return nil }
        switch (size, isReal) {
        case (1, false): return .uint8(Array(bytes))
        case (2, false): return .int16(bytes.bigEndian(at: 0, count: count, as: Int16.self))
        case (4, false): return .int32(bytes.bigEndian(at: 0, count: count, as: Int32.self))
        case (8, false): return .int64(bytes.bigEndian(at: 0, count: count, as: Int64.self))
        case (4, true): return .float(bytes.floats(at: 0, count: count))
        case (8, true): return .double(bytes.doubles(at: 0, count: count))
        default: return nil
        }
    }

    private func damaged(_ tile: Int) -> ButlerError {
        let error = ButlerError(.corruptFile, "Tile \(tile) of a compressed image is damaged.")
        return image.header.source.map { error.adding("file", $0) } ?? error
    }
}

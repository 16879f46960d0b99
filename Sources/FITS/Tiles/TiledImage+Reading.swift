internal import StewardCore

extension TiledImage {
    /// Reads a box of pixels in the type that the header describes.
    ///
    /// - Parameters:
    ///   - box: Part of the image; the first pixel of the file is (0, 0).
    ///   - type: The type that the header describes.
    ///   - read: Reads bytes of the data unit: offset and count.
    /// - Returns: The pixels.
    /// - Throws: `ButlerError` of code `corruptFile`.
    func image(_ box: PixelBox, type: PixelType, read: @escaping (Int, Int) throws -> [UInt8]) throws -> AnyImage {
        let decoder = TileDecoder(self, read: read)
        switch type {
        case .uint8: return .uint8(try integers(box, decoder))
        case .int8: return .int8(try integers(box, decoder))
        case .int16: return .int16(try integers(box, decoder))
        case .uint16: return .uint16(try integers(box, decoder))
        case .int32: return .int32(try integers(box, decoder))
        case .uint32: return .uint32(try integers(box, decoder))
        case .int64: return .int64(try integers(box, decoder))
        case .uint64: return .uint64(try integers(box, decoder))
        case .float32: return .float32(try reals(box, decoder) { Float($0) })
        case .float64: return .float64(try reals(box, decoder) { $0 })
        }
    }

    private func integers<Value: Pixel & FixedWidthInteger>(
        _ box: PixelBox,
        _ decoder: TileDecoder
    ) throws -> Image<Value> {
        let zero = header["BZERO"]?.realValue ?? 0
        // The offset of unsigned 64-bit pixels is beyond the range; adding its bits comes to the same.
        let offset = Int64(exactly: zero) ?? .min
        return try assemble(box, decoder) { _, _, values, _ in
            switch values {
            case .uint8(let values): values.map { Value(truncatingIfNeeded: Int64($0) &+ offset) }
            case .int16(let values): values.map { Value(truncatingIfNeeded: Int64($0) &+ offset) }
            case .int32(let values): values.map { Value(truncatingIfNeeded: Int64($0) &+ offset) }
            case .int64(let values): values.map { Value(truncatingIfNeeded: $0 &+ offset) }
            case .float, .double: nil
            }
        }
    }

    private func reals<Value: Pixel & BinaryFloatingPoint>(
        _ box: PixelBox,
        _ decoder: TileDecoder,
        _ make: (Double) -> Value
    ) throws -> Image<Value> {
        try assemble(box, decoder) { tile, row, values, isQuantized in
            switch values {
            case .float(let values): return values as? [Value]
            case .double(let values): return values as? [Value]
            case .int32(let values) where isQuantized: return self.restored(values, tile, row, make)
            case .uint8(let values): return self.scaled(values, make)
            case .int16(let values): return self.scaled(values, make)
            case .int32(let values): return self.scaled(values, make)
            case .int64(let values): return self.scaled(values, make)
            }
        }
    }

    /// Integers under `BSCALE` and `BZERO`; `BLANK` becomes NaN.
    private func scaled<Stored: BinaryInteger, Value>(_ values: [Stored], _ make: (Double) -> Value) -> [Value] {
        let scale = header["BSCALE"]?.realValue ?? 1
        let zero = header["BZERO"]?.realValue ?? 0
        let blank = (header["ZBLANK"] ?? header["BLANK"])?.integerValue
        return values.map { value in
            if let blank, Int64(value) == blank { return make(.nan) }
            return make(Double(value) * scale + zero)
        }
    }

    /// Quantised integers turned back into pixels.
    private func restored<Value>(
        _ values: [Int32],
        _ tile: Int,
        _ row: UnsafeRawBufferPointer,
        _ make: (Double) -> Value
    ) -> [Value] {
        let scale = number("ZSCALE", row) ?? 1
        let zero = number("ZZERO", row) ?? 0
        let blank = number("ZBLANK", row).flatMap { Int32(exactly: $0) }
        guard case .dithered(let start, let keepsZeros) = quantization else {
            return values.map { $0 == blank ? make(.nan) : make(Double($0) * scale + zero) }
        }
        var dither = Dither(tile: tile, start: start)
        return values.map { value in
            let random = Double(dither.next())
            if value == blank { return make(.nan) }
            if keepsZeros, value == Self.exactZero { return make(0) }
            return make((Double(value) - random + 0.5) * scale + zero)
        }
    }

    /// The integer that stands for an exact zero under `SUBTRACTIVE_DITHER_2`.
    private static var exactZero: Int32 { -2_147_483_646 }

    /// A number of a tile: from its column, else from the header.
    private func number(_ name: String, _ row: UnsafeRawBufferPointer) -> Double? {
        guard let column = layout.column(name), case .fixed(1) = column.length else { return header[name]?.realValue }
        switch column.type {
        case .float64: return Double(bitPattern: row.bigEndian(at: column.offset))
        case .float32: return Double(Float(bitPattern: row.bigEndian(at: column.offset)))
        case .int32: return Double(row.bigEndian(at: column.offset, as: Int32.self))
        case .int64: return Double(row.bigEndian(at: column.offset, as: Int64.self))
        default: return header[name]?.realValue
        }
    }

    private typealias Convert<Value> = (
        _ tile: Int, _ row: UnsafeRawBufferPointer, _ values: TileValues, _ isQuantized: Bool
    ) -> [Value]?

    /// Unpacks the tiles that a box touches and copies its pixels together.
    private func assemble<Value: Pixel>(
        _ box: PixelBox,
        _ decoder: TileDecoder,
        _ convert: Convert<Value>
    ) throws -> Image<Value> {
        var image = Image<Value>(box: box, filledWith: .zero)
        guard !box.isEmpty else { return image }
        let columns = (box.xMin / tileWidth)...(box.xMax / tileWidth)
        for tileY in (box.yMin / tileHeight)...(box.yMax / tileHeight) {
            let first = tileY * tilesInRow + columns.lowerBound
            let rows = try decoder.read(first * layout.rowSize, columns.count * layout.rowSize)
            try rows.withUnsafeBytes { rows in
                for (position, tileX) in columns.enumerated() {
                    let start = position * layout.rowSize
                    let row = UnsafeRawBufferPointer(rebasing: rows[start..<(start + layout.rowSize)])
                    let x = (tileX * tileWidth)..<min((tileX + 1) * tileWidth, width)
                    let y = (tileY * tileHeight)..<min((tileY + 1) * tileHeight, height)
                    let tile = first + position
                    let unpacked = try decoder.values(tile, count: x.count * y.count, row: row)
                    guard let pixels = convert(tile, row, unpacked.values, unpacked.isQuantized) else {
                        throw header.error("ZBITPIX", "contradicts the tiles")
                    }
                    image.withPixels { Self.copy(pixels, x, y, into: &$0, box) }
                }
            }
        }
        return image
    }

    /// Copies what a tile and a box have in common.
    private static func copy<Value>(
        _ tile: [Value],
        _ x: Range<Int>,
        _ y: Range<Int>,
        into pixels: inout [Value],
        _ box: PixelBox
    ) {
        let columns = x.clamped(to: box.x)
        for row in y.clamped(to: box.y) {
            let source = (row - y.lowerBound) * x.count - x.lowerBound
            let target = (row - box.yMin) * box.width - box.xMin
            pixels.withUnsafeMutableBufferPointer { pixels in
                tile.withUnsafeBufferPointer { tile in
                    for column in columns { pixels[target + column] = tile[source + column] }
                }
            }
        }
    }
}

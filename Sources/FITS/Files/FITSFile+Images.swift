internal import CFITSIO
internal import StewardCore

extension FITSFile {
    /// Reads the pixels of a two-dimensional image, whole or a box of them.
    ///
    /// Only the rows or tiles that the box touches are read. Pixels are converted if the type asked for holds every value
    /// of the type stored; a third axis of length 1 is accepted.
    ///
    /// - Parameters:
    ///   - index: Position of the unit from 0.
    ///   - box: Part to read, in the coordinates given by `origin`; nil for all.
    ///   - origin: Coordinates of the file's first pixel.
    ///   - type: Type of the pixels wanted.
    /// - Returns: The pixels, with the unit of the header's `BUNIT`.
    /// - Throws: `ButlerError` of code `storageClass` if pixels would lose values, `invalidArgument` for a box outside,
    ///   `corruptFile` if there are no such pixels.
    public func image<Value: Pixel>(
        _ index: Int,
        box: PixelBox? = nil,
        origin: PixelOrigin = .zero,
        as type: Value.Type = Value.self
    ) throws -> Image<Value> {
        let unit = try unit(index)
        let whole = try unit.box(origin: origin)
        if let box { try whole.require(box) }
        let part = box ?? whole
        guard let stored = unit.pixelType, Value.pixelType.holds(stored) else {
            throw unit.conversionError(to: Value.pixelType)
        }
        let brightness = unit.header["BUNIT"]?.stringValue
        guard !part.isEmpty else { return Image(box: part, filledWith: .zero, unit: brightness) }
        try move(to: index)
        try requireData(unit)
        if let image: Image<Value> = try tiled(unit, part, origin)?.placed(at: part, unit: brightness) { return image }
        var first = [Int64](repeating: 1, count: unit.axes.count)
        var last = first
        (first[0], first[1]) = (Int64(part.xMin - origin.x + 1), Int64(part.yMin - origin.y + 1))
        (last[0], last[1]) = (first[0] + Int64(part.width) - 1, first[1] + Int64(part.height) - 1)
        let pixels = try pixels(unit, first: first, last: last, count: part.count, as: type)
        return try Image(box: part, pixels: pixels, unit: brightness)
    }

    /// Reads a box of an image in tiles, or nothing where cfitsio has to.
    private func tiled<Value: Pixel>(_ unit: FITSHDU, _ part: PixelBox, _ origin: PixelOrigin) throws -> Image<Value>? {
        guard unit.kind == .compressedImage, let type = unit.pixelType, let tiles = try TiledImage(unit) else {
            return nil
        }
        let box = try PixelBox(
            xMin: part.xMin - origin.x,
            yMin: part.yMin - origin.y,
            width: part.width,
            height: part.height
        )
        let image = try tiles.image(box, type: type) { try self.data(at: $0, count: $1, of: unit.index) }
        return image.converted(to: Value.pixelType)?.typed()
    }

    /// Reads bytes of the current unit's data, in pieces so that an impossible size fails before memory is taken for it.
    func data(at offset: Int, count: Int, of index: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, Self.pieceSize))
        while bytes.count < count {
            let size = min(count - bytes.count, Self.pieceSize)
            let start = offset + bytes.count
            bytes += try [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
                try call("read the data of HDU \(index) of") {
                    cfits_read_bytes($0, Int64(start), Int64(size), buffer.baseAddress)
                }
                filled = size
            }
        }
        return bytes
    }

    private static var pieceSize: Int { 1 << 26 }

    /// Throws unless the file holds the unit's last byte and pixels are not more than they can unpack to.
    private func requireData(_ unit: FITSHDU) throws {
        guard !hasChanged else { return }
        let size = try FITSDataSize.bytes(unit.header)
        guard size > 0, let last = Int(exactly: size - 1) else { throw unit.noPixels }
        _ = try data(at: last, count: 1, of: unit.index)
        let bytes = unit.axes.reduce(unit.pixelType?.size ?? 1, *)
        guard unit.kind == .image || bytes / Self.greatestRatio <= last else {
            throw unit.header.error("ZNAXIS1", "makes an image larger than its tiles can hold")
        }
    }

    /// No algorithm packs pixels tighter: deflate reaches 1,032.
    private static var greatestRatio: Int { 1100 }

    /// Reads a two-dimensional image in the type in which it is stored.
    ///
    /// - Parameters:
    ///   - index: Position of the unit from 0.
    ///   - box: Part to read, in the coordinates given by `origin`; nil for all.
    ///   - origin: Coordinates of the file's first pixel.
    /// - Returns: The pixels.
    /// - Throws: As ``image(_:box:origin:as:)``.
    public func anyImage(_ index: Int, box: PixelBox? = nil, origin: PixelOrigin = .zero) throws -> AnyImage {
        let unit = try unit(index)
        guard let type = unit.pixelType else { throw unit.noPixels }
        switch type {
        case .uint8: return .uint8(try image(index, box: box, origin: origin))
        case .int8: return .int8(try image(index, box: box, origin: origin))
        case .int16: return .int16(try image(index, box: box, origin: origin))
        case .uint16: return .uint16(try image(index, box: box, origin: origin))
        case .int32: return .int32(try image(index, box: box, origin: origin))
        case .uint32: return .uint32(try image(index, box: box, origin: origin))
        case .int64: return .int64(try image(index, box: box, origin: origin))
        case .uint64: return .uint64(try image(index, box: box, origin: origin))
        case .float32: return .float32(try image(index, box: box, origin: origin))
        case .float64: return .float64(try image(index, box: box, origin: origin))
        }
    }

    /// Reads all values of an image with any number of axes.
    ///
    /// - Parameters:
    ///   - index: Position of the unit from 0.
    ///   - type: Type of the values wanted.
    /// - Returns: The lengths of the axes, fastest first, and the values in file order.
    /// - Throws: As ``image(_:box:origin:as:)``.
    public func cube<Value: Pixel>(
        _ index: Int,
        as type: Value.Type = Value.self
    ) throws -> (axes: [Int], values: [Value]) {
        let unit = try unit(index)
        guard let stored = unit.pixelType, Value.pixelType.holds(stored) else {
            throw unit.conversionError(to: Value.pixelType)
        }
        let count = unit.axes.reduce(1, *)
        guard count > 0 else { return (unit.axes, []) }
        try move(to: index)
        try requireData(unit)
        let first = unit.axes.map { _ in Int64(1) }
        return (unit.axes, try pixels(unit, first: first, last: unit.axes.map(Int64.init), count: count, as: type))
    }

    private func pixels<Value: Pixel>(
        _ unit: FITSHDU,
        first: [Int64],
        last: [Int64],
        count: Int,
        as type: Value.Type
    ) throws -> [Value] {
        let marksNulls = unit.isQuantized || unit.header.contains("BLANK") || unit.header.contains("ZBLANK")
        return try [Value](unsafeUninitializedCapacity: count) { buffer, filled in
            try call("read pixels of HDU \(unit.index) of") { handle in
                cfits_read_box(
                    handle,
                    Value.pixelType.code,
                    Int32(first.count),
                    first,
                    last,
                    marksNulls ? 1 : 0,
                    buffer.baseAddress
                )
            }
            filled = count
        }
    }
}

extension FITSHDU {
    /// The box that a two-dimensional image fills.
    ///
    /// - Parameter origin: Coordinates of the file's first pixel.
    /// - Returns: The box in those coordinates.
    /// - Throws: `ButlerError` of code `corruptFile` if the unit holds no two-dimensional image.
    public func box(origin: PixelOrigin = .zero) throws -> PixelBox {
        guard axes.count >= 2, axes.dropFirst(2).allSatisfy({ $0 == 1 }), pixelType != nil else { throw noPixels }
        return try PixelBox(xMin: origin.x, yMin: origin.y, width: axes[0], height: axes[1])
    }

    var noPixels: ButlerError {
        let error = ButlerError(.corruptFile, "HDU \(index) holds no two-dimensional image.")
        return header.source.map { error.adding("file", $0) } ?? error
    }

    func conversionError(to type: PixelType) -> ButlerError {
        guard let pixelType else { return noPixels }
        let error = ButlerError(
            .storageClass,
            "Pixels of type \(pixelType.rawValue) cannot be read as \(type.rawValue) without loss.",
            remedy: "Read them as \(pixelType.rawValue), or as a floating-point type."
        )
        return header.source.map { error.adding("file", $0) } ?? error
    }
}

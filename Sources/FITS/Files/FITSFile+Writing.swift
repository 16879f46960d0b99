internal import CFITSIO
internal import StewardCore

extension FITSFile {
    /// Appends an image.
    ///
    /// In an empty file a plain image becomes the primary unit; a compressed one gets an empty primary unit before it.
    ///
    /// - Parameters:
    ///   - image: The pixels; the box decides the size only.
    ///   - header: Further cards; those that the layout decides are left out.
    ///   - compression: Compression in tiles of one row, or nil for plain pixels.
    ///   - excluded: For ``FITSCompression/Step/maskedDeviation(level:planes:)``: pixels to leave out of the statistics,
    ///     as many as the image has.
    /// - Throws: `ButlerError` of code `invalidArgument` for infinite values that would be quantised, `fileAccess` if
    ///   writing fails.
    public func append<Value: Pixel>(
        _ image: Image<Value>,
        header: FITSHeader = FITSHeader(),
        compression: FITSCompression? = nil,
        excluding excluded: [Bool]? = nil
    ) throws {
        let coding = try compression.map { try TileCoding($0, image: image, excluding: excluded) }
        try set(coding, width: image.box.width)
        defer { try? set(nil, width: 0) }
        let lengths = [Int64(image.box.width), Int64(image.box.height)]
        try create(Value.pixelType, axes: lengths, header: header)
        guard !image.box.isEmpty else { return }
        let isQuantized = coding?.isQuantized == true
        let pixels = isQuantized ? image.pixels.map(\.markingUndefined) : image.pixels
        try call("write pixels to") { handle in
            pixels.withUnsafeBytes {
                cfits_write_pixels(
                    handle,
                    Value.pixelType.code,
                    Int64(pixels.count),
                    $0.baseAddress,
                    isQuantized ? 1 : 0
                )
            }
        }
    }

    /// Appends a unit that has a header and no data.
    ///
    /// - Parameter header: Its cards without those that the layout decides.
    /// - Throws: `ButlerError` of code `fileAccess` if writing fails.
    public func appendHeader(_ header: FITSHeader) throws {
        try set(nil, width: 0)
        try create(.uint8, axes: [], header: header)
    }

    /// Copies a unit of another file, header and data unchanged, to the end of this one.
    ///
    /// - Parameters:
    ///   - index: Position of the unit in the other file.
    ///   - other: Where to copy from.
    /// - Throws: `ButlerError` of code `corruptFile` or `fileAccess`.
    public func appendUnit(_ index: Int, of other: FITSFile) throws {
        try other.move(to: index)
        try other.call("copy HDU \(index) of") { source in
            var status: Int32 = 0
            do {
                try call("write to") { target in
                    status = cfits_copy(source, target)
                    return 0
                }
            } catch {
                return 112
            }
            return status
        }
        forgetUnits()
    }

    /// Replaces or adds cards of a unit.
    ///
    /// - Parameters:
    ///   - cards: The cards; each replaces the first one of its keyword.
    ///   - index: Position of the unit.
    /// - Throws: `ButlerError` of code `fileAccess` if writing fails.
    public func update(_ cards: [FITSCard], of index: Int) throws {
        try move(to: index)
        for card in cards {
            let images = card.images
            if images.count == 1, let image = images.first, !card.isCommentary {
                try call("change the header of") { cfits_update_card($0, card.keyword, image) }
            } else {
                for image in images {
                    try call("change the header of") { cfits_write_card($0, image) }
                }
            }
        }
        forgetUnits()
    }

    /// Writes the keywords `CHECKSUM` and `DATASUM` of a unit.
    ///
    /// - Parameter index: Position of the unit.
    /// - Throws: `ButlerError` of code `fileAccess` if writing fails.
    public func writeChecksum(of index: Int) throws {
        try move(to: index)
        try call("write the checksum of") { cfits_write_checksum($0) }
        forgetUnits()
    }

    /// Adds the cards of a header to the unit written last.
    func write(_ header: FITSHeader) throws {
        for card in header.cards where !card.isStructural {
            for image in card.images {
                try call("write the header of") { cfits_write_card($0, image) }
            }
        }
        forgetUnits()
    }

    private func create(_ type: PixelType, axes: [Int64], header: FITSHeader) throws {
        try call("add an image to") { cfits_create_image($0, type.code, Int32(axes.count), axes) }
        try write(header)
    }

    private func set(_ coding: TileCoding?, width: Int) throws {
        guard let coding, width > 0 else {
            return try call("write to") { cfits_set_no_compression($0) }
        }
        try call("write to") {
            cfits_set_compression($0, coding.algorithm, Int64(width), 1, coding.step, coding.dither, coding.seed)
        }
    }
}

extension Pixel {
    /// The pixel, with NaN replaced by the number that cfitsio takes for undefined.
    fileprivate var markingUndefined: Self {
        guard doubleValue.isNaN else { return self }
        return cfits_undefined() as? Self ?? Double(cfits_undefined()) as? Self ?? self
    }
}

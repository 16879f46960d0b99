internal import StewardCore

extension FITSFile {
    /// Writes an image alone, into an empty file, in the layout of `lsst.afw`.
    ///
    /// - Parameters:
    ///   - image: The pixels.
    ///   - metadata: Further cards, as in a decorated image.
    ///   - wcs: FITS description of the sky, or nil.
    ///   - recipe: How to compress; the image's part counts.
    /// - Throws: `ButlerError` of code `fileAccess` or `invalidArgument`.
    public func write(
        _ image: AnyImage,
        metadata: FITSHeader = FITSHeader(),
        wcs: WCS? = nil,
        recipe: FITSWriteRecipe = .lossless
    ) throws {
        var header = metadata.strippedOfFileCards.strippedOfImageCards
        try header.addPlane(box: image.box, unit: image.unit, wcs: wcs, type: nil)
        try append(image, header: header, compression: recipe.image)
    }

    /// Writes a mask alone, into an empty file, in the layout of `lsst.afw`.
    ///
    /// - Parameters:
    ///   - mask: A mask with planes of bits 0 to 31.
    ///   - metadata: Further cards.
    ///   - recipe: How to compress; the mask's part counts.
    /// - Throws: `ButlerError` of code `fileAccess`, or `invalidArgument` for a mask of more than 32 planes.
    public func write(_ mask: Mask, metadata: FITSHeader = FITSHeader(), recipe: FITSWriteRecipe = .lossless) throws {
        var header = metadata.strippedOfFileCards.strippedOfImageCards
        try header.addPlane(box: mask.box, unit: nil, wcs: nil, type: nil)
        try append(mask, header: header, compression: recipe.mask)
    }

    /// Writes a masked image, into an empty file, in the layout of `lsst.afw`.
    ///
    /// - Parameters:
    ///   - image: The planes.
    ///   - metadata: Cards of the primary header.
    ///   - wcs: FITS description of the sky, or nil.
    ///   - recipe: How to compress.
    /// - Throws: `ButlerError` of code `fileAccess` or `invalidArgument`.
    public func write(
        _ image: MaskedImage,
        metadata: FITSHeader = FITSHeader(),
        wcs: WCS? = nil,
        recipe: FITSWriteRecipe = .lossless
    ) throws {
        try appendHeader(metadata.strippedOfFileCards.strippedOfImageCards)
        try appendPlanes(image, wcs: wcs, recipe: recipe)
    }

    /// Writes an exposure, into an empty file, in the layout of `lsst.afw`, version 2.
    ///
    /// - Parameters:
    ///   - exposure: The exposure.
    ///   - recipe: How to compress.
    /// - Throws: `ButlerError` of code `formatter` for parts that cannot be written: detectors, inputs of coadds, opaque
    ///   point spread functions; of code `fileAccess` or `invalidArgument` otherwise.
    public func write(_ exposure: Exposure, recipe: FITSWriteRecipe = .lossless) throws {
        guard exposure.detector == nil, exposure.coaddInputs == nil else {
            throw ButlerError(
                .formatter,
                "An exposure with a \(exposure.detector == nil ? "list of inputs" : "detector") cannot be written.",
                remedy: "Copy the file as it is, or take that component out."
            )
        }
        var archive = ArchiveWriter()
        let ids = try archive.add(exposure)
        try appendHeader(primaryHeader(exposure, ids: ids))
        try appendPlanes(exposure.maskedImage, wcs: exposure.wcs?.wcs, recipe: recipe)
        try archive.write(to: self)
    }

    private func primaryHeader(_ exposure: Exposure, ids: [(String, Int)]) -> FITSHeader {
        var header = exposure.metadata.strippedOfFileCards.strippedOfImageCards
        header.removeAll { VisitInfo.keywords.contains($0.keyword) }
        header["EXPINFO_V"] = 2
        header.set("AR_HDU", 5, comment: "HDU (1-indexed) of the archive")
        for (key, id) in ids {
            header[key + "_ID"] = .integer(Int64(id))
            header["ARCHIVE_ID_" + key] = .integer(Int64(id))
        }
        for card in exposure.visitInfo?.cards ?? [] { header.append(card) }
        if let id = exposure.id { header["EXPID"] = .integer(id) }
        return header
    }

    private func appendPlanes(_ image: MaskedImage, wcs: WCS?, recipe: FITSWriteRecipe) throws {
        let unit = image.image.unit
        var header = FITSHeader()
        try header.addPlane(box: image.box, unit: unit, wcs: wcs, type: "IMAGE")
        try append(image.image, header: header, compression: recipe.image, mask: image.mask)
        header = FITSHeader()
        try header.addPlane(box: image.box, unit: nil, wcs: wcs, type: "MASK")
        if unit != nil { header["BUNIT"] = .undefined }
        try append(image.mask, header: header, compression: recipe.mask)
        header = FITSHeader()
        try header.addPlane(box: image.box, unit: unit.map { $0 + "**2" }, wcs: wcs, type: "VARIANCE")
        try append(.float32(image.variance), header: header, compression: recipe.variance, mask: image.mask)
    }

    private func append(_ mask: Mask, header: FITSHeader, compression: FITSCompression?) throws {
        guard mask.words.count == 1, let words = mask.words.first else {
            throw ButlerError(
                .invalidArgument,
                "A mask of more than 32 planes cannot be written as an `lsst.afw` mask."
            )
        }
        var header = header
        for card in mask.planes.cards { header.append(card) }
        let image = try Image(box: mask.box, pixels: words.map { Int32(bitPattern: $0) })
        try append(image, header: header, compression: compression)
    }

    func append(_ image: AnyImage, header: FITSHeader, compression: FITSCompression?, mask: Mask? = nil) throws {
        var excluded: [Bool]?
        if case .maskedDeviation(_, let planes)? = compression?.quantization?.step {
            excluded = mask?.pixels(inAny: planes)
        }
        switch image {
        case .uint8(let image): try append(image, header: header, compression: compression)
        case .int8(let image): try append(image, header: header)
        case .int16(let image): try append(image, header: header, compression: compression)
        case .uint16(let image): try append(image, header: header, compression: compression)
        case .int32(let image): try append(image, header: header, compression: compression)
        case .uint32(let image): try append(image, header: header, compression: compression)
        // cfitsio does not compress 64-bit integers.
        case .int64(let image): try append(image, header: header)
        case .uint64(let image): try append(image, header: header)
        case .float32(let image): try append(image, header: header, compression: compression, excluding: excluded)
        case .float64(let image): try append(image, header: header, compression: compression, excluding: excluded)
        }
    }
}

extension FITSHeader {
    /// Adds the cards of a plane: sky, origin, unit and the type of the plane.
    fileprivate mutating func addPlane(box: PixelBox, unit: String?, wcs: WCS?, type: String?) throws {
        if let wcs {
            for card in try wcs.moved(to: box.origin).descriptionCards { append(card) }
        }
        if type != nil {
            for card in Self.displayCards(box.origin) { append(card) }
        }
        if let unit { self["BUNIT"] = .string(unit) }
        if let type {
            self["INHERIT"] = true
            self["EXTTYPE"] = .string(type)
            self["EXTNAME"] = .string(type)
        }
        for card in Self.originCards(box.origin) { append(card) }
    }
}

extension ArchiveWriter {
    /// Adds the components of an exposure.
    ///
    /// - Parameter exposure: The exposure.
    /// - Returns: The key and identifier of each component.
    /// - Throws: `ButlerError` of code `formatter` for components that cannot be written.
    fileprivate mutating func add(_ exposure: Exposure) throws -> [(String, Int)] {
        var ids: [(String, Int)] = []
        if let wcs = exposure.wcs, let id = add(wcs) { ids.append(("SKYWCS", id)) }
        if let psf = exposure.psf { ids.append(("PSF", try add(psf))) }
        if let calibration = exposure.photoCalib { ids.append(("PHOTOCALIB", try add(calibration))) }
        if let polygon = exposure.validPolygon { ids.append(("VALID_POLYGON", add(polygon: polygon))) }
        if let corrections = exposure.apCorrMap { ids.append(("AP_CORR_MAP", try add(corrections))) }
        if let curve = exposure.transmissionCurve { ids.append(("TRANSMISSION_CURVE", add(curve))) }
        if let filter = exposure.filter { ids.append(("FILTER", add(filter))) }
        if let summary = exposure.summaryStats { ids.append(("SUMMARY_STATS", add(summary: summary))) }
        return ids
    }
}

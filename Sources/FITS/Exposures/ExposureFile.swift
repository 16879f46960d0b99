internal import StewardCore

/// An exposure or masked image in the layout of `lsst.afw`, read part by part.
///
/// The planes are the units 1, 2 and 3; what else belongs to the exposure is in the primary header and in the archive.
/// Each part touches only the units that hold it. Like the file it reads, a value is for one user at a time.
public struct ExposureFile {
    /// The open file.
    public let file: FITSFile
    /// The primary header as it is in the file.
    public let primary: FITSHeader
    /// Version of the layout (`EXPINFO_V`); 0 for old files and masked images.
    public let version: Int

    /// Opens a file for reading.
    ///
    /// - Parameter path: Path of a local file.
    /// - Throws: `ButlerError` of code `fileNotFound`, `fileAccess` or `corruptFile`.
    public init(reading path: String) throws {
        try self.init(FITSFile(reading: path))
    }

    /// Reads from an open file.
    ///
    /// - Parameter file: The file.
    /// - Throws: `ButlerError` of code `corruptFile` if unit 1 holds no image, `formatter` for a version that is not known.
    public init(_ file: FITSFile) throws {
        self.file = file
        primary = try file.unit(0).header
        version = Int(clamping: try primary.integerIfPresent("EXPINFO_V") ?? 0)
        guard version <= 2 else {
            throw ButlerError(
                .formatter,
                "The exposure has layout version \(version), newer than 2.",
                remedy: "Update Steward."
            ).adding("file", file.name)
        }
        _ = try file.unit(1).box()
    }

    // MARK: Geometry and headers

    /// Where the pixels are, in parent coordinates.
    public var box: PixelBox {
        get throws {
            let unit = try file.unit(1)
            return try unit.box(origin: unit.header.pixelOrigin)
        }
    }

    /// The header that users see: without the cards of the layout, of components and of visit information.
    ///
    /// - Returns: The cards of the primary header, or for old files those of the image's unit.
    /// - Throws: `ButlerError` of code `corruptFile` or `header`.
    public func metadata() throws -> FITSHeader {
        let image = try file.unit(1).header
        let header = image.contains("INHERIT") ? primary : image.uncompressed
        var cards = header.strippedOfFileCards.strippedOfImageCards
        let hidden = Self.hiddenKeywords
        cards.removeAll { card in
            hidden.contains(card.keyword) || VisitInfo.keywords.contains(card.keyword)
                || card.keyword.hasPrefix("ARCHIVE_ID_") || isComponentKey(card)
        }
        return cards
    }

    /// What is known about the visit; from the primary header.
    public func visitInfo() throws -> VisitInfo {
        try VisitInfo(primary)
    }

    /// The exposure's identifier (`EXPID`), or nil.
    public func id() throws -> Int64? {
        try primary.integerIfPresent("EXPID")
    }

    private static let hiddenKeywords: Set<String> = [
        "EXPINFO_V", "AR_HDU", "EXPID", "MJD-OBS", "DATE-OBS", "DETNAME", "DETSER", "FLUXMAG0", "FLUXMAG0ERR",
        "INHERIT",
        "EXTNAME", "EXTTYPE",
    ]

    private func isComponentKey(_ card: FITSCard) -> Bool {
        card.keyword.hasSuffix("_ID") && primary.contains("ARCHIVE_ID_" + card.keyword.dropLast(3))
    }

    // MARK: Planes

    /// The image plane, whole or a box of it in parent coordinates.
    public func image(_ part: PixelBox? = nil) throws -> AnyImage {
        try checkPlane(1, "IMAGE")
        return try file.anyImage(1, box: part, origin: file.unit(1).header.pixelOrigin)
    }

    /// The mask plane, whole or a box of it; nil if the file has none.
    public func mask(_ part: PixelBox? = nil) throws -> Mask? {
        guard try hasPlane(2, "MASK") else { return nil }
        return try file.mask(2, box: part)
    }

    /// The variance plane, whole or a box of it; nil if the file has none.
    public func variance(_ part: PixelBox? = nil) throws -> Image<Float>? {
        guard try hasPlane(3, "VARIANCE") else { return nil }
        return try file.image(3, box: part, origin: file.unit(3).header.pixelOrigin)
    }

    /// The three planes; those that the file lacks are zeros and named in the result.
    public func maskedImage(_ part: PixelBox? = nil) throws -> MaskedImage {
        let image = try image(part)
        let mask = try mask(part)
        let variance = try variance(part)
        return try MaskedImage(
            image: image,
            mask: mask ?? Mask(box: image.box, planes: .standard),
            variance: variance ?? Image(box: image.box, filledWith: 0),
            missingPlanes: [mask == nil ? "mask" : nil, variance == nil ? "variance" : nil].compactMap { $0 }
        )
    }

    private func checkPlane(_ index: Int, _ type: String) throws {
        let header = try file.unit(index).header
        guard let found = try header.stringIfPresent("EXTTYPE"), found != type else { return }
        throw header.error("EXTTYPE", "has the value \"\(found)\" where the plane \(type) should be")
    }

    private func hasPlane(_ index: Int, _ type: String) throws -> Bool {
        guard try file.count > index else { return false }
        let unit = try file.unit(index)
        if let found = try unit.header.stringIfPresent("EXTTYPE"), found != type { return false }
        return unit.hasPixels
    }
}

extension FITSFile {
    /// The unit of a file that holds one image: the primary one, or the first after it if that has no pixels.
    public func onlyImageIndex() throws -> Int {
        try unit(0).hasPixels ? 0 : 1
    }

    /// Reads a mask in the layout of `lsst.afw`.
    ///
    /// - Parameters:
    ///   - index: Position of the unit from 0.
    ///   - part: Part to read in parent coordinates; nil for all.
    /// - Returns: The mask with the planes of its `MP_` cards.
    /// - Throws: `ButlerError` of code `header` for contradictory planes, else as ``image(_:box:origin:as:)``.
    public func mask(_ index: Int, box part: PixelBox? = nil) throws -> Mask {
        let header = try unit(index).header
        let image: Image<Int32> = try image(index, box: part, origin: header.pixelOrigin)
        return try Mask(
            box: image.box,
            planes: MaskPlanes(header),
            words: [image.pixels.map { UInt32(bitPattern: $0) }]
        )
    }
}

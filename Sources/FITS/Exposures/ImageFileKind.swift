/// The layouts of image files that are told apart by their headers.
public enum ImageFileKind: String, Sendable, Hashable {
    /// A tree of `lsst.images`.
    case tree
    /// An exposure of `lsst.afw`.
    case exposure
    /// Image, mask and variance of `lsst.afw`.
    case maskedImage
    /// A single object of an `lsst.afw` archive.
    case archive
    /// A catalog of `lsst.afw`.
    case catalog
    /// A mask of `lsst.afw`.
    case mask
    /// One image.
    case image
    /// Anything else, raws among them.
    case other

    /// Recognises a file by its headers; the formatter that a repository names takes precedence over this.
    ///
    /// - Parameter units: Headers of all units, or at least of the first four.
    public init(_ units: [FITSHDUHeader]) {
        let headers = units.map(\.header)
        self = Self.kind(headers)
    }

    private static func kind(_ headers: [FITSHeader]) -> ImageFileKind {
        guard let primary = headers.first else { return .other }
        let types = headers.dropFirst().prefix(3).map { $0["EXTTYPE"]?.stringValue }
        let second = headers.count > 1 ? headers[1] : FITSHeader()
        let hasPlanes = headers.count > 3 && headers[1...3].allSatisfy(\.holdsImage)
        if primary.contains("DATAMODL"), primary.contains("FMTVER") { return .tree }
        if primary.contains("EXPINFO_V") || (primary.contains("AR_HDU") && hasPlanes) { return .exposure }
        if types == ["IMAGE", "MASK", "VARIANCE"] { return .maskedImage }
        if types.first == "ARCHIVE_INDEX" { return .archive }
        if second.contains("AFW_TABLE_VERSION") || second.contains("AFW_TYPE") { return .catalog }
        let images = headers.filter(\.holdsImage)
        guard images.count == 1, let image = images.first else { return .other }
        return image.cards.contains { $0.keyword.hasPrefix("MP_") } ? .mask : .image
    }
}

extension FITSHeader {
    /// Whether the unit has pixels, plain or in tiles.
    fileprivate var holdsImage: Bool {
        if self["ZIMAGE"] == .logical(true) { return true }
        guard self["XTENSION"]?.stringValue ?? "IMAGE" == "IMAGE" else { return false }
        return self["NAXIS"]?.integerValue ?? 0 >= 2
    }
}

internal import FITS
internal import StewardCore

/// One image of a FITS file that is no exposure of `lsst.afw`: a raw, or an image alone.
struct PlainImageFile {
    let file: FITSFile
    /// The unit of the image.
    let unit: FITSHDU
    /// Keywords of further units whose cards overwrite those of the primary header.
    private let overlays: [FITSHDU]

    /// Which of several images is meant.
    struct Choice {
        /// Number of the detector (`CCDNUM`).
        var detector: Int64?
        /// Name of the amplifier, whose unit is `Segment` with its number.
        var amplifier: String?
        /// Whether the unit's position is the detector's number.
        var isByPosition = false
        /// Unit whose header describes the whole file beside the primary one.
        var overlay: Overlay = .none
        /// Whether pixels are wanted, and not only what the headers tell.
        var readsPixels = true

        enum Overlay {
            case none
            case name(String)
            case position(Int)
        }
    }

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: Its path.
    ///   - choice: Which image is meant, where there are several.
    /// - Throws: ``ButlerError`` with `.corruptFile` if there is no image, or not that of the detector; `.formatter` for
    ///   the amplifiers of one detector, which only a camera's description can put together.
    init(_ path: String, _ choice: Choice = Choice()) throws {
        file = try FITSFile(reading: path)
        let units = try file.allUnits()
        unit = try PlainImageFile.choose(units.filter { $0.hasPixels && $0.axes.count >= 2 }, choice, file.name)
        switch choice.overlay {
        case .none: overlays = []
        case .name(let name): overlays = units.filter { $0.name == name }
        case .position(let index): overlays = units.filter { $0.index == index }
        }
    }

    private static func choose(_ images: [FITSHDU], _ choice: Choice, _ name: String) throws -> FITSHDU {
        guard let first = images.first else {
            throw ButlerError(.corruptFile, "\"\(name)\" holds no image.").adding("file", name)
        }
        if let amplifier = choice.amplifier {
            let wanted = "Segment" + amplifier.drop { !$0.isNumber }
            if let own = images.first(where: { $0.name == wanted || $0.name == amplifier }) { return own }
            throw ButlerError(
                .invalidArgument,
                "\"\(name)\" has no amplifier \"\(amplifier)\".",
                candidates: Candidates.nearest(to: wanted, in: images.compactMap(\.name))
            ).adding("file", name)
        }
        let segments = images.count { $0.name?.hasPrefix("Segment") == true }
        guard segments < 2 || !choice.readsPixels else {
            throw ButlerError(
                .formatter,
                "\"\(name)\" has \(segments) amplifiers, which are not put together.",
                remedy: "Read one of them with the parameter amp, for instance C10."
            ).adding("file", name)
        }
        guard let detector = choice.detector else { return first }
        if choice.isByPosition, let own = images.first(where: { $0.index == Int(clamping: detector) }) { return own }
        let numbered = images.filter { $0.header.contains("CCDNUM") }
        guard !numbered.isEmpty else { return first }
        if let own = numbered.first(where: { $0.header["CCDNUM"]?.integerValue == detector }) { return own }
        throw ButlerError(.corruptFile, "\"\(name)\" holds no image of detector \(detector).").adding("file", name)
    }

    /// Parent coordinates of the first pixel.
    var origin: PixelOrigin { unit.header.pixelOrigin }

    /// The box of all pixels.
    var box: FITS.PixelBox { get throws { try unit.box(origin: origin) } }

    /// The primary header, overwritten by those that describe the file and by that of the image.
    func metadata() throws -> FITSHeader {
        var header = try file.unit(0).header
        for other in overlays where other.index != 0 { header.merge(other.header.withoutStructure) }
        guard unit.index > 0 else { return header }
        header.merge(unit.header.uncompressed)
        return header
    }

    /// The pixels, whole or a box of them.
    func image(_ part: FITS.PixelBox?) throws -> AnyImage {
        try file.anyImage(unit.index, box: part, origin: origin)
    }

    /// The headers of the first units of a file tell the layout.
    static func kind(_ path: String) throws -> ImageFileKind {
        ImageFileKind(try FITSHeaderReader.read(path, first: 4))
    }
}

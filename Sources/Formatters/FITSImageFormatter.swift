internal import ButlerConfig
public import Datasets
public import Datastores
internal import Dimensions
internal import FITS
internal import StewardCore

/// FITS images: plain ones, masks, masked images, exposures with their archive, and raw files as delivered.
///
/// What is read follows from the storage class and the file's layout (image files design document); a component is
/// read without the others, and `bbox` without the rest of the pixels.
public struct FITSImageFormatter: FileFormatter {
    /// Class names of the reference, with those of raw files.
    public static let referenceNames =
        ["FitsExposureFormatter", "FitsImageFormatter", "FitsMaskFormatter", "FitsMaskedImageFormatter"]
        .flatMap { ["lsst.obs.base.formatters.fitsExposure.\($0)"] }
        + [
            "lsst.obs.base.fitsExposureFormatter.FitsExposureFormatter",
            "lsst.daf.butler.formatters.fitsExposureFormatter.FitsExposureFormatter",
            "lsst.obs.base.formatters.fitsMaskedImage.FitsMaskedImageFormatter",
            "lsst.obs.subaru.rawFormatter.HyperSuprimeCamRawFormatter",
            "lsst.obs.subaru.rawFormatter.HyperSuprimeCamCornerRawFormatter",
            "lsst.obs.decam.rawFormatter.DarkEnergyCameraRawFormatter",
            "lsst.obs.decam.rawFormatter.DarkEnergyCameraCPCalibFormatter",
        ]
        + [
            "LsstCam", "Latiss", "LsstCamImSim", "LsstCamPhoSim", "LsstCamSim", "LsstTS8", "LsstTS3", "LsstComCam",
            "LsstComCamSim", "LsstUCDCam",
        ].map { "lsst.obs.lsst.rawFormatter.\($0)RawFormatter" }

    private let recipe: FITSWriteRecipe

    /// Creates a formatter; the write parameter `recipe` may be `lossless`, `default`, `lossy16` or `noCompression`.
    public init(_ options: FormatterOptions) throws {
        switch options.parameters["recipe"]?.string {
        case "lossy16": recipe = .lossy16(seed: 1)
        case "noCompression": recipe = .noCompression
        default: recipe = .lossless
        }
    }

    /// `.fits`.
    public var fileExtension: String { ".fits" }

    /// The suffixes that FITS files have.
    public var supportedExtensions: Set<String> { [".fits", ".fits.gz", ".fits.fz", ".fz", ".fit"] }

    /// The types that can be written.
    public var writtenTypes: String { "Image, AnyImage, Mask, MaskedImage and Exposure" }

    /// Whether an object has one of these types.
    public func canWrite(_ object: any Sendable) -> Bool {
        object is any FITSWritable
    }

    /// All components of the storage class: each is read by itself.
    public func readableComponents(of storageClass: StorageClass) -> Set<String> {
        Set(storageClass.componentNames)
    }

    /// `bbox` and `origin`, where the storage class knows them.
    public func readableParameters(of storageClass: StorageClass) -> Set<String> {
        storageClass.parameters.intersection(["bbox", "origin"])
    }

    /// Reads the image or a component of it.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - request: What is wanted of it.
    /// - Returns: `AnyImage`, `Mask`, `MaskedImage`, `Exposure`, or the value of a component.
    /// - Throws: ``ButlerError`` with `.corruptFile`, `.header`, `.unknownComponent`, `.invalidArgument`.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        let box = try request.pixelBox
        return try source.withFile { path in
            if let component = request.component { return try self.component(component, path, request, box) }
            let name = request.storageClass.name
            if name.hasPrefix("MaskedImage") { return try ExposureFile(reading: path).maskedImage(box) }
            let isExposure = name.hasPrefix("Exposure")
            if isExposure, let exposure = try? ExposureFile(reading: path) { return try exposure.exposure(box) }
            let file = try FITSFile(reading: path)
            let unit = try imageUnit(file, request)
            return try file.anyImage(unit.index, box: box, origin: unit.header.pixelOrigin)
        }
    }

    private func component(
        _ name: String,
        _ path: String,
        _ request: ReadRequest,
        _ box: FITS.PixelBox?
    ) throws -> any Sendable {
        let component = try ExposureComponent(named: name)
        if let exposure = try? ExposureFile(reading: path) {
            if let value = try exposure.component(component, box: box) { return value.object }
            throw missing(name, path)
        }
        if component == .metadata {
            let headers = try FITSHeaderReader.read(path).map(\.header)
            guard var merged = headers.first else { throw missing(name, path) }
            if headers.count > 1, let chosen = headers.first(where: { Self.isDetector($0, request) }) {
                merged.merge(chosen)
            }
            return merged
        }
        let file = try FITSFile(reading: path)
        let unit = try imageUnit(file, request)
        let origin = unit.header.pixelOrigin
        switch component {
        case .image: return try file.anyImage(unit.index, box: box, origin: origin)
        case .wcs: return try WCS(unit.header, origin: origin)
        case .bbox: return try unit.box(origin: origin)
        case .dimensions: return try unit.box(origin: origin)
        case .xy0: return origin
        default: throw missing(name, path)
        }
    }

    /// The unit of the request's detector, else the first with an image.
    private func imageUnit(_ file: FITSFile, _ request: ReadRequest) throws -> FITSHDU {
        let units = try file.allUnits().filter { $0.axes.count == 2 && $0.hasPixels }
        if let own = units.first(where: { Self.isDetector($0.header, request) }) ?? units.first { return own }
        throw ButlerError(.corruptFile, "\(file.name) holds no image.")
    }

    private static func isDetector(_ header: FITSHeader, _ request: ReadRequest) -> Bool {
        guard let detector = request.dataID?["detector"]?.int else { return false }
        return header["CCDNUM"]?.integerValue == detector
    }

    private func missing(_ component: String, _ path: String) -> ButlerError {
        ButlerError(.unknownComponent, "\(path) holds no \"\(component)\".")
    }

    /// Writes an image in the layout that the reference reads.
    ///
    /// - Parameters:
    ///   - object: An image, mask, masked image or exposure.
    ///   - path: Where to write.
    /// - Throws: ``ButlerError`` with `.formatter` for other objects, `.fileAccess`, `.diskFull`.
    public func write(_ object: any Sendable, to path: String) throws {
        guard let image = object as? any FITSWritable else { throw unwritable(object) }
        let file = try FITSFile(creating: path)
        try image.write(to: file, recipe)
        try file.close()
    }
}

/// What the image formatter writes.
private protocol FITSWritable {
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws
}

extension AnyImage: FITSWritable {
    fileprivate func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension Image: FITSWritable {
    fileprivate func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws {
        try file.write(try any, recipe: recipe)
    }
}

extension Image {
    /// The image with its pixel type as a value.
    private var any: AnyImage {
        get throws {
            switch self {
            case let image as Image<Float>: return .float32(image)
            case let image as Image<Double>: return .float64(image)
            case let image as Image<UInt16>: return .uint16(image)
            case let image as Image<Int16>: return .int16(image)
            case let image as Image<Int32>: return .int32(image)
            case let image as Image<UInt8>: return .uint8(image)
            default:
                throw ButlerError(.formatter, "An image of \(Value.self) pixels cannot be written.")
            }
        }
    }
}

extension Mask: FITSWritable {
    fileprivate func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension MaskedImage: FITSWritable {
    fileprivate func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension Exposure: FITSWritable {
    fileprivate func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension ReadRequest {
    /// The part of the image that is wanted.
    fileprivate var pixelBox: FITS.PixelBox? {
        get throws {
            guard case .box(let box)? = parameters["bbox"] else { return nil }
            return try FITS.PixelBox(xMin: box.x, yMin: box.y, width: box.width, height: box.height)
        }
    }
}

extension ExposureComponentValue {
    /// The value by itself.
    fileprivate var object: any Sendable {
        switch self {
        case .image(let value): value
        case .mask(let value): value
        case .wcs(let value): value
        case .psf(let value): value
        case .photoCalib(let value): value
        case .visitInfo(let value): value
        case .apCorrMap(let value): value
        case .coaddInputs(let value): value
        case .transmissionCurve(let value): value
        case .metadata(let value): value
        case .filter(let value): value
        case .detector(let value): value
        case .validPolygon(let value): value
        case .summaryStats(let value): value
        case .id(let value): value
        case .bbox(let value): value
        case .dimensions(let width, let height): [width, height]
        case .xy0(let value): value
        }
    }
}

internal import ButlerConfig
public import Datasets
public import Datastores
internal import Dimensions
internal import FITS
internal import StewardCore

/// FITS files with an exposure, as ``Exposure``; each component is read without the others.
///
/// A file without the layout of an exposure, such as a decorated image or the raw of a simple camera, is read as
/// ``DecoratedImage``. The filter of the data ID wins over that of the file, as in the reference.
public struct FITSExposureFormatter: FileFormatter {
    /// The reference's class, with its former names.
    public static let referenceNames = [
        "lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter",
        "lsst.obs.base.fitsExposureFormatter.FitsExposureFormatter",
        "lsst.daf.butler.formatters.fitsExposureFormatter.FitsExposureFormatter",
    ]

    /// `.fits`.
    public let fileExtension = FITSSuffix.written
    /// The suffixes that FITS files have.
    public let supportedExtensions = FITSSuffix.all
    /// Types that can be written.
    public let writtenTypes = "Exposure, MaskedImage, DecoratedImage, AnyImage and Image"
    private let recipe: FITSWriteRecipe

    /// Creates the formatter; the write parameter `recipe` names one of the configuration or of those shipped.
    public init(_ options: FormatterOptions) throws {
        recipe = try FITSWriteRecipe(options)
    }

    /// Whether an object has one of the types that are written.
    public func canWrite(_ object: any Sendable) -> Bool { object is any FITSWritable && !(object is Mask) }

    /// All components of the storage class; each is read by itself.
    public func readableComponents(of storageClass: StorageClass) -> Set<String> { Set(storageClass.componentNames) }

    /// For the filter, which files of cameras do not name in our way.
    public func needsFullDataID(for component: String?) -> Bool { component == "filter" }

    /// `bbox` and `origin`.
    public func readableParameters(of storageClass: StorageClass) -> Set<String> {
        storageClass.parameters.intersection(ReadRequest.boxParameters)
    }

    /// The exposure, all of it with a box of the pixels, or one component.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        let read = { (path: String) -> any Sendable in
            switch try PlainImageFile.kind(path) {
            case .exposure, .maskedImage:
                let reading = try ExposureReading(path, request)
                guard let component = request.component else { return try reading.exposure() }
                return try reading.component(component)
            default:
                let detector = request.dataID?["detector"]?.int
                return try PlainImageFile(path, .init(detector: detector)).read(request)
            }
        }
        return try request.needsNoPixels ? source.withHeaders(tables: true, read) : source.withFile(read)
    }

    /// Writes a new file.
    public func write(_ object: any Sendable, to path: String) throws { try writeFITS(object, to: path, recipe) }
}

internal import ButlerConfig
public import Datasets
public import Datastores
internal import FITS
internal import StewardCore

/// FITS files with image, mask and variance, as ``MaskedImage``; each plane can be read without the others.
public struct FITSMaskedImageFormatter: FileFormatter {
    /// The reference's class, with its former names.
    public static let referenceNames = [
        "lsst.obs.base.formatters.fitsExposure.FitsMaskedImageFormatter",
        "lsst.obs.base.formatters.fitsMaskedImage.FitsMaskedImageFormatter",
    ]

    /// `.fits`.
    public let fileExtension = FITSSuffix.written
    /// The suffixes that FITS files have.
    public let supportedExtensions = FITSSuffix.all
    /// Types that can be written.
    public let writtenTypes = "MaskedImage"
    private let recipe: FITSWriteRecipe

    /// Creates the formatter; the write parameter `recipe` names one of the configuration or of those shipped.
    public init(_ options: FormatterOptions) throws {
        recipe = try FITSWriteRecipe(options)
    }

    /// Whether an object has one of the types that are written.
    public func canWrite(_ object: any Sendable) -> Bool { object is MaskedImage }

    /// All components of the storage class; each is read by itself.
    public func readableComponents(of storageClass: StorageClass) -> Set<String> { Set(storageClass.componentNames) }

    /// `bbox` and `origin`.
    public func readableParameters(of storageClass: StorageClass) -> Set<String> {
        storageClass.parameters.intersection(ReadRequest.boxParameters)
    }

    /// The planes, a box of them, or one component.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        try source.withFile { path in
            let reading = try ExposureReading(path, request)
            guard let component = request.component else { return try reading.maskedImage() }
            return try reading.component(component)
        }
    }

    /// Writes a new file.
    public func write(_ object: any Sendable, to path: String) throws { try writeFITS(object, to: path, recipe) }
}

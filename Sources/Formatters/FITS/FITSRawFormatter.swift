internal import ButlerConfig
public import Datasets
public import Datastores
internal import Dimensions
internal import FITS
internal import StewardCore

/// Raw files as delivered, as ``DecoratedImage``: pixels neither flipped nor assembled, with the merged header.
///
/// Of a file with the images of several detectors that of the data ID is read, by `CCDNUM` (by position for DECam's
/// calibrations). Files with an image for each amplifier are read one amplifier at a time, by the parameter `amp`: only
/// a camera's description puts them together. Components are `image`, `metadata`, `wcs` (of the header), `filter` (of
/// the data ID), `bbox`, `dimensions` and `xy0`.
public struct FITSRawFormatter: FileFormatter {
    /// The raw formatters of the instrument packages.
    public static let referenceNames =
        [
            "LsstCam", "Latiss", "LsstCamImSim", "LsstCamPhoSim", "LsstCamSim", "LsstTS8", "LsstTS3", "LsstComCam",
            "LsstComCamSim", "LsstUCDCam",
        ].map { "lsst.obs.lsst.rawFormatter.\($0)RawFormatter" } + [
            "lsst.obs.subaru.rawFormatter.HyperSuprimeCamRawFormatter",
            "lsst.obs.subaru.rawFormatter.HyperSuprimeCamCornerRawFormatter",
            "lsst.obs.decam.rawFormatter.DarkEnergyCameraRawFormatter",
            "lsst.obs.decam.rawFormatter.DarkEnergyCameraCPCalibFormatter",
        ]

    /// `.fits`.
    public let fileExtension = FITSSuffix.written
    /// The suffixes that FITS files have.
    public let supportedExtensions = FITSSuffix.all
    /// None: raw files are ingested.
    public let writtenTypes = "nothing: raw files are ingested as they are"
    private let isByPosition: Bool
    private let overlay: PlainImageFile.Choice.Overlay

    /// Creates the formatter.
    public init(_ options: FormatterOptions) {
        isByPosition = options.className.hasSuffix("CPCalibFormatter")
        overlay =
            if options.className.hasSuffix("PhoSimRawFormatter") {
                .position(1)
            } else if options.className.hasPrefix("lsst.obs.lsst.") {
                .name("REB_COND")
            } else {
                .none
            }
    }

    /// Never.
    public func canWrite(_ object: any Sendable) -> Bool { false }

    /// All components of the storage class; those that a raw file does not have fail with their name.
    public func readableComponents(of storageClass: StorageClass) -> Set<String> { Set(storageClass.componentNames) }

    /// For the filter, which raw headers name in their own ways.
    public func needsFullDataID(for component: String?) -> Bool { component == "filter" }

    /// `bbox`, `origin` and `amp`, the name of an amplifier.
    public func readableParameters(of storageClass: StorageClass) -> Set<String> {
        storageClass.parameters.intersection(ReadRequest.boxParameters.union(["amp"]))
    }

    /// The image with its header, or a component.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        var choice = PlainImageFile.Choice(detector: request.dataID?["detector"]?.int)
        choice.isByPosition = isByPosition
        choice.overlay = overlay
        choice.readsPixels = request.component.map { $0 == "image" } ?? true
        if let parameter = request.parameters["amp"] {
            guard case .text(let name) = parameter else {
                throw ButlerError(.invalidArgument, "The parameter \"amp\" is not the name of an amplifier.")
            }
            choice.amplifier = name
        }
        let read = { (path: String) in try PlainImageFile(path, choice).read(request) }
        return try choice.readsPixels ? source.withFile(read) : source.withHeaders(read)
    }
}

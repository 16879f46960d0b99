internal import StewardCore

/// The components of the reference's storage classes `Exposure*` and `MaskedImage*`, by their names.
public enum ExposureComponent: String, Sendable, Hashable, CaseIterable {
    /// Image plane.
    case image
    /// Mask plane.
    case mask
    /// Variance plane.
    case variance
    /// Sky mapping.
    case wcs
    /// Point spread function.
    case psf
    /// Photometric calibration.
    case photoCalib
    /// Visit information.
    case visitInfo
    /// Aperture corrections.
    case apCorrMap
    /// Inputs of a coadd.
    case coaddInputs
    /// Transmission curve.
    case transmissionCurve
    /// Header for users.
    case metadata
    /// Filter.
    case filter
    /// Detector.
    case detector
    /// Region of valid pixels.
    case validPolygon
    /// Summary statistics.
    case summaryStats
    /// Identifier.
    case id
    /// Box of the pixels.
    case bbox
    /// Width and height.
    case dimensions
    /// Origin of the pixels.
    case xy0

    /// The component with a name.
    ///
    /// - Parameter name: The reference's name.
    /// - Throws: `ButlerError` of code `unknownComponent` with the nearest names.
    public init(named name: String) throws {
        guard let component = ExposureComponent(rawValue: name) else {
            throw ButlerError(
                .unknownComponent,
                "An exposure has no component \"\(name)\".",
                candidates: Candidates.nearest(to: name, in: Self.allCases.map(\.rawValue))
            )
        }
        self = component
    }

    /// Whether the parameter `bbox` applies.
    public var acceptsBox: Bool { self == .image || self == .mask || self == .variance }
}

/// The value of a component.
public enum ExposureComponentValue: Sendable {
    /// Pixels.
    case image(AnyImage)
    /// Mask.
    case mask(Mask)
    /// Sky mapping.
    case wcs(SkyMapping)
    /// Point spread function.
    case psf(PointSpreadFunction)
    /// Photometric calibration.
    case photoCalib(PhotoCalibration)
    /// Visit information.
    case visitInfo(VisitInfo)
    /// Aperture corrections by the name of the flux.
    case apCorrMap([String: BoundedField])
    /// Inputs of a coadd.
    case coaddInputs(CoaddInputs)
    /// Transmission curve.
    case transmissionCurve(TransmissionCurve)
    /// Header.
    case metadata(FITSHeader)
    /// Filter.
    case filter(FilterLabel)
    /// Detector.
    case detector(DetectorDescription)
    /// Corners of a region, the last repeating the first.
    case validPolygon([SIMD2<Double>])
    /// Summary statistics, the text of a YAML mapping.
    case summaryStats(String)
    /// Identifier.
    case id(Int64)
    /// Box.
    case bbox(PixelBox)
    /// Width and height.
    case dimensions(width: Int, height: Int)
    /// Origin.
    case xy0(PixelOrigin)
}

extension ExposureFile {
    /// Reads one component and nothing more.
    ///
    /// - Parameters:
    ///   - component: Which.
    ///   - part: For image, mask and variance: the box to read in parent coordinates; nil for all.
    /// - Returns: The component, or nil if the exposure has none.
    /// - Throws: `ButlerError` of code `invalidArgument` for a box where none applies or outside the image, and of the
    ///   codes of the single readers.
    public func component(_ component: ExposureComponent, box part: PixelBox? = nil) throws -> ExposureComponentValue? {
        guard part == nil || component.acceptsBox else {
            throw ButlerError(.invalidArgument, "The component \"\(component.rawValue)\" takes no parameter \"bbox\".")
        }
        switch component {
        case .image: return .image(try image(part))
        case .mask: return try mask(part).map { .mask($0) }
        case .variance: return try variance(part).map { .image(.float32($0)) }
        case .wcs: return try wcs().map { .wcs($0) }
        case .psf: return try psf().map { .psf($0) }
        case .photoCalib: return try photoCalib().map { .photoCalib($0) }
        case .visitInfo: return .visitInfo(try visitInfo())
        case .apCorrMap: return try apCorrMap().map { .apCorrMap($0) }
        case .coaddInputs: return try coaddInputs().map { .coaddInputs($0) }
        case .transmissionCurve: return try transmissionCurve().map { .transmissionCurve($0) }
        case .metadata: return .metadata(try metadata())
        case .filter: return try filter().map { .filter($0) }
        case .detector: return try detector().map { .detector($0) }
        case .validPolygon: return try validPolygon().map { .validPolygon($0) }
        case .summaryStats: return try summaryStats().map { .summaryStats($0) }
        case .id: return try id().map { .id($0) }
        case .bbox: return .bbox(try box)
        case .dimensions: return .dimensions(width: try box.width, height: try box.height)
        case .xy0: return .xy0(try box.origin)
        }
    }
}

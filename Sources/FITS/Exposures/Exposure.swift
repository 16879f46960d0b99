/// A masked image with everything that describes it.
public struct Exposure: Sendable {
    /// The pixels.
    public var maskedImage: MaskedImage
    /// The header for users.
    public var metadata = FITSHeader()
    /// Visit information, or nil.
    public var visitInfo: VisitInfo?
    /// Identifier, or nil.
    public var id: Int64?
    /// Filter, or nil.
    public var filter: FilterLabel?
    /// Sky mapping, or nil.
    public var wcs: SkyMapping?
    /// Point spread function, or nil.
    public var psf: PointSpreadFunction?
    /// Photometric calibration, or nil.
    public var photoCalib: PhotoCalibration?
    /// Corners of the region of valid pixels, or nil for all.
    public var validPolygon: [SIMD2<Double>]?
    /// Aperture corrections by the name of the flux, or nil.
    public var apCorrMap: [String: BoundedField]?
    /// Transmission curve, or nil.
    public var transmissionCurve: TransmissionCurve?
    /// Summary statistics as the text of a YAML mapping, or nil.
    public var summaryStats: String?
    /// Detector, or nil.
    public var detector: DetectorDescription?
    /// Inputs of a coadd, or nil.
    public var coaddInputs: CoaddInputs?

    /// Creates an exposure that has pixels only.
    public init(_ maskedImage: MaskedImage) {
        self.maskedImage = maskedImage
    }
}

extension ExposureFile {
    /// Reads the whole exposure, or a box of its pixels with everything else.
    ///
    /// - Parameter part: The box in parent coordinates; nil for all.
    /// - Returns: The exposure.
    /// - Throws: `ButlerError` of the codes of the single readers.
    public func exposure(_ part: PixelBox? = nil) throws -> Exposure {
        var exposure = Exposure(try maskedImage(part))
        exposure.metadata = try metadata()
        exposure.visitInfo = try visitInfo()
        exposure.id = try id()
        exposure.filter = try filter()
        exposure.wcs = try wcs()
        exposure.psf = try psf()
        exposure.photoCalib = try photoCalib()
        exposure.validPolygon = try validPolygon()
        exposure.apCorrMap = try apCorrMap()
        exposure.transmissionCurve = try transmissionCurve()
        exposure.summaryStats = try summaryStats()
        exposure.detector = try detector()
        exposure.coaddInputs = try coaddInputs()
        return exposure
    }
}

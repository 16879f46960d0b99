internal import StewardCore

/// One object of `lsst.afw` that has a file of its own.
public enum ArchiveObject: Sendable {
    /// A filter.
    case filterLabel(FilterLabel)
    /// A photometric calibration.
    case photoCalib(PhotoCalibration)
    /// Corners of a polygon, the last repeating the first.
    case polygon([SIMD2<Double>])
    /// Aperture corrections by the name of the flux.
    case apCorrMap([String: BoundedField])
    /// A field.
    case field(BoundedField)
    /// A transmission curve.
    case transmissionCurve(TransmissionCurve)
    /// A sky mapping.
    case wcs(SkyMapping)
    /// A point spread function.
    case psf(PointSpreadFunction)
    /// Visit information.
    case visitInfo(VisitInfo)
    /// A detector.
    case detector(DetectorDescription)
    /// A camera.
    case camera(CameraDescription)
    /// Summary statistics, the text of a YAML mapping.
    case summaryStats(String)
}

extension Archive {
    /// The unit of a file at which its archive begins when the file holds nothing else.
    public static let unitOfSingleObject = 1

    /// Reads the object of a file that holds a single one.
    ///
    /// - Parameter file: The file.
    /// - Returns: The object, by the class in the index.
    /// - Throws: `ButlerError` of code `formatter` for classes that are not decoded, `corruptFile` if there is none.
    public static func object(of file: FITSFile) throws -> ArchiveObject {
        let archive = try Archive(file, index: unitOfSingleObject)
        return try archive.object(1)
    }

    /// The object with an identifier, by its class.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: The object.
    /// - Throws: `ButlerError` of code `formatter` for classes that are not decoded, `corruptFile` if there is none.
    public func object(_ id: Int) throws -> ArchiveObject {
        switch className(of: id) {
        case "FilterLabel": .filterLabel(try filterLabel(id))
        case "PhotoCalib", "Calib": .photoCalib(try photoCalibration(id))
        case "Polygon": .polygon(try polygon(id))
        case "ApCorrMap": .apCorrMap(try apertureCorrections(id))
        case "ChebyshevBoundedField", "ProductBoundedField": .field(try field(id))
        case "IdentityTransmissionCurve", "SpatiallyConstantTransmissionCurve", "RadialTransmissionCurve":
            .transmissionCurve(try transmissionCurve(id))
        case "SkyWcs": .wcs(try skyMapping(id))
        case "VisitInfo": .visitInfo(try visitInfo(id))
        case "Detector": .detector(try detector(id))
        case "Camera": .camera(try camera(id))
        case "ExposureSummaryStats": .summaryStats(String(decoding: try bytes(id), as: UTF8.self))
        case let name? where name.hasSuffix("Psf"): .psf(try pointSpreadFunction(id))
        default: throw unknownClass(id, wanted: "any object")
        }
    }
}

extension FITSFile {
    /// Writes a single object, into an empty file, in the layout of `lsst.afw`.
    ///
    /// - Parameter object: The object.
    /// - Throws: `ButlerError` of code `formatter` for detectors, cameras, opaque point spread functions and mappings that have no
    ///   text; of code `fileAccess` if writing fails.
    public func write(_ object: ArchiveObject) throws {
        var archive = ArchiveWriter()
        switch object {
        case .filterLabel(let label): _ = archive.add(label)
        case .photoCalib(let calibration): _ = try archive.add(calibration)
        case .polygon(let corners): _ = archive.add(polygon: corners)
        case .apCorrMap(let corrections): _ = try archive.add(corrections)
        case .field(let field): _ = try archive.add(field)
        case .transmissionCurve(let curve): _ = archive.add(curve)
        case .psf(let psf): _ = try archive.add(psf)
        case .visitInfo(let info): _ = try archive.add(info)
        case .summaryStats(let text): _ = archive.add(summary: text)
        case .wcs(let mapping):
            guard archive.add(mapping) != nil else {
                throw ButlerError(
                    .formatter,
                    "Only sky mappings with a text, and plain TAN ones, can be written alone."
                )
            }
        case .detector, .camera:
            throw ButlerError(.formatter, "Detectors and cameras cannot be written.", remedy: "Copy the file as it is.")
        }
        try appendHeader(FITSHeader())
        try archive.write(to: self)
    }
}

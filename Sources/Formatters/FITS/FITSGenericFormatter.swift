internal import ButlerConfig
internal import Datasets
public import Datastores
internal import FITS
internal import StewardCore

/// FITS files of whatever layout: single objects of `lsst.afw`, catalogs, tables, headers and images.
///
/// The storage classes `PropertyList` and `PropertySet` give the header; otherwise the layout decides. A file with one
/// object gives that object, with one table a ``FITSTable``, with several tables an array of them (after a primary unit
/// without data), with one image ``AnyImage``, with several an array. Anything else is an error with code `.formatter`.
public struct FITSGenericFormatter: FileFormatter {
    /// The reference's class, with its former names and the one that adds nothing to it.
    public static let referenceNames = [
        "lsst.obs.base.formatters.fitsGeneric.FitsGenericFormatter",
        "lsst.obs.base.fitsGenericFormatter.FitsGenericFormatter",
        "lsst.daf.butler.formatters.fitsCatalogFormatter.FitsCatalogFormatter",
        "lsst.cell_coadds.CellCoaddFitsFormatter",
    ]

    /// `.fits`.
    public let fileExtension = FITSSuffix.written
    /// The suffixes that FITS files have.
    public let supportedExtensions = FITSSuffix.all
    /// Types that can be written.
    public let writtenTypes =
        "FITSHeader, Table, images, FilterLabel, PhotoCalibration, SkyMapping, VisitInfo, PointSpreadFunction, "
        + "TransmissionCurve, BoundedField, [String: BoundedField] and [SIMD2<Double>]"
    private let recipe: FITSWriteRecipe

    /// Creates the formatter.
    public init(_ options: FormatterOptions) throws {
        recipe = try FITSWriteRecipe(options)
    }

    /// Whether an object has one of the types that are written.
    public func canWrite(_ object: any Sendable) -> Bool {
        object is FITSHeader || object is Table || object is any FITSWritable || ArchiveObject(object) != nil
    }

    /// Reads the object.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        try source.withFile { path in
            if ["PropertyList", "PropertySet"].contains(request.storageClass.name) { return try header(path) }
            switch try PlainImageFile.kind(path) {
            case .archive: return try Archive.object(of: FITSFile(reading: path)).object
            case .catalog: return try FITSFile(reading: path).table(1)
            case .exposure: return try ExposureReading(path, request).exposure()
            case .maskedImage: return try ExposureReading(path, request).maskedImage()
            case .mask:
                let file = try PlainImageFile(path)
                return try file.file.mask(file.unit.index)
            case .tree: return try ImagesArchiveFormatter.whole(TreeFile(reading: path), box: nil)
            case .image, .other: return try data(path)
            }
        }
    }

    /// Writes a new file.
    public func write(_ object: any Sendable, to path: String) throws {
        if object is any FITSWritable { return try writeFITS(object, to: path, recipe) }
        guard canWrite(object) else { throw unwritable(object) }
        let file = try FITSFile(creating: path)
        if let object = ArchiveObject(object) {
            try file.write(object)
        } else if let header = object as? FITSHeader {
            try file.appendHeader(header)
        } else if let table = object as? Table {
            try file.appendHeader(FITSHeader())
            try file.append(table: table.fitsColumns())
        }
        try file.close()
    }

    /// The primary header with those of the first unit that has data.
    private func header(_ path: String) throws -> FITSHeader {
        let units = try FITSHeaderReader.read(path, first: 2)
        guard var header = units.first?.header else {
            throw ButlerError(.corruptFile, "\"\(path)\" has no header.").adding("file", path)
        }
        if units.count > 1, units[0].dataSize == 0 { header.merge(units[1].header.uncompressed.withoutStructure) }
        return header
    }

    private func data(_ path: String) throws -> any Sendable {
        let file = try FITSFile(reading: path)
        let units = try file.allUnits()
        let images = units.filter(\.hasPixels)
        let tables = units.filter { $0.kind == .table }
        switch (images.count, tables.count) {
        case (0, 0): return try header(path)
        case (1, 0): return try file.anyImage(images[0].index, origin: images[0].header.pixelOrigin)
        case (_, 0): return try images.map { try file.anyImage($0.index, origin: $0.header.pixelOrigin) }
        case (0, 1): return try file.table(tables[0].index)
        case (0, _): return try tables.map { try file.table($0.index) }
        default:
            throw ButlerError(
                .formatter,
                "\"\(path)\" has \(images.count) images and \(tables.count) tables, a layout that is not known.",
                remedy: "Copy the file as it is and read it with a FITS library."
            ).adding("file", path)
        }
    }
}

extension ArchiveObject {
    /// The object, if it is one that is written alone.
    init?(_ object: any Sendable) {
        switch object {
        case let value as FilterLabel: self = .filterLabel(value)
        case let value as PhotoCalibration: self = .photoCalib(value)
        case let value as [SIMD2<Double>]: self = .polygon(value)
        case let value as [String: BoundedField]: self = .apCorrMap(value)
        case let value as BoundedField: self = .field(value)
        case let value as TransmissionCurve: self = .transmissionCurve(value)
        case let value as SkyMapping: self = .wcs(value)
        case let value as PointSpreadFunction: self = .psf(value)
        case let value as VisitInfo: self = .visitInfo(value)
        default: return nil
        }
    }

    /// The value by itself.
    var object: any Sendable {
        switch self {
        case .filterLabel(let value): value
        case .photoCalib(let value): value
        case .polygon(let value): value
        case .apCorrMap(let value): value
        case .field(let value): value
        case .transmissionCurve(let value): value
        case .wcs(let value): value
        case .psf(let value): value
        case .visitInfo(let value): value
        case .detector(let value): value
        case .camera(let value): value
        case .summaryStats(let value): value
        }
    }
}

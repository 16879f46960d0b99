internal import Datastores
internal import Dimensions
internal import FITS
internal import StewardCore

/// Reads what a request asks for from an exposure or masked image of `lsst.afw`.
struct ExposureReading {
    let file: ExposureFile
    let request: ReadRequest
    private let box: FITS.PixelBox?

    /// Opens a file.
    init(_ path: String, _ request: ReadRequest) throws {
        let file = try ExposureFile(reading: path)
        box = try request.box { try file.box.origin }
        self.file = file
        self.request = request
    }

    /// The whole exposure, or all of it with a box of the pixels.
    func exposure() throws -> Exposure {
        var exposure = try file.exposure(box)
        exposure.filter = request.filter(inFile: exposure.filter)
        return exposure
    }

    /// The three planes.
    func maskedImage() throws -> MaskedImage { try file.maskedImage(box) }

    /// One component and nothing more.
    func component(_ name: String) throws -> any Sendable {
        let component = try ExposureComponent(named: name)
        if component == .filter {
            guard let filter = request.filter(inFile: try file.filter()) else { throw missing(name) }
            return filter
        }
        guard let value = try file.component(component, box: box) else { throw missing(name) }
        return value.object
    }

    private func missing(_ name: String) -> ButlerError { request.missing(name, in: file.file.name) }
}

extension ReadRequest {
    /// The filter of a dataset: that of the data ID wins over that in the file.
    ///
    /// - Parameter label: The filter in the file, or nil.
    /// - Returns: The file's filter where the data ID does not tell; nil for a data ID whose dimensions have no filter.
    func filter(inFile label: FilterLabel?) -> FilterLabel? {
        guard let dataID else { return label }
        let names = ["band", "physical_filter"].filter { dataID.group.contains($0) }
        guard names.allSatisfy({ dataID[$0] != nil }) else { return label }
        guard !names.isEmpty else { return nil }
        return FilterLabel(band: dataID["band"]?.string, physical: dataID["physical_filter"]?.string)
    }

    /// The error of a component that the file does not have.
    func missing(_ component: String, in name: String) -> ButlerError {
        ButlerError(
            .unknownComponent,
            "\"\(name)\" of dataset type \(datasetType) has no component \"\(component)\"."
        ).adding("file", name)
    }
}

extension ExposureComponentValue {
    /// The value by itself.
    var object: any Sendable {
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

extension PlainImageFile {
    /// Reads what a request asks for.
    ///
    /// - Parameter request: The request.
    /// - Returns: A ``DecoratedImage``, or a component of it.
    /// - Throws: ``ButlerError`` with `.unknownComponent` for components that such a file does not have.
    func read(_ request: ReadRequest) throws -> any Sendable {
        let box = try request.box { origin }
        guard let name = request.component else { return DecoratedImage(try image(box), metadata: try metadata()) }
        let component = try ExposureComponent(named: name)
        guard box == nil || component.acceptsBox else {
            throw ButlerError(.invalidArgument, "The component \"\(name)\" takes no parameter \"bbox\".")
        }
        switch component {
        case .image: return try image(box)
        case .metadata: return try metadata()
        case .wcs: return SkyMapping(try WCS(metadata(), origin: origin))
        case .bbox: return try self.box
        case .dimensions: return [try self.box.width, try self.box.height]
        case .xy0: return origin
        case .filter: if let filter = request.dataID.flatMap({ _ in request.filter(inFile: nil) }) { return filter }
        default: break
        }
        throw request.missing(name, in: file.name)
    }
}

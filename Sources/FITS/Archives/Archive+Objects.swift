internal import StewardCore

/// Decoding of the classes of image-files.md, section 5; the class is found by its name in the index only.
extension Archive {
    /// Deepest nesting of objects; files whose identifiers go round are damaged.
    private static let deepest = 16

    /// The filter with an identifier.
    public func filterLabel(_ id: Int) throws -> FilterLabel {
        try expect(id, ["FilterLabel"])
        let table = try table(of: id)
        return FilterLabel(
            band: try table.flag("band_exists") ? table.strings("band").first : nil,
            physical: try table.flag("physical_exists") ? table.strings("physical").first : nil
        )
    }

    /// The photometric calibration with an identifier.
    public func photoCalibration(_ id: Int) throws -> PhotoCalibration {
        let table = try table(of: id)
        if className(of: id) == "Calib" {
            let flux = try table.real("fluxmag0")
            let error = try table.contains("fluxmag0.err") ? table.real("fluxmag0.err") : 0
            return PhotoCalibration(fluxOfMagnitude0: flux, error: error)
        }
        try expect(id, ["PhotoCalib"])
        guard table.contains("version") else {
            throw failure("The photometric calibration is of an old kind, in maggies, which is not read.")
        }
        let isConstant = try table.flag("isConstant")
        return PhotoCalibration(
            mean: try table.real("calibrationMean"),
            error: try table.real("calibrationErr"),
            field: isConstant ? nil : try field(table.integer("field"))
        )
    }

    /// The function of position with an identifier.
    public func field(_ id: Int) throws -> BoundedField {
        try field(id, depth: 0)
    }

    /// The aperture corrections with an identifier, by the name of the flux.
    public func apertureCorrections(_ id: Int) throws -> [String: BoundedField] {
        try expect(id, ["ApCorrMap"])
        guard let table = try tables(of: id).first else { return [:] }
        let fields = try table.integers("field")
        var corrections: [String: BoundedField] = [:]
        for (name, field) in zip(try table.strings("name"), fields) {
            corrections[name] = try self.field(Int(clamping: field))
        }
        return corrections
    }

    /// The corners of a polygon with an identifier; the last repeats the first.
    public func polygon(_ id: Int) throws -> [SIMD2<Double>] {
        try expect(id, ["Polygon"])
        let table = try table(of: id)
        return zip(try table.reals("vertices_x"), try table.reals("vertices_y")).map { SIMD2($0, $1) }
    }

    /// The exact sky mapping with an identifier; an error of code `formatter` if its text is not decoded.
    public func skyMapping(_ id: Int) throws -> SkyMapping {
        try SkyMapping(astText: skyMappingText(id))
    }

    /// The text of a sky mapping without the lead that names its class.
    func skyMappingText(_ id: Int) throws -> String {
        try expect(id, ["SkyWcs"])
        let text = String(decoding: try table(of: id).bytes("wcs").first ?? [], as: UTF8.self)
        guard let start = text.firstRange(of: "Begin ") else {
            throw failure("The sky mapping of the archive is malformed.")
        }
        return String(text[start.lowerBound...])
    }

    /// The point spread function with an identifier; classes that are not evaluated keep their name only.
    public func pointSpreadFunction(_ id: Int) throws -> PointSpreadFunction {
        switch className(of: id) {
        case "GaussianPsf", "SingleGaussianPsf":
            let table = try table(of: id)
            let size = (try table.integer("dimensions_x"), try table.integer("dimensions_y"))
            return .gaussian(sigma: try table.real("sigma"), width: size.0, height: size.1)
        case "DoubleGaussianPsf":
            let table = try table(of: id)
            let size = (try table.integer("dimensions_x"), try table.integer("dimensions_y"))
            return .doubleGaussian(
                sigma1: try table.real("sigma1"),
                sigma2: try table.real("sigma2"),
                ratio: try table.real("b"),
                width: size.0,
                height: size.1
            )
        case let name?: return .opaque(className: name)
        case nil: throw failure("The archive has no object \(id).")
        }
    }

    /// The transmission curve with an identifier; an error of code `formatter` for products and transformed ones.
    public func transmissionCurve(_ id: Int) throws -> TransmissionCurve {
        switch className(of: id) {
        case "IdentityTransmissionCurve":
            return TransmissionCurve(wavelengths: [], throughput: [], below: 1, above: 1)
        case "SpatiallyConstantTransmissionCurve", "RadialTransmissionCurve":
            let table = try table(of: id)
            return TransmissionCurve(
                wavelengths: try table.realArrays("wavelengths").first ?? [],
                throughput: try table.realArrays("throughput").first ?? [],
                radii: try table.contains("radii") ? table.realArrays("radii").first ?? [] : [],
                below: try table.real("throughputAtMin"),
                above: try table.real("throughputAtMax")
            )
        default: throw unknownClass(id, wanted: "a transmission curve")
        }
    }

    /// The bytes of an object written in Python, such as the YAML text of `ExposureSummaryStats`.
    public func bytes(_ id: Int) throws -> [UInt8] {
        try table(of: id).bytes("bytes").first ?? []
    }

    private func field(_ id: Int, depth: Int) throws -> BoundedField {
        guard depth < Self.deepest else { throw failure("The fields of the archive refer to each other in a circle.") }
        switch className(of: id) {
        case "ChebyshevBoundedField": return .chebyshev(try chebyshev(id))
        case "ProductBoundedField":
            let parts = try table(of: id).integers("id")
            return .product(try parts.map { try field(Int(clamping: $0), depth: depth + 1) })
        default: throw unknownClass(id, wanted: "a field")
        }
    }

    private func chebyshev(_ id: Int) throws -> ChebyshevField {
        let table = try table(of: id)
        let low = (try table.integer("bbox_min_x"), try table.integer("bbox_min_y"))
        let high = (try table.integer("bbox_max_x"), try table.integer("bbox_max_y"))
        let box = try PixelBox(xMin: low.0, yMin: low.1, width: high.0 - low.0 + 1, height: high.1 - low.1 + 1)
        let order = try table.integer("order_x")
        let coefficients = try table.realArrays("coefficients").first ?? []
        guard order < Int(Int32.max),
            let field = ChebyshevField(box: box, xCount: order + 1, coefficients: coefficients)
        else {
            throw failure("The Chebyshev field \(id) has \(coefficients.count) coefficients of order \(order).")
        }
        return field
    }

    private func expect(_ id: Int, _ names: Set<String>) throws {
        guard let name = className(of: id) else { throw failure("The archive has no object \(id).") }
        guard names.contains(name) else { throw unknownClass(id, wanted: names.sorted().joined(separator: " or ")) }
    }
}

extension PhotoCalibration {
    /// The calibration of old files: the counts of magnitude 0, with F = 10^12.56 nJy.
    init(fluxOfMagnitude0 flux: Double, error: Double) {
        // 10^12.56
        let nanojansky = 3_630_780_547_701.0176
        self.init(mean: nanojansky / flux, error: nanojansky * error / (flux * flux))
    }
}

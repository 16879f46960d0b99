internal import StewardCore

extension ArchiveWriter {
    private static func row(_ columns: [FITSColumnContent]) -> Table { Table(columns: columns, rowCount: 1) }

    private static func integer(_ name: String, _ value: Int, unit: String? = nil) throws -> FITSColumnContent {
        guard let value = Int32(exactly: value) else {
            throw ButlerError(.invalidArgument, "The number \(value) of \"\(name)\" does not fit an archive.")
        }
        return FITSColumnContent(name, .int32([value]), unit: unit)
    }

    private static func real(_ name: String, _ value: Double, unit: String? = nil) -> FITSColumnContent {
        FITSColumnContent(name, .double([value]), unit: unit)
    }

    private static func bytes(_ name: String, _ text: String) -> FITSColumnContent {
        let bytes = Array(text.utf8)
        return FITSColumnContent(name, .uint8(bytes), .variable(offsets: [0, bytes.count]))
    }

    /// Adds a filter.
    mutating func add(_ label: FilterLabel) -> Int {
        let id = reserve()
        var table = Self.row([
            FITSColumnContent("band", .string([label.band ?? ""]), .fixed(32)),
            FITSColumnContent("physical", .string([label.physical ?? ""]), .fixed(32)),
        ])
        table.flags = [("band_exists", [label.band != nil]), ("physical_exists", [label.physical != nil])]
        add(id, "FilterLabel", "lsst.afw.image", table)
        return id
    }

    /// Adds a field.
    mutating func add(_ field: BoundedField) throws -> Int {
        let id = reserve()
        switch field {
        case .chebyshev(let field): add(id, "ChebyshevBoundedField", "lsst.afw.math", try Self.table(field))
        case .product(let factors):
            let ids = try factors.map { Int32(try add($0)) }
            let table = Table(columns: [FITSColumnContent("id", .int32(ids))], rowCount: ids.count)
            add(id, "ProductBoundedField", "lsst.afw.math", table)
        case .sum:
            throw ButlerError(.formatter, "A sum of fields has no form in exposure files.")
        }
        return id
    }

    private static func table(_ field: ChebyshevField) throws -> Table {
        row([
            try integer("order_x", field.xCount - 1),
            try integer("bbox_min_x", field.box.xMin, unit: "pixel"),
            try integer("bbox_min_y", field.box.yMin, unit: "pixel"),
            try integer("bbox_max_x", field.box.xMax, unit: "pixel"),
            try integer("bbox_max_y", field.box.yMax, unit: "pixel"),
            FITSColumnContent("coefficients", .double(field.coefficients), .fixed(field.coefficients.count)),
        ])
    }

    /// Adds a photometric calibration; a constant one has a field of one coefficient over an empty box.
    mutating func add(_ calibration: PhotoCalibration) throws -> Int {
        let id = reserve()
        let empty = try PixelBox(xMin: 0, yMin: 0, width: 0, height: 0)
        let constant = ChebyshevField(box: empty, xCount: 1, coefficients: [calibration.mean])
        guard let field = calibration.field ?? constant.map({ .chebyshev($0) }) else { return id }
        let fieldID = try add(field)
        var table = Self.row([
            Self.real("calibrationMean", calibration.mean, unit: "count"),
            Self.real("calibrationErr", calibration.error, unit: "count"),
            try Self.integer("field", fieldID),
            try Self.integer("version", 1),
        ])
        table.flags = [("isConstant", [calibration.field == nil])]
        add(id, "PhotoCalib", "", table)
        return id
    }

    /// Adds aperture corrections.
    mutating func add(_ corrections: [String: BoundedField]) throws -> Int {
        let id = reserve()
        let sorted = corrections.sorted { $0.key < $1.key }
        let ids = try sorted.map { Int32(try add($0.value)) }
        let columns = [
            FITSColumnContent("name", .string(sorted.map(\.key)), .fixed(64)), FITSColumnContent("field", .int32(ids)),
        ]
        add(id, "ApCorrMap", "lsst.afw.image", Table(columns: columns, rowCount: ids.count))
        return id
    }

    /// Adds a polygon; the first corner is repeated at the end if it is not there.
    mutating func add(polygon corners: [SIMD2<Double>]) -> Int {
        let id = reserve()
        let closed = corners.first == corners.last ? corners : corners + corners.prefix(1)
        let columns = [
            FITSColumnContent("vertices_x", .double(closed.map { $0[0] })),
            FITSColumnContent("vertices_y", .double(closed.map { $0[1] })),
        ]
        add(id, "Polygon", "", Table(columns: columns, rowCount: closed.count))
        return id
    }

    /// Adds a sky mapping, or returns nil for one that only FITS cards can express.
    mutating func add(_ mapping: SkyMapping) -> Int? {
        guard let text = mapping.astText else { return nil }
        let id = reserve()
        add(id, "SkyWcs", "lsst.afw.geom", Self.row([Self.bytes("wcs", "1 SkyWcs 0 " + text)]))
        return id
    }

    /// Adds a point spread function; an error of code `formatter` for opaque ones.
    mutating func add(_ psf: PointSpreadFunction) throws -> Int {
        let id = reserve()
        switch psf {
        case .gaussian(let sigma, let width, let height):
            add(
                id,
                "GaussianPsf",
                "lsst.afw.detection",
                Self.row(try Self.dimensions(width, height) + [Self.real("sigma", sigma, unit: "pixel")])
            )
        case .doubleGaussian(let sigma1, let sigma2, let ratio, let width, let height):
            let widths = [
                Self.real("sigma1", sigma1, unit: "pixel"), Self.real("sigma2", sigma2, unit: "pixel"),
                Self.real("b", ratio),
            ]
            add(id, "DoubleGaussianPsf", "lsst.meas.algorithms", Self.row(try Self.dimensions(width, height) + widths))
        case .opaque(let className):
            throw ButlerError(
                .formatter,
                "A point spread function of class \"\(className)\" cannot be written.",
                remedy: "Copy the file as it is, or take the component \"psf\" out."
            )
        }
        return id
    }

    private static func dimensions(_ width: Int, _ height: Int) throws -> [FITSColumnContent] {
        [try integer("dimensions_x", width, unit: "pixel"), try integer("dimensions_y", height, unit: "pixel")]
    }

    /// Adds a transmission curve.
    mutating func add(_ curve: TransmissionCurve) -> Int {
        let id = reserve()
        guard !curve.wavelengths.isEmpty else {
            add(id, "IdentityTransmissionCurve", "lsst.afw.image", nil)
            return id
        }
        func list(_ name: String, _ values: [Double], unit: String? = nil) -> FITSColumnContent {
            FITSColumnContent(name, .double(values), .variable(offsets: [0, values.count]), unit: unit)
        }
        var columns = [list("throughput", curve.throughput), list("wavelengths", curve.wavelengths, unit: "angstrom")]
        if !curve.radii.isEmpty { columns.append(list("radii", curve.radii, unit: "pixel")) }
        columns += [Self.real("throughputAtMin", curve.below), Self.real("throughputAtMax", curve.above)]
        let name = curve.radii.isEmpty ? "SpatiallyConstantTransmissionCurve" : "RadialTransmissionCurve"
        add(id, name, "lsst.afw.image", Self.row(columns))
        return id
    }

    /// Adds summary statistics, the text of a YAML mapping.
    mutating func add(summary text: String) -> Int {
        let id = reserve()
        add(id, "ExposureSummaryStats", "lsst.afw.image._exposureSummaryStats", Self.row([Self.bytes("bytes", text)]))
        return id
    }
}

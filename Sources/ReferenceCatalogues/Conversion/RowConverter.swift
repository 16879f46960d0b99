internal import FITS
internal import SphericalGeometry
internal import StewardCore

/// Turns columns of one input file into rows of the catalogue.
struct RowConverter: Sendable {
    /// A column of numbers and what makes base units of them.
    struct Quantity: Sendable {
        let index: Int
        let factor: Double
    }

    /// Where the numbers of a flux come from.
    struct FluxColumns: Sendable {
        let kind: CatalogueConfiguration.Flux.Kind
        let value: Quantity
        let error: Quantity?
        let target: Int
        let errorTarget: Int
    }

    /// Where proper motion and parallax come from.
    struct MotionColumns: Sendable {
        let epoch: Int?
        let constantEpoch: Double
        let reading: EpochReading
        let motions: [Quantity]
        let motionErrors: [Quantity]
        let includesCosine: Bool
        let parallax: Quantity
        let parallaxError: Quantity
        /// Correlation coefficients by pair; covariances if ``areCovariances``.
        let correlations: [Int?]
        let areCovariances: Bool
    }

    let schema: CatalogueSchema
    let configuration: CatalogueConfiguration
    let requests: [ColumnRequest]
    let identifier: Int?
    let position: [Quantity]
    let positionErrors: [Quantity]
    let fluxes: [FluxColumns]
    let flags: [(index: Int, bit: Int)]
    let motion: MotionColumns?
    let extra: [(index: Int, place: CatalogueSchema.Place, kind: CatalogueField.Kind)]
    /// Name of the file for messages.
    let label: String
    let pixels: HTMPixelization

    /// Finds the columns of a file.
    ///
    /// - Parameters:
    ///   - configuration: Which columns are what.
    ///   - schema: The fields of the catalogue.
    ///   - columns: The columns of the file.
    ///   - label: Name of the file for messages.
    /// - Throws: ``ButlerError`` with `.configuration` for a column that is missing or has another unit.
    init(
        _ configuration: CatalogueConfiguration,
        _ schema: CatalogueSchema,
        _ columns: [InputColumnInfo],
        label: String
    ) throws {
        var finder = ColumnFinder(columns, label)
        self.schema = schema
        self.configuration = configuration
        self.label = label
        pixels = try HTMPixelization(level: ReferenceCatalogue.level)
        identifier = try configuration.identifier.map { try finder.find($0, .integer) }
        position = try configuration.position.map { try finder.quantity($0, .angle, "deg") }
        positionErrors = try configuration.positionErrors.map { try finder.quantity($0, .angle, "mas") }
        fluxes = try configuration.fluxes.map { try FluxColumns($0, schema, &finder) }
        flags = try configuration.flags.sorted { $0.key < $1.key }.map { name, column in
            guard let index = schema.index(name), case .bit(let bit) = schema.places[index] else {
                throw schema.lacks(name)
            }
            return (try finder.find(column, .flag), bit)
        }
        motion = try configuration.motion.map { try MotionColumns($0, configuration.correlations, &finder) }
        extra = try configuration.extra.map { item in
            let index = try schema.require(item.name)
            let kind = schema.fields[index].kind
            let request: ColumnRequest.Kind =
                switch kind {
                case .string: .text
                case .flag: .flag
                case .int64: .integer
                default: .real
                }
            return (try finder.find(item.column, request), schema.places[index], kind)
        }
        requests = finder.requests
    }
}

extension RowConverter.FluxColumns {
    fileprivate init(
        _ flux: CatalogueConfiguration.Flux,
        _ schema: CatalogueSchema,
        _ finder: inout ColumnFinder
    ) throws {
        kind = flux.kind
        let (quantity, unit): (CatalogueUnit.Quantity?, String) =
            switch flux.kind {
            case .magnitude: (.magnitude, "mag")
            case .counts: (nil, "")
            case .flux: (.flux, "nJy")
            }
        value = try finder.quantity(flux.value, quantity, unit)
        error = try flux.error.map { try finder.quantity($0, quantity, unit) }
        guard let target = schema.doubleOffset("\(flux.name)_flux"),
            let errorTarget = schema.doubleOffset("\(flux.name)_fluxErr")
        else { throw schema.lacks("\(flux.name)_flux") }
        (self.target, self.errorTarget) = (target, errorTarget)
    }
}

extension RowConverter.MotionColumns {
    /// The columns of Gaia with correlation coefficients, in the order of the covariances.
    private static let gaiaColumns = [
        "ra_dec_corr", "ra_pmra_corr", "ra_pmdec_corr", "ra_parallax_corr", "dec_pmra_corr", "dec_pmdec_corr",
        "dec_parallax_corr", "pmra_pmdec_corr", "parallax_pmra_corr", "parallax_pmdec_corr",
    ]

    fileprivate init(
        _ motion: CatalogueConfiguration.Motion,
        _ correlations: CatalogueConfiguration.Correlations,
        _ finder: inout ColumnFinder
    ) throws {
        reading = motion.epoch.reading
        switch motion.epoch.value {
        case .column(let name):
            epoch = try finder.find(name, reading.isText ? .text : .real)
            constantEpoch = .nan
        case .constant(let value):
            epoch = nil
            constantEpoch = try reading.modifiedJulianDate(value)
        case .text(let text):
            epoch = nil
            constantEpoch = try reading.modifiedJulianDate(text)
        }
        motions = try motion.motions.map { try finder.quantity($0, .motion, "mas/yr") }
        motionErrors = try motion.motionErrors.map { try finder.quantity($0, .motion, "mas/yr") }
        includesCosine = motion.includesCosine
        parallax = try finder.quantity(motion.parallax, .angle, "mas")
        parallaxError = try finder.quantity(motion.parallaxError, .angle, "mas")
        let pairs = CatalogueSchema.correlatedPairs
        switch correlations {
        case .none, .zero:
            self.correlations = pairs.map { _ in nil }
            areCovariances = false
        case .gaia:
            self.correlations = try Self.gaiaColumns.map { try finder.find($0, .real) }
            areCovariances = false
        case .covariance(let columns):
            self.correlations = try pairs.map { first, second in
                let name = "\(CatalogueSchema.correlated[first])_\(CatalogueSchema.correlated[second])"
                return try columns[name].map { try finder.find($0, .real) }
            }
            areCovariances = true
        }
    }
}

extension CatalogueSchema {
    /// The error for a field that the schema should have.
    func lacks(_ name: String) -> ButlerError {
        ButlerError(.configuration, "The schema of the catalogue has no proper column \"\(name)\".")
    }
}

/// Finds columns of a file and collects what has to be read.
private struct ColumnFinder {
    private let columns: [String: InputColumnInfo]
    private let names: [String]
    private let label: String
    private(set) var requests: [ColumnRequest] = []
    private var indices: [ColumnRequest: Int] = [:]

    init(_ columns: [InputColumnInfo], _ label: String) {
        self.columns = Dictionary(columns.map { ($0.name, $0) }) { first, _ in first }
        names = columns.map(\.name)
        self.label = label
    }

    /// Position of a column among those read.
    mutating func find(_ name: String, _ kind: ColumnRequest.Kind) throws -> Int {
        guard columns[name] != nil else {
            throw ButlerError(
                .configuration,
                "\"\(label)\" has no column \"\(name)\".",
                remedy: "It has \(names.joined(separator: ", ")).",
                candidates: Candidates.nearest(to: name, in: names)
            ).adding("file", label)
        }
        let request = ColumnRequest(name: name, kind: kind)
        if let index = indices[request] { return index }
        indices[request] = requests.count
        requests.append(request)
        return requests.count - 1
    }

    /// A column of numbers, its unit checked against that of the file.
    mutating func quantity(
        _ source: CatalogueConfiguration.Source,
        _ quantity: CatalogueUnit.Quantity?,
        _ usual: String
    ) throws -> RowConverter.Quantity {
        let index = try find(source.column, .real)
        guard let quantity else { return .init(index: index, factor: source.scale) }
        let written = columns[source.column]?.unit.flatMap { $0.isEmpty ? nil : $0 }
        let unit = written.flatMap { CatalogueUnit($0) }
        if let written, unit?.quantity != quantity || source.unit.map({ $0.factor != unit?.factor }) ?? false {
            let wanted = source.unit.map { "\($0.name)" } ?? "a unit of \(quantity.rawValue)"
            throw ButlerError(
                .configuration,
                "The column \"\(source.column)\" of \"\(label)\" is in \"\(written)\", not in \(wanted).",
                remedy: "Correct the unit in the configuration, or the file."
            ).adding("file", label)
        }
        let factor = (source.unit ?? unit ?? CatalogueUnit(usual))?.factor ?? 1
        return .init(index: index, factor: factor * source.scale)
    }
}

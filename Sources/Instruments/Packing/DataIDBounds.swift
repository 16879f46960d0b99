public import Steward
internal import StewardCore

/// What is known of the values of dimensions: upper bounds of numbers, and the names of others.
///
/// Any combination of dimensions that have a bound can be packed.
public struct DataIDBounds: Hashable, Sendable {
    private var digits: [String: CompositePacker.Digit] = [:]

    /// Without any bounds.
    public init() {}

    /// The bounds of a camera: visit, exposure, detector and physical filter (by its order in the definition).
    public init(_ definition: InstrumentDefinition) {
        set("visit", below: definition.visitMax)
        set("exposure", below: definition.exposureMax)
        set("detector", below: definition.detectorMax)
        set(DigitNames("physical_filter", definition.filters.map(\.physicalFilter)))
        set(SkyMapPacker.bandNames)
    }

    /// The bounds of a sky map: tract, patch and the standard bands.
    ///
    /// - Parameter skymap: Record of the sky map.
    /// - Throws: `ButlerError` of code `dimensionValue` for a record of another element, or without its maxima.
    public init(skymap: DimensionRecord) throws {
        guard let tracts = skymap["tract_max"]?.integer, let columns = skymap["patch_nx_max"]?.integer,
            let rows = skymap["patch_ny_max"]?.integer
        else { throw ButlerError(.dimensionValue, "This is not the record of a sky map with its maxima.") }
        set("tract", below: tracts)
        set("patch", below: try PackedRange.product([columns, rows]))
        set(SkyMapPacker.bandNames)
    }

    /// Sets the exclusive upper bound of a dimension with numbers.
    public mutating func set(_ dimension: String, below bound: Int64) {
        digits[dimension] = CompositePacker.Digit(dimension, radix: bound)
    }

    /// Sets the names of a dimension.
    public mutating func set(_ names: DigitNames) {
        digits[names.dimension] = CompositePacker.Digit(names)
    }

    /// Adds the bounds of another part, for instance of a sky map to those of a camera.
    public mutating func add(_ other: DataIDBounds) {
        digits.merge(other.digits) { $1 }
    }

    /// A packer of a combination of dimensions.
    ///
    /// - Parameter dimensions: Names of dimensions, the most significant first.
    /// - Returns: A packer of these dimensions; its order is that of its digits, the least significant first.
    /// - Throws: `ButlerError` of code `dimensionName` for a dimension without bound, `invalidArgument` for one that
    ///   occurs twice, or when the bounds do not fit 63 bits.
    public func packer(of dimensions: [String]) throws -> CompositePacker {
        guard Set(dimensions).count == dimensions.count else {
            throw ButlerError(.invalidArgument, "A dimension occurs twice in \(dimensions.joined(separator: ", ")).")
        }
        return try CompositePacker(
            dimensions.reversed().map { dimension in
                guard let digit = digits[dimension] else {
                    throw ButlerError(
                        .dimensionName,
                        "The dimension \"\(dimension)\" has no bound, so it cannot be packed.",
                        remedy: "Dimensions with bounds are \(digits.keys.sorted().joined(separator: ", ")).",
                        candidates: Candidates.nearest(to: dimension, in: digits.keys.sorted())
                    )
                }
                return digit
            }
        )
    }
}

extension DimensionRecord.FieldValue {
    /// The whole number; nil for anything else.
    fileprivate var integer: Int64? {
        if case .int(let number) = self { number } else { nil }
    }
}

extension InstrumentDefinition {
    /// The packer of observation and detector that the camera uses.
    ///
    /// - Parameter observation: Whether visits or exposures are packed.
    /// - Returns: The packer that the definition names, with its bounds.
    /// - Throws: `ButlerError` of code `invalidArgument` when the bounds do not fit 63 bits.
    public func packer(of observation: ObservationPacker.Observation) throws -> any DataIDPacker {
        switch packer {
        case .rubin: try RubinPacker(observation)
        case .observation:
            try ObservationPacker(
                observation,
                detectorMax: detectorMax,
                observationMax: observation == .visit ? visitMax : exposureMax
            )
        }
    }
}

internal import StewardCore

/// How the columns of an input become a reference catalogue.
public struct CatalogueConfiguration: Sendable {
    /// Form of the input files.
    public enum Format: String, Sendable, CaseIterable {
        /// Comma-separated values with a line of names.
        case csv
        /// Enhanced CSV, with types and units.
        case ecsv
        /// FITS binary tables.
        case fits
    }

    /// What an empty cell of a column of numbers means.
    public enum MissingRule: String, Sendable, CaseIterable {
        /// Not a number.
        case nan
        /// Zero, as in the reference: a magnitude of 0 is a flux of 3.6e12 nJy.
        case zero
        /// The file is refused.
        case error
    }

    /// A column of the input and the unit of its numbers.
    struct Source: Sendable {
        let column: String
        /// The unit; that of the file, or else the usual one, if nil.
        var unit: CatalogueUnit?
        /// What is multiplied first.
        var scale = 1.0
    }

    /// Where the date of a position comes from.
    struct Epoch: Sendable {
        enum Value: Sendable {
            case column(String)
            case constant(Double)
            case text(String)
        }

        let value: Value
        let reading: EpochReading
    }

    /// Proper motion, parallax and the date of the positions.
    struct Motion: Sendable {
        let epoch: Epoch
        /// Towards east and north.
        let motions: [Source]
        let motionErrors: [Source]
        /// Whether the first motion holds the factor cos(dec) already.
        let includesCosine: Bool
        let parallax: Source
        let parallaxError: Source
    }

    /// What the covariances are made of.
    enum Correlations: Sendable {
        /// Nothing: they are not known.
        case none
        /// They are zero.
        case zero
        /// Columns with correlation coefficients, by the names of Gaia.
        case gaia
        /// Columns with covariances in the base units, by field.
        case covariance([String: String])
    }

    /// One flux.
    struct Flux: Sendable {
        enum Kind: Sendable {
            /// Magnitudes, with what is added to make them AB magnitudes.
            case magnitude(offset: Double)
            /// Counts with a zero point in AB magnitudes; errors are ratios of flux and error.
            case counts(zeroPoint: Double)
            /// Flux densities.
            case flux
        }

        let name: String
        let kind: Kind
        let value: Source
        let error: Source?
    }

    /// A further column.
    struct Extra: Sendable {
        let column: String
        let name: String
        let type: ExtraType?
        let width: Int?
    }

    /// The type of a further column.
    enum ExtraType: String, Sendable, CaseIterable {
        case int64, float64, bool, string
    }

    /// Name of the catalogue, which is that of the dataset type.
    public let name: String
    /// Form of the input; by the suffix of each file if nil.
    public let format: Format?
    /// What an empty cell means.
    public let missing: MissingRule
    /// Unit of FITS files that holds the table.
    let hdu: Int
    /// Column with the identifier; rows are counted from 0 if nil.
    let identifier: String?
    /// Right ascension and declination; none for shards that are there already.
    let position: [Source]
    let positionErrors: [Source]
    let motion: Motion?
    let correlations: Correlations
    let fluxes: [Flux]
    /// Columns of flags by field: `photometric`, `resolved` and `variable`.
    let flags: [String: String]
    let extra: [Extra]
    /// Facts about the catalogue as free text: description, origin, contact, citation.
    public let facts: [String: String]
    /// The trixels that the catalogue covers, as first and last one of each range; only where rows are if nil.
    let coverage: [ClosedRange<UInt64>]?
    /// The configuration as it was read.
    public let text: String

    /// Filters in the order of their fields.
    public var filters: [String] { fluxes.map(\.name) }
}

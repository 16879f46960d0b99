public import ObservationMetadata

/// Everything Steward knows of a camera, read from its YAML definition; the schema is in `docs/instruments.md`.
///
/// ```swift
/// let hsc = try InstrumentCatalog.standard().definition(named: "HSC")
/// print(hsc.camera.detectors.count, hsc.collections.raw)
/// ```
public struct InstrumentDefinition: Sendable {
    /// Value of the `instrument` dimension.
    public let name: String
    /// Dotted class name of the reference, stored in the instrument row.
    public let className: String
    /// Visit system stored in the instrument row; nil where the reference stores none.
    public let visitSystem: VisitSystem?
    /// Exclusive upper bound of visit numbers; stored in the instrument row.
    public let visitMax: Int64
    /// Exclusive upper bound of exposure numbers; stored in the instrument row.
    public let exposureMax: Int64
    /// Exclusive upper bound of detector numbers; stored in the instrument row.
    public let detectorMax: Int64
    /// How data IDs of observations become integers unless told otherwise.
    public let packer: ObservationPackerKind
    /// How names of exposure groups become integers.
    public let groupNumbering: GroupNumbering
    /// Seconds from midnight TAI to the beginning of the observing day; nil when there is no such convention.
    public let dayOffsetSeconds: Int64?
    /// The dataset type of raw data.
    public let raw: RawDataset
    /// Formatters of raw data; the first entry that applies counts.
    public let rawFormatters: [RawFormatterEntry]
    /// Detectors and geometry.
    public let camera: CameraDefinition
    /// Filters in the order of the definition.
    public let filters: [FilterDefinition]
    /// Names of the usual collections.
    public let collections: CollectionNames
    /// Paths of folders with task configuration overrides, in order; later ones win.
    public let overrides: [String]
    /// Where curated calibrations come from.
    public let curated: CuratedCalibrations?
    /// Words that may stand for a dimension in data IDs, in input only.
    public let aliases: [String: String]
    /// How exposures become visits unless told otherwise.
    public let visits: VisitDefaults
    /// Rules for headers; nil for a camera whose files are always ingested by sidecar or index.
    public let translation: TranslationRules?
    /// Name of the file it was read from.
    public let source: String
}

/// How exposures are grouped into visits; the raw value is the number in the `visit_system` table.
public enum VisitSystem: Int64, Hashable, Sendable, CaseIterable {
    /// Each exposure is a visit.
    case oneToOne = 0
    /// All exposures of a group are a visit.
    case byGroupMetadata = 1
    /// Exposures with the same first and last counter are a visit.
    case bySequenceStartEnd = 2

    /// Name in the `visit_system` table and in definitions.
    public var name: String {
        switch self {
        case .oneToOne: "one-to-one"
        case .byGroupMetadata: "by-group-metadata"
        case .bySequenceStartEnd: "by-seq-start-end"
        }
    }
}

/// The two ways in which data IDs of observations become integers.
public enum ObservationPackerKind: String, Hashable, Sendable, CaseIterable {
    /// Observation times detectors plus detector.
    case observation
    /// The packing of Rubin Observatory, by day and counter.
    case rubin
}

/// The dataset type of raw data.
public struct RawDataset: Hashable, Sendable {
    /// Name of the dataset type.
    public let datasetType: String
    /// Its dimensions.
    public let dimensions: [String]
    /// Its storage class.
    public let storageClass: String
}

/// A filter, or a combination of filters, that the camera can be used with.
public struct FilterDefinition: Hashable, Sendable {
    /// Value of the `physical_filter` dimension.
    public let physicalFilter: String
    /// Value of the `band` dimension; the physical filter's name where the definition gives none.
    public let band: String
    /// What it is.
    public let documentation: String?
    /// Further names.
    public let aliases: [String]

    /// Whether the filter goes by a name: physical name, band or alias.
    public func answers(to name: String) -> Bool {
        physicalFilter == name || band == name || aliases.contains(name)
    }
}

/// Where curated calibrations come from.
public struct CuratedCalibrations: Hashable, Sendable {
    /// Name of the data package.
    public let package: String
    /// Folder within the package.
    public let policy: String
    /// Dataset types to write; empty for all standard ones.
    public let datasetTypes: [String]
}

/// How exposures become visits unless told otherwise.
public struct VisitDefaults: Hashable, Sendable {
    /// The grouping.
    public let grouping: VisitGrouping
    /// Whether a detector's region covers all exposures of the visit, not only the first.
    public let mergesExposures: Bool
}

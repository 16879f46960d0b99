public import AstroTime
public import Datasets
public import Foundation
public import SphericalGeometry

/// The content of an export file: what one repository tells another.
///
/// The form is the reference's YAML, version 1.0.2 (`daf_butler: transfers/_yaml.py`). Not in it: checksums, sizes,
/// components, and chains that were not asked for.
public struct ExportFile: Sendable {
    /// A value of a dimension record or data ID.
    public enum Value: Sendable, Hashable {
        /// No value.
        case null
        /// Whole number.
        case int(Int64)
        /// Real number.
        case real(Double)
        /// Truth value.
        case bool(Bool)
        /// Text.
        case string(String)
        /// Bytes.
        case bytes([UInt8])
        /// Instant.
        case time(TAI)
        /// Region on the sky.
        case region(Region)
    }

    /// Records of one dimension element, by field name; timespans stand as `datetime_begin` and `datetime_end`.
    public struct RecordBlock: Sendable {
        /// Name of the element.
        public var element: String
        /// Field values of each record.
        public var records: [[String: Value]]
    }

    /// Definition of a dataset type.
    public struct DatasetTypeBlock: Sendable, Hashable {
        /// Name.
        public var name: String
        /// Names of the dimensions, required and implied.
        public var dimensions: [String]
        /// Name of the storage class.
        public var storageClass: String
        /// Whether datasets can be certified.
        public var isCalibration: Bool
    }

    /// Datasets of one type in one run.
    public struct DatasetBlock: Sendable {
        /// Name of the dataset type.
        public var datasetType: String
        /// Name of the run.
        public var run: String
        /// The files with their datasets.
        public var files: [File]
    }

    /// One file and the datasets in it.
    public struct File: Sendable {
        /// Path, relative to the export's directory, or a URI; nil when only the registry's part is exported.
        public var path: String?
        /// Class name of the formatter.
        public var formatter: String?
        /// Identifier and required data ID values of each dataset.
        public var datasets: [(id: DatasetID, dataID: [String: Value])]
    }

    /// Membership of datasets in a TAGGED or CALIBRATION collection.
    public struct AssociationBlock: Sendable, Hashable {
        /// Name of the collection.
        public var collection: String
        /// Kind of the collection.
        public var kind: CollectionKind
        /// Members; with their range of validity for CALIBRATION collections, nil for TAGGED ones.
        public var members: [Members]

        /// Datasets that share a range of validity.
        public struct Members: Sendable, Hashable {
            /// Range of validity; nil for TAGGED collections.
            public var validity: Timespan?
            /// Identifiers.
            public var datasets: [DatasetID]
        }
    }

    /// Version of the dimension universe of the exporting repository.
    public var universeVersion: Int
    /// Namespace of the dimension universe of the exporting repository.
    public var universeNamespace: String
    /// Dimension records in dependency order.
    public var dimensions: [RecordBlock] = []
    /// Collections, chains after their children.
    public var collections: [CollectionInfo] = []
    /// Dataset types.
    public var datasetTypes: [DatasetTypeBlock] = []
    /// Datasets.
    public var datasets: [DatasetBlock] = []
    /// Associations.
    public var associations: [AssociationBlock] = []

    /// Creates an empty export of a repository with this universe.
    public init(universeVersion: Int, universeNamespace: String) {
        self.universeVersion = universeVersion
        self.universeNamespace = universeNamespace
    }
}

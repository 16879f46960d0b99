extension ButlerError {
    /// A stable kind of failure.
    ///
    /// The raw values of the first group are the `error_type` strings of the reference
    /// (`daf_butler: _exceptions.py`); the second group is Steward's own.
    public struct Code: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
        /// Name on the wire and in JSON output.
        public let rawValue: String

        /// Creates a code from its wire name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        private init(_ name: String) {
            rawValue = name
        }

        /// The wire name.
        public var description: String { rawValue }

        // MARK: The reference's kinds

        /// A calibration look-up found several validity ranges, or none could be told apart.
        public static let calibrationLookup = Code("calibration_lookup")
        /// A chain would contain itself.
        public static let collectionCycle = Code("collection_cycle")
        /// The operation does not apply to a collection of this kind.
        public static let collectionType = Code("collection_type")
        /// A data ID value has the wrong type, or names nothing that exists.
        public static let dataIDValue = Code("data_id_value")
        /// No dataset answers the question.
        public static let datasetNotFound = Code("dataset_not_found")
        /// No dimension of this name.
        public static let dimensionName = Code("dimension_name")
        /// A dimension value is missing or invalid.
        public static let dimensionValue = Code("dimension_value")
        /// A dataset type expression is malformed.
        public static let datasetTypeExpression = Code("dataset_type_expression")
        /// The values of a data ID contradict each other.
        public static let inconsistentDataID = Code("inconsistent_data_id")
        /// A query is malformed or ambiguous.
        public static let invalidQuery = Code("invalid_query")
        /// No collection of this name.
        public static let missingCollection = Code("missing_collection")
        /// A query asks for something no implementation answers.
        public static let unimplementedQuery = Code("unimplemented_query")
        /// No dataset type of this name.
        public static let missingDatasetType = Code("missing_dataset_type")
        /// The storage class has no such component.
        public static let unknownComponent = Code("unknown_component")
        /// Anything else.
        public static let unknown = Code("unknown")

        // MARK: Steward's own kinds

        /// A definition differs from the one already stored.
        public static let conflictingDefinition = Code("conflicting_definition")
        /// A database constraint would be violated; something else still refers to the row.
        public static let integrity = Code("integrity")
        /// A database failure with no more specific kind.
        public static let database = Code("database")
        /// The write lock could not be had in time.
        public static let databaseBusy = Code("database_busy")
        /// The database server cannot be reached, or the connection to it broke.
        public static let connection = Code("connection")
        /// The repository or file may not be written.
        public static let readOnly = Code("read_only")
        /// No repository at this place.
        public static let repositoryNotFound = Code("repository_not_found")
        /// There is a repository at this place already.
        public static let repositoryExists = Code("repository_exists")
        /// The repository's schema or managers are not ones this version handles.
        public static let incompatibleRepository = Code("incompatible_repository")
        /// A configuration file or value is malformed.
        public static let configuration = Code("configuration")
        /// An argument is malformed or out of range.
        public static let invalidArgument = Code("invalid_argument")
        /// A file that should exist does not.
        public static let fileNotFound = Code("file_not_found")
        /// A file could not be read or written.
        public static let fileAccess = Code("file_access")
        /// The disk is full or a quota is exhausted.
        public static let diskFull = Code("disk_full")
        /// A file's content is not what its format demands.
        public static let corruptFile = Code("corrupt_file")
        /// A header lacks a keyword or has an unusable value.
        public static let header = Code("header")
        /// No formatter, reader or writer for this.
        public static let formatter = Code("formatter")
        /// No storage class of this name, or no conversion between two.
        public static let storageClass = Code("storage_class")
        /// No instrument of this name, or its definition is malformed.
        public static let instrument = Code("instrument")
        /// A region's bytes or parameters are malformed.
        public static let region = Code("region")
        /// A time or timespan is malformed.
        public static let time = Code("time")
        /// Some of the inputs failed; each is listed in the context.
        public static let partialFailure = Code("partial_failure")
    }
}

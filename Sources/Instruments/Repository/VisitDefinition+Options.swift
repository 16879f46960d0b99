extension VisitDefinition {
    /// How visits are made.
    public struct Options: Sendable {
        /// Which exposures; an expression of the `where` language.
        public var condition = ""
        /// How exposures make visits; what the repository has already, else the instrument's way, if nil.
        public var grouping: VisitGrouping?
        /// Whether visits are changed where they differ, and their regions of detectors written anew.
        public var updatesRecords = false
        /// Whether visits that got further exposures are changed; all exposures of a group are looked up then.
        public var isIncremental = false
        /// Whether visits that conflict are left out instead of being an error.
        public var skipsConflicts = false
        /// Whether exposures that have a visit are left out before anything is computed.
        public var skipsVisited = false
        /// Whether visits that lack regions of detectors get them.
        public var completesRegions = false
        /// Whether values that differ by rounding only count as different.
        public var comparesStrictly = false
        /// Whether an exposure that makes no visit is an error instead of a remark.
        public var refusesUnusable = false
        /// Pixels by which detectors are grown for their regions; the camera's own number if nil.
        public var padding: Double?
        /// Whether a detector's region covers all exposures of the visit; the camera's rule if nil.
        public var mergesExposures: Bool?
        /// Which of the exposures have a pointing that is not to be trusted; their visits get no regions.
        public var unreliable = ""
        /// Collections in which the version of the camera is looked up that is valid for an exposure; none means that
        /// the definition counts.
        public var cameraCollections: [String] = []
        /// Whether an exposure without a valid version of the camera is an error instead of a remark.
        public var requiresCameraVersion = false
        /// Whether exposures without boresight or rotation make visits, which have no regions.
        public var keepsUnpointed = false

        /// The reference's defaults.
        public init() {}
    }

    /// What was done.
    public struct Report: Sendable {
        /// The grouping that was used.
        public let grouping: VisitGrouping
        /// Visits that are new.
        public var inserted = 0
        /// Visits that were there already in this form.
        public var unchanged = 0
        /// Visits that were changed with the regions of their detectors.
        public var updated = 0
        /// Visits that were changed without the regions of their detectors.
        public var partiallyUpdated = 0
        /// Visits left out because they conflict.
        public var conflicting = 0
        /// Exposures left out because they have a visit.
        public var filtered = 0
        /// Names of visits that have no regions because the pointing of an exposure is not known or not to be trusted.
        public var withoutRegion: [String] = []
        /// Exposures that make no visit, with the reason, and further remarks.
        public var remarks: [String] = []

        mutating func count(_ outcome: Outcome) {
            switch outcome {
            case .inserted: inserted += 1
            case .unchanged: unchanged += 1
            case .updated: updated += 1
            case .partiallyUpdated: partiallyUpdated += 1
            case .conflicting: conflicting += 1
            }
        }
    }

    /// What became of a visit.
    enum Outcome: Sendable {
        case inserted
        case unchanged
        case updated
        case partiallyUpdated
        case conflicting
    }
}

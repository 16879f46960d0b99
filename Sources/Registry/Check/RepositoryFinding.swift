/// Something that is not as it should be in a repository.
public struct RepositoryFinding: Sendable, Hashable {
    /// What is wrong; the raw values are stable.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The database finds its own storage damaged.
        case storage
        /// A table is missing.
        case missingTable = "missing-table"
        /// A table has other columns than the schema says.
        case columns
        /// The tables of collections and runs disagree.
        case runRow = "run-row"
        /// A row of a chain names a collection that does not exist, or belongs to none or to no chain.
        case chainMember = "chain-member"
        /// A chain holds itself.
        case chainCycle = "chain-cycle"
        /// The summary of a collection lacks a dataset type.
        case datasetTypeSummary = "dataset-type-summary"
        /// The summary of a collection lacks a governor value.
        case governorSummary = "governor-summary"
        /// A dataset is not a member of its own run.
        case membership
        /// Validity ranges of one dataset type, collection and data ID overlap.
        case validity
        /// A governor value lacks its row in an overlap summary.
        case overlapSummary = "overlap-summary"
        /// Overlaps with sky pixels use another pixelisation than the universe's.
        case overlapSystem = "overlap-system"
        /// A stored region cannot be decoded.
        case region
        /// Sky pixels that a region touches are missing.
        case missingOverlap = "missing-overlap"
        /// There are sky pixels that a region does not touch.
        case surplusOverlap = "surplus-overlap"
        /// A datastore is said to hold a dataset, but has no record of it.
        case location
        /// A datastore that is not configured is said to hold datasets.
        case datastore
        /// The datastore has a record of a dataset that it is not said to hold.
        case record
        /// A dataset waits in the trash for its removal.
        case trash
        /// A row refers to one that does not exist.
        case foreignKey = "foreign-key"
        /// A recorded file is missing.
        case missingFile = "missing-file"
        /// A file has another size than its record.
        case size
        /// A file has another checksum than its record.
        case checksum
        /// A file or directory cannot be examined.
        case unreadableFile = "unreadable-file"
        /// A file was being written when its writer ended.
        case temporaryFile = "temporary-file"
        /// A file was made by a program that was killed before it was recorded.
        case unfinishedFile = "unfinished-file"
        /// A file belongs to no dataset.
        case unreferencedFile = "unreferenced-file"
        /// A part of the repository could not be checked.
        case unchecked
    }

    /// How bad it is.
    public enum Severity: String, Sendable, Hashable {
        /// Data are lost or damaged, or answers may be wrong.
        case error
        /// Something is left over that does no harm.
        case warning
        /// Nothing is known to be wrong.
        case note
    }

    /// What can be done about it.
    public enum State: String, Sendable, Hashable {
        /// Only a person can mend it.
        case open
        /// A repair mends it.
        case repairable
        /// It was mended.
        case repaired
    }

    /// What is wrong.
    public let kind: Kind
    /// How bad it is.
    public let severity: Severity
    /// The table, collection, dataset or file.
    public let subject: String
    /// What was found.
    public let message: String
    /// What to do, or what was done.
    public let remedy: String
    /// What can be done about it.
    public let state: State

    /// Creates a finding.
    public init(
        _ kind: Kind,
        _ subject: String,
        _ message: String,
        remedy: String,
        severity: Severity = .error,
        state: State = .open
    ) {
        self.kind = kind
        self.severity = severity
        self.subject = subject
        self.message = message
        self.remedy = remedy
        self.state = state
    }

    /// The finding after its repair.
    ///
    /// - Parameter remedy: What was done.
    /// - Returns: The same finding, mended.
    public func repaired(_ remedy: String) -> RepositoryFinding {
        RepositoryFinding(kind, subject, message, remedy: remedy, severity: severity, state: .repaired)
    }
}

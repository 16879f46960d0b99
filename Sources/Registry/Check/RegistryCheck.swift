public import Databases
internal import StewardCore

/// Examines the tables of a repository for what should not be, and mends what can be mended without loss.
///
/// Results are read page by page, so memory does not grow with the repository.
public struct RegistryCheck: Sendable {
    /// Takes what is found.
    public typealias Report = (RepositoryFinding) throws -> Void

    /// A part of the examination.
    public enum Topic: Sendable, Hashable, CaseIterable {
        /// The database's own examination of its storage.
        case storage
        /// Tables and their columns.
        case schema
        /// Runs, chains.
        case collections
        /// What collections say to hold, against what they hold.
        case summaries
        /// Every dataset is in its run.
        case memberships
        /// Validity ranges do not overlap.
        case validity
        /// Which pixelisation overlaps use for which governors.
        case overlapSummaries
        /// Sky pixels against regions.
        case overlaps
        /// What datastores are said to hold, against the datastore's records.
        case locations
        /// The datastore's records, against what it is said to hold.
        case records
        /// What waits in the trash.
        case trash
        /// Rows that refer to nothing.
        case foreignKeys

        /// Whether some of its findings can be mended by ``RegistryCheck/run(_:repairing:on:report:)``.
        public var isRepairable: Bool {
            switch self {
            case .summaries, .overlapSummaries, .overlaps, .locations: true
            default: false
            }
        }
    }

    let tables: RegistryTables
    let records: DatastoreRecordTable
    let datastore: String

    /// Creates the examination of a repository.
    ///
    /// - Parameters:
    ///   - tables: The repository's tables.
    ///   - records: The table of its datastore.
    ///   - datastore: Name of its datastore.
    public init(_ tables: RegistryTables, _ records: DatastoreRecordTable, datastore: String) {
        self.tables = tables
        self.records = records
        self.datastore = datastore
    }

    var schema: RegistrySchema { tables.schema }
    var format: RegistryFormat { tables.schema.format }

    /// Examines one part.
    ///
    /// - Parameters:
    ///   - topic: The part.
    ///   - repairing: Whether to mend what can be mended; needs a write connection, and commits nothing itself.
    ///   - connection: Where to read.
    ///   - report: Takes what is found, in no particular order.
    /// - Returns: Whether a repair has left something for another transaction.
    /// - Throws: Database errors, and what the report throws.
    public func run(
        _ topic: Topic,
        repairing: Bool,
        on connection: any Connection,
        report: Report
    ) throws -> Bool {
        if topic == .locations || topic == .records, try !connection.tableExists(records.name) { return false }
        switch topic {
        case .storage: try checkStorage(on: connection, report)
        case .schema: try checkSchema(on: connection, report)
        case .collections: try checkCollections(on: connection, report)
        case .summaries: try checkSummaries(repairing, on: connection, report)
        case .memberships: try checkMemberships(on: connection, report)
        case .validity: try checkValidity(on: connection, report)
        case .overlapSummaries: try checkOverlapSummaries(repairing, on: connection, report)
        case .overlaps: try checkOverlaps(repairing, on: connection, report)
        case .locations: return try checkLocations(repairing, on: connection, report)
        case .records: try checkRecords(on: connection, report)
        case .trash: try checkTrash(on: connection, report)
        case .foreignKeys: try checkForeignKeys(on: connection, report)
        }
        return false
    }

    /// The tables of memberships, each once, with a dataset type that uses it.
    func membershipTables(
        on connection: any Connection
    ) throws -> [(table: TableSpec, type: DatasetTypeRecord)] {
        var seen: Set<String> = []
        var found: [(TableSpec, DatasetTypeRecord)] = []
        for type in try tables.datasetTypes.all(on: connection) {
            for table in [type.tags, type.calibrations].compactMap({ $0 }) where seen.insert(table.name).inserted {
                found.append((table, type))
            }
        }
        return found
    }
}

public import Databases
public import Datasets
internal import Dimensions
internal import StewardCore

/// A registered dataset type with what its tables are.
public struct DatasetTypeRecord: Sendable {
    /// Number that identifies it in other tables.
    public let id: Int64
    /// The dataset type.
    public let type: DatasetType
    /// Key of its dimensions; 0 for no dimensions.
    public let groupKey: Int64
    /// The table of RUN and TAGGED memberships.
    public let tags: TableSpec
    /// The table of CALIBRATION memberships; nil if the dataset type is not a calibration.
    public let calibrations: TableSpec?

    /// Names of the columns that hold the data ID, in order.
    public var dimensionColumns: [String] { type.dimensions.required.map(\.name) }

    /// How the columns that hold the data ID are fetched.
    public var dimensionKinds: [ColumnKind] { tags.kinds(of: dimensionColumns) }
}

/// All dataset types and dimension groups of a repository at one time.
struct DatasetTypeSnapshot: Sendable {
    private(set) var byName: [String: DatasetTypeRecord] = [:]
    private(set) var byID: [Int64: DatasetTypeRecord] = [:]
    private(set) var groups: [Int64: DimensionGroup] = [:]
    private(set) var groupKeys: [DimensionGroup: Int64] = [:]
    /// Largest key in `dimension_graph_key`; 0 if there is none.
    private(set) var largestGroupKey: Int64 = 0
    /// Dataset types that this program cannot represent, with the reason.
    private(set) var unusable: [String: ButlerError] = [:]

    init(emptyGroup: DimensionGroup) {
        add(emptyGroup, key: 0)
    }

    mutating func add(_ group: DimensionGroup, key: Int64) {
        groups[key] = group
        // Of several keys for one group the smallest counts.
        groupKeys[group] = min(groupKeys[group] ?? key, key)
        noteGroupKey(key)
    }

    mutating func noteGroupKey(_ key: Int64) {
        largestGroupKey = max(largestGroupKey, key)
    }

    mutating func add(_ record: DatasetTypeRecord) {
        byName[record.type.name] = record
        byID[record.id] = record
    }

    mutating func add(unusable name: String, _ error: ButlerError) {
        unusable[name] = error
    }

    mutating func remove(_ name: String) {
        if let record = byName.removeValue(forKey: name) { byID[record.id] = nil }
    }
}

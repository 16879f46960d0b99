public import Datasets
public import Dimensions
internal import StewardCore

/// Datasets of one type in some collections, joined into a query.
public struct DatasetSearch: Sendable, Hashable {
    /// Name of the dataset type; never of a component.
    public let datasetType: String
    /// Dimensions of the dataset type.
    public let dimensions: DimensionGroup
    /// Names of the collections in search order, without patterns.
    public let collections: [String]

    /// Creates a search.
    public init(_ datasetType: DatasetType, in collections: [String]) {
        self.datasetType = datasetType.parentName
        dimensions = datasetType.dimensions
        self.collections = collections
    }
}

/// Data IDs given by the user, joined into a query as a table.
public struct DataIDTable: Sendable, Hashable {
    /// Dimensions of the data IDs.
    public let dimensions: DimensionGroup
    /// Required values of each data ID in the group's order.
    public let rows: [[DimensionValue]]

    /// Creates a table of data IDs of one group, without duplicates.
    ///
    /// - Parameter dataIDs: Data IDs.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if there are none or their dimensions differ.
    public init(_ dataIDs: some Sequence<DataCoordinate>) throws {
        var group: DimensionGroup?
        var seen = Set<[DimensionValue]>()
        var rows: [[DimensionValue]] = []
        for dataID in dataIDs {
            guard group == nil || group == dataID.group else {
                throw ButlerError(
                    .invalidQuery,
                    "The data IDs to join have different dimensions: \(group.map { "\($0)" } ?? "") and \(dataID.group)."
                )
            }
            group = dataID.group
            let row = Array(dataID.requiredValues)
            if seen.insert(row).inserted { rows.append(row) }
        }
        guard let group else {
            throw ButlerError(.invalidQuery, "There are no data IDs to join.", remedy: "Give at least one.")
        }
        dimensions = group
        self.rows = rows
    }
}

public import Dimensions
internal import StewardCore

/// Data IDs joined into a query as a table: given by the user, or the rows of another query.
public struct DataIDTable: Sendable, Hashable {
    /// Dimensions of the data IDs.
    public let dimensions: DimensionGroup
    /// Values of each data ID in the group's order.
    public let rows: [[DimensionValue]]
    /// Whether the rows have the implied values, too, and so relate all dimensions.
    public let hasImplied: Bool

    /// Creates a table of data IDs of one group, without duplicates.
    ///
    /// - Parameters:
    ///   - dataIDs: Data IDs.
    ///   - dimensions: Their dimensions, if there may be none; else there must be one.
    ///   - keepsImplied: Whether implied values are kept; all data IDs must have them.
    /// - Throws: ``ButlerError`` with `.invalidQuery` if there are none or their dimensions differ.
    public init(
        _ dataIDs: some Sequence<DataCoordinate>,
        dimensions: DimensionGroup? = nil,
        keepsImplied: Bool = false
    ) throws {
        var group = dimensions
        var seen = Set<[DimensionValue]>()
        var rows: [[DimensionValue]] = []
        for dataID in dataIDs {
            if let group, group != dataID.group {
                throw ButlerError(
                    .invalidQuery,
                    "The data IDs to join have different dimensions: \(group) and \(dataID.group).",
                    remedy: "Join those of each group by themselves."
                )
            }
            group = dataID.group
            let row = keepsImplied ? dataID.values : Array(dataID.requiredValues)
            if seen.insert(row).inserted { rows.append(row) }
        }
        guard let group else {
            throw ButlerError(.invalidQuery, "There are no data IDs to join.", remedy: "Give at least one.")
        }
        self.dimensions = group
        self.rows = rows
        hasImplied = keepsImplied
    }

    /// Dimensions of the values of each row, in order.
    public var columns: [DimensionElement] {
        hasImplied ? dimensions.required + dimensions.implied : dimensions.required
    }
}

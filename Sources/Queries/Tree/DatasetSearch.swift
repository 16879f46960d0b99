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

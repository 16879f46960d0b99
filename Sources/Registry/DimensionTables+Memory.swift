public import Dimensions

extension DimensionTables {
    /// The records of a cached element if they are in memory already; asks no database.
    public func inMemory(_ element: DimensionElement) -> ElementRecords? {
        element.isCached && element.viewOf == nil ? cache.records(of: element) : nil
    }
}

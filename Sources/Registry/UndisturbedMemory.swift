internal import Databases
internal import Dimensions

/// What a process knows of a database in writes between which nothing but its own commits has changed it.
///
/// It spares a series of writes the questions of which the answers cannot have changed. See
/// ``Databases/Connection/undisturbedMark``.
struct UndisturbedMemory {
    /// Most records of an element; they are those that data IDs of late have named.
    private static let capacity = 1024

    /// The writes for which it holds.
    let mark: ChangeMark?
    private var summaries: [CollectionKey: Set<RegistryCache.SummaryItem>] = [:]
    private var records: [Int: ElementRecords] = [:]

    init(_ mark: ChangeMark? = nil) {
        self.mark = mark
    }

    /// Whether it is known that a collection has its key, and that its summary covers some items.
    func covers(_ items: Set<RegistryCache.SummaryItem>, _ key: CollectionKey) -> Bool {
        summaries[key].map(items.isSubset) ?? false
    }

    /// Keeps what a collection's summary was found to cover, or was made to.
    mutating func note(_ items: Set<RegistryCache.SummaryItem>, _ key: CollectionKey) {
        summaries[key, default: []].formUnion(items)
    }

    /// The records of an element with some keys, if all of them are known.
    func records(_ element: DimensionElement, _ keys: Set<[DimensionValue]>) -> ElementRecords? {
        guard let known = records[element.position] else { return nil }
        let found = keys.compactMap { known[$0] }
        return found.count == keys.count ? ElementRecords(element, found) : nil
    }

    /// Keeps records that were read.
    mutating func note(_ found: ElementRecords) {
        let position = found.element.position
        let known = records[position]?.records ?? []
        guard found.records.count <= Self.capacity else { return }
        guard known.count + found.records.count <= Self.capacity else { return records[position] = found }
        for record in found.records { records[position, default: ElementRecords(found.element)].add(record) }
    }

    /// Forgets the records of an element that a write changes.
    mutating func forget(_ element: DimensionElement) {
        records[element.position] = nil
    }
}

public import Dimensions

/// Records of one element, found by the values of its required dimensions.
public struct ElementRecords: Sendable {
    /// The element.
    public let element: DimensionElement
    /// The records in the order in which they were read.
    public private(set) var records: [DimensionRecord] = []
    private var positions: [[DimensionValue]: Int] = [:]

    init(_ element: DimensionElement, _ records: some Sequence<DimensionRecord> = []) {
        self.element = element
        for record in records { add(record) }
    }

    /// The record with these values of the required dimensions, in the element's order, or nil.
    public subscript(key: [DimensionValue]) -> DimensionRecord? {
        positions[key].map { records[$0] }
    }

    /// The same records in the order of their keys.
    func sorted() -> ElementRecords {
        ElementRecords(element, records.sorted { $0.key.lexicographicallyPrecedes($1.key) })
    }

    /// Adds a record, in place of one with the same key.
    mutating func add(_ record: DimensionRecord) {
        let key = record.key
        if let position = positions[key] {
            records[position] = record
        } else {
            positions[key] = records.count
            records.append(record)
        }
    }
}

extension DimensionRecord {
    /// Values of the required dimensions, in the element's order.
    var key: [DimensionValue] { values.prefix(element.required.count).compactMap(\.dimensionValue) }
}

public import StewardCore

/// A data ID: values for the dimensions of a group.
///
/// It is *minimal* with the required values only, *full* with the implied ones too, *expanded* with the dimension
/// records attached. Equality and hashing look at the group and the required values, as in the reference.
public struct DataCoordinate: Sendable {
    /// The dimensions.
    public let group: DimensionGroup
    /// Values in the group's order: required, then (when full) implied.
    public let values: [DimensionValue]
    /// Records of the group's elements, when expanded.
    public let records: RecordSet?

    /// Records of elements by position in the universe, shared between copies.
    public final class RecordSet: Sendable {
        private let byPosition: [Int: DimensionRecord]

        /// Creates a set; the last of several records of one element wins.
        public init(_ records: some Sequence<DimensionRecord>) {
            byPosition = Dictionary(records.map { ($0.element.position, $0) }, uniquingKeysWith: { $1 })
        }

        /// The record of an element, if there is one.
        public subscript(element: DimensionElement) -> DimensionRecord? { byPosition[element.position] }

        /// All records in universe order.
        public var all: [DimensionRecord] { byPosition.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// Creates a data ID from values in the group's order.
    ///
    /// - Parameters:
    ///   - group: The dimensions.
    ///   - values: As many values as required dimensions, or as all dimensions, of the right types.
    ///   - records: Records of the elements, if known.
    public init(_ group: DimensionGroup, values: [DimensionValue], records: RecordSet? = nil) {
        precondition(values.count == group.required.count || values.count == group.count, "wrong number of values")
        self.group = group
        self.values = values
        self.records = records
    }

    /// The data ID without dimensions.
    public static func empty(in universe: DimensionUniverse) -> DataCoordinate {
        DataCoordinate(universe.emptyGroup, values: [], records: RecordSet([]))
    }

    /// Creates a data ID from named values, converting each to its dimension's type.
    ///
    /// Names that are not dimensions of the group are ignored when they are dimensions of the universe. The result
    /// is full when every implied value is given.
    ///
    /// - Parameters:
    ///   - named: Values by dimension name.
    ///   - group: The dimensions wanted.
    ///   - defaults: Values for dimensions not named.
    /// - Throws: ``ButlerError`` with `.dimensionName` for unknown names, `.dimensionValue` when a required value is
    ///   missing, `.dataIDValue` for values of the wrong type.
    public init(
        _ named: [String: DimensionValue],
        for group: DimensionGroup,
        defaults: [String: DimensionValue] = [:]
    ) throws {
        for name in named.keys { _ = try group.universe.dimension(name) }
        func value(_ dimension: DimensionElement) throws -> DimensionValue? {
            try (named[dimension.name] ?? defaults[dimension.name])?.converted(for: dimension)
        }
        let required = try group.required.map { dimension in
            guard let value = try value(dimension) else {
                throw ButlerError(
                    .dimensionValue,
                    "No value for required dimension \"\(dimension.name)\" in data ID \(Self.text(of: named)).",
                    remedy: "Give values for \(group.required.map(\.name).joined(separator: ", "))."
                )
            }
            return value
        }
        let implied = try group.implied.compactMap(value)
        let isFull = implied.count == group.implied.count
        self.init(group, values: isFull ? required + implied : required)
    }

    /// Whether the implied values are known.
    public var isFull: Bool { values.count == group.count }

    /// The value of a dimension, if known.
    public subscript(dimension: String) -> DimensionValue? {
        guard let index = group.valueIndex(dimension), index < values.count else { return nil }
        return values[index]
    }

    /// The required values.
    public var requiredValues: ArraySlice<DimensionValue> { values.prefix(group.required.count) }

    /// Names and values known, in order.
    public var items: [(dimension: DimensionElement, value: DimensionValue)] {
        Array(zip(group.required + group.implied, values)).map { ($0, $1) }
    }

    /// Names and values known.
    public var dictionary: [String: DimensionValue] {
        Dictionary(items.map { ($0.dimension.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// The part of this data ID that belongs to a smaller group.
    ///
    /// - Parameter smaller: A group whose required dimensions all have values here.
    /// - Returns: The part, full when all its implied values are known here, with the records there are.
    /// - Throws: ``ButlerError`` with `.dimensionValue` when a value is missing.
    public func subset(_ smaller: DimensionGroup) throws -> DataCoordinate {
        guard smaller != group else { return self }
        var subset: [DimensionValue] = []
        for dimension in smaller.required {
            guard let value = self[dimension.name] else {
                throw ButlerError(
                    .dimensionValue,
                    "Data ID \(self) has no value for dimension \"\(dimension.name)\"."
                )
            }
            subset.append(value)
        }
        let implied = smaller.implied.compactMap { self[$0.name] }
        return DataCoordinate(
            smaller,
            values: implied.count == smaller.implied.count ? subset + implied : subset,
            records: records
        )
    }

    /// This data ID with its records attached and its implied values taken from them.
    ///
    /// - Parameter records: Records of all elements of the group that have any.
    /// - Returns: The expanded data ID; still minimal when a record that carries an implied value is missing.
    public func expanded(_ records: RecordSet) -> DataCoordinate {
        guard !isFull else { return DataCoordinate(group, values: values, records: records) }
        let implied: [DimensionValue] = group.implied.compactMap { dimension in
            group.elements.lazy.compactMap { element in
                element.implied.contains(dimension.name) ? records[element]?[dimension.name]?.dimensionValue : nil
            }.first
        }
        let isFull = implied.count == group.implied.count
        return DataCoordinate(group, values: isFull ? values + implied : values, records: records)
    }

    private static func text(of named: [String: DimensionValue]) -> String {
        "{" + named.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    }
}

extension DataCoordinate: Hashable, CustomStringConvertible {
    /// Data IDs are equal when groups and required values are.
    public static func == (left: DataCoordinate, right: DataCoordinate) -> Bool {
        left.group == right.group && left.requiredValues == right.requiredValues
    }

    /// Feeds the required values to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(requiredValues)
    }

    /// Names and all known values in braces, text in single quotes, as the reference prints data IDs.
    public var description: String {
        let parts = items.map { dimension, value in
            switch value {
            case .int(let value): "\(dimension.name): \(value)"
            case .string(let value): "\(dimension.name): '\(value)'"
            }
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    /// `{"dataId": {…}}` with all known values, as the reference's serialised form.
    public var json: JSONValue {
        .object([.init("dataId", .object(items.map { .init($0.dimension.name, $0.value.json) }))])
    }
}

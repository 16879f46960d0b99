import StewardCore

/// Numbers the filters of a camera by their order in its definition.
public struct FilterPacker: DataIDPacker, Hashable {
    /// Physical filters in the order of their numbers.
    public let filters: [String]
    private let names: DigitNames

    /// Creates a packer for the filters of a camera.
    public init(_ filters: [FilterDefinition]) {
        self.filters = filters.map(\.physicalFilter)
        names = DigitNames("physical_filter", self.filters)
    }

    /// The physical filter.
    public var dimensions: [String] { [names.dimension] }

    /// How many bits the greatest number has.
    public var maxBits: Int { filters.isEmpty ? 0 : PackedRange.bitLength(Int64(filters.count - 1)) }

    /// Names of the values of a dimension.
    public func names(of dimension: String) -> DigitNames? { dimension == names.dimension ? names : nil }

    /// The number of a filter: its position in the definition, from 0; an unknown one is an error with near names.
    public func number(of filter: String) throws -> Int64 {
        try names.number(of: filter)
    }

    /// The filter of a number; an error when there is none.
    public func filter(_ number: Int64) throws -> String {
        try check([number])
        return filters[Int(number)]
    }

    /// Packs one data ID, given as the filter's number.
    public func pack(_ values: [Int64]) throws -> Int64 {
        _ = try rowCount(values.map { [$0] })
        try check(values)
        return values[0]
    }

    /// Unpacks one number into the filter's number.
    public func unpack(_ id: Int64) throws -> [Int64] {
        try check([id])
        return [id]
    }

    /// Packs many data IDs, given as the filters' numbers.
    public func pack(columns: [[Int64]]) throws -> [Int64] {
        _ = try rowCount(columns)
        try check(columns[0])
        return columns[0]
    }

    /// Unpacks many numbers into the filters' numbers.
    public func unpack(_ ids: [Int64]) throws -> [[Int64]] {
        try check(ids)
        return [ids]
    }

    private func check(_ numbers: [Int64]) throws {
        try PackedRange.check(numbers, names.dimension, below: Int64(filters.count))
    }
}

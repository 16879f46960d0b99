import StewardCore

/// Numbers the filters of a camera by their order in its definition.
public struct FilterPacker: Hashable, Sendable {
    /// Physical filters in the order of their numbers.
    public let filters: [String]
    private let numbers: [String: Int64]

    /// Creates a packer for the filters of a camera.
    public init(_ filters: [FilterDefinition]) {
        self.filters = filters.map(\.physicalFilter)
        numbers = Dictionary(zip(self.filters, 0...).map { ($0, Int64($1)) }) { first, _ in first }
    }

    /// How many bits the greatest number has.
    public var maxBits: Int { filters.isEmpty ? 0 : PackedRange.bitLength(Int64(filters.count - 1)) }

    /// The number of a filter.
    ///
    /// - Parameter filter: Name of the physical filter.
    /// - Returns: Its position in the definition, from 0.
    /// - Throws: `ButlerError` of code `dimensionValue` with near names when the camera has no such filter.
    public func pack(_ filter: String) throws -> Int64 {
        guard let number = numbers[filter] else {
            throw ButlerError(
                .dimensionValue,
                "The camera has no physical filter \"\(filter)\".",
                candidates: Candidates.nearest(to: filter, in: filters),
                context: [.init("dimension", "physical_filter")]
            )
        }
        return number
    }

    /// The filter of a number.
    ///
    /// - Parameter number: Position in the definition, from 0.
    /// - Returns: Name of the physical filter.
    /// - Throws: `ButlerError` of code `dimensionValue` when there is none.
    public func unpack(_ number: Int64) throws -> String {
        try PackedRange.check(number, "physical_filter", below: Int64(filters.count))
        return filters[Int(number)]
    }
}

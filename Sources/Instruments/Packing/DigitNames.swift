import StewardCore

/// A column of data IDs.
public enum DataIDColumn: Hashable, Sendable {
    /// Values of a dimension with numbers.
    case numbers([Int64])
    /// Values of a dimension with names.
    case names([String])
}

/// Names and their numbers, for dimensions such as bands and filters.
public struct DigitNames: Hashable, Sendable {
    /// The dimension.
    public let dimension: String
    private let numbers: [String: Int64]
    private let names: [Int64: String]

    /// Numbers names by their order.
    ///
    /// - Parameters:
    ///   - dimension: The dimension.
    ///   - names: The names; of equal ones the first counts.
    ///   - first: Number of the first name.
    public init(_ dimension: String, _ names: [String], from first: Int64 = 0) {
        self.dimension = dimension
        let pairs = zip(names, first...).map { ($0, $1) }
        numbers = Dictionary(pairs) { first, _ in first }
        self.names = Dictionary(pairs.map { ($1, $0) }) { first, _ in first }
    }

    /// Takes given numbers.
    ///
    /// - Parameters:
    ///   - dimension: The dimension.
    ///   - numbers: Numbers by name.
    /// - Throws: `ButlerError` of code `invalidArgument` when two names have the same number.
    public init(_ dimension: String, numbers: [String: Int64]) throws {
        self.dimension = dimension
        self.numbers = numbers
        names = Dictionary(numbers.map { ($1, $0) }) { first, _ in first }
        guard names.count == numbers.count else {
            throw ButlerError(.invalidArgument, "Numbers of \(dimension) must differ.")
        }
    }

    /// The greatest number; nil without names.
    var greatest: Int64? { names.keys.max() }
    /// The least number; nil without names.
    var least: Int64? { names.keys.min() }

    /// The number of a name; nil when it has none.
    public subscript(name: String) -> Int64? { numbers[name] }

    /// The name of a number; nil when it has none.
    public subscript(number: Int64) -> String? { names[number] }

    /// The number of a name.
    ///
    /// - Parameter name: The name.
    /// - Returns: Its number.
    /// - Throws: `ButlerError` of code `dimensionValue` with near names when it has none.
    public func number(of name: String) throws -> Int64 {
        guard let number = numbers[name] else {
            throw ButlerError(
                .dimensionValue,
                "The \(dimension) \"\(name)\" has no number in this packer.",
                candidates: Candidates.nearest(to: name, in: numbers.keys.sorted()),
                context: [.init("dimension", dimension)]
            )
        }
        return number
    }

    /// The numbers of many names.
    ///
    /// - Parameter names: The names.
    /// - Returns: Their numbers.
    /// - Throws: `ButlerError` of code `dimensionValue` with near names for the first that has none.
    public func numbers(of names: [String]) throws -> [Int64] {
        try names.map { try number(of: $0) }
    }

    /// The names of many numbers.
    ///
    /// - Parameter numbers: The numbers.
    /// - Returns: Their names.
    /// - Throws: `ButlerError` of code `dimensionValue` for the first that has none.
    public func names(of numbers: [Int64]) throws -> [String] {
        try numbers.map { number in
            guard let name = names[number] else {
                throw ButlerError(
                    .dimensionValue,
                    "No \(dimension) has the number \(number).",
                    context: [.init("dimension", dimension)]
                )
            }
            return name
        }
    }
}

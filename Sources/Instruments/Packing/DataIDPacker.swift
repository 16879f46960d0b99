import StewardCore

/// Turns data IDs into integers and back: a number in a mixed radix, one digit for each dimension.
///
/// All values are range-checked, both ways; arrays are checked as a whole before the first number is made.
public protocol DataIDPacker: Sendable {
    /// Names of the dimensions in the order in which their values are given.
    var dimensions: [String] { get }
    /// How many bits the greatest packed number has.
    var maxBits: Int { get }
    /// Names of the values of dimensions whose values are no numbers; nil for those whose are.
    func names(of dimension: String) -> DigitNames?

    /// Packs one data ID.
    ///
    /// - Parameter values: A value for each dimension, in order.
    /// - Returns: The packed number, from 0.
    /// - Throws: `ButlerError` of code `dimensionValue` naming dimension and value when one is out of range.
    func pack(_ values: [Int64]) throws -> Int64

    /// Unpacks one number.
    ///
    /// - Parameter id: A packed number.
    /// - Returns: A value for each dimension, in order.
    /// - Throws: `ButlerError` of code `dimensionValue` when no data ID has this number.
    func unpack(_ id: Int64) throws -> [Int64]

    /// Packs many data IDs.
    ///
    /// - Parameter columns: A column of equal length for each dimension, in order.
    /// - Returns: The packed numbers.
    /// - Throws: `ButlerError` of code `dimensionValue` when a value is out of range, `invalidArgument` when the columns
    ///   do not fit together.
    func pack(columns: [[Int64]]) throws -> [Int64]

    /// Unpacks many numbers.
    ///
    /// - Parameter ids: Packed numbers.
    /// - Returns: A column for each dimension, in order.
    /// - Throws: `ButlerError` of code `dimensionValue` when no data ID has one of the numbers.
    func unpack(_ ids: [Int64]) throws -> [[Int64]]
}

extension DataIDPacker {
    /// All dimensions have numbers.
    public func names(of dimension: String) -> DigitNames? { nil }

    /// Packs many data IDs given by dimension.
    ///
    /// - Parameter columns: A column of equal length for each of ``dimensions``.
    /// - Returns: The packed numbers.
    /// - Throws: `ButlerError` of code `dimensionName` when a dimension is missing, else as ``pack(columns:)``.
    public func pack(_ columns: [String: [Int64]]) throws -> [Int64] {
        try pack(
            columns: dimensions.map { dimension in
                guard let column = columns[dimension] else {
                    throw ButlerError(
                        .dimensionName,
                        "The dimension \"\(dimension)\" is missing; needed are \(dimensions.joined(separator: ", "))."
                    )
                }
                return column
            }
        )
    }

    /// Unpacks many numbers into columns by dimension.
    ///
    /// - Parameter ids: Packed numbers.
    /// - Returns: A column for each of ``dimensions``.
    /// - Throws: `ButlerError` of code `dimensionValue` when no data ID has one of the numbers.
    public func columns(of ids: [Int64]) throws -> [String: [Int64]] {
        Dictionary(uniqueKeysWithValues: zip(dimensions, try unpack(ids)))
    }

    /// Packs many data IDs given by dimension, names as names.
    ///
    /// - Parameter table: A column of equal length for each of ``dimensions``; names or numbers where values have names.
    /// - Returns: The packed numbers.
    /// - Throws: `ButlerError` of code `dimensionName` when a dimension is missing, `dimensionValue` for a name that is
    ///   not known or a name where a number must be, else as ``pack(columns:)``.
    public func pack(table: [String: DataIDColumn]) throws -> [Int64] {
        try pack(
            Dictionary(
                uniqueKeysWithValues: table.map { dimension, column in
                    switch column {
                    case .numbers(let numbers): return (dimension, numbers)
                    case .names(let values):
                        guard let names = names(of: dimension) else {
                            throw ButlerError(
                                .dimensionValue,
                                "The values of \(dimension) are numbers, not names.",
                                context: [.init("dimension", dimension)]
                            )
                        }
                        return (dimension, try names.numbers(of: values))
                    }
                }
            )
        )
    }

    /// Unpacks many numbers into columns by dimension, with names where values have them.
    ///
    /// - Parameter ids: Packed numbers.
    /// - Returns: A column for each of ``dimensions``.
    /// - Throws: `ButlerError` of code `dimensionValue` when no data ID has one of the numbers.
    public func table(of ids: [Int64]) throws -> [String: DataIDColumn] {
        Dictionary(
            uniqueKeysWithValues: try zip(dimensions, unpack(ids)).map { dimension, column in
                (dimension, try names(of: dimension).map { .names(try $0.names(of: column)) } ?? .numbers(column))
            }
        )
    }

    /// The number of rows of columns that must be of equal length, one for each dimension.
    func rowCount(_ columns: [[Int64]]) throws -> Int {
        guard columns.count == dimensions.count, columns.allSatisfy({ $0.count == columns.first?.count }) else {
            throw ButlerError(
                .invalidArgument,
                "Columns of equal length are needed for \(dimensions.joined(separator: ", ")); the lengths given are "
                    + "\(columns.map { String($0.count) }.joined(separator: ", "))."
            )
        }
        return columns.first?.count ?? 0
    }
}

/// Checks and sizes of packed numbers.
enum PackedRange {
    /// The number of bits of a number that is not negative.
    static func bitLength(_ number: Int64) -> Int {
        Int64.bitWidth - number.leadingZeroBitCount
    }

    /// The product of radices; an error when it does not fit 63 bits or a radix is not positive.
    static func product(_ radices: [Int64]) throws -> Int64 {
        try radices.reduce(1) { product, radix in
            let (result, overflow) = product.multipliedReportingOverflow(by: radix)
            guard radix > 0, !overflow else {
                throw ButlerError(
                    .invalidArgument,
                    "Bounds of \(radices.map(String.init).joined(separator: " x ")) do not fit a 63-bit number."
                )
            }
            return result
        }
    }

    /// The value must be in 0 to the bound, the bound excluded.
    static func check(_ value: Int64, _ name: String, below bound: Int64) throws {
        guard (0..<bound).contains(value) else {
            throw ButlerError(
                .dimensionValue,
                "The \(name) number \(value) is out of range; it must be from 0 to \(bound - 1).",
                context: [.init("dimension", name)]
            )
        }
    }

    /// All values must be in 0 to the bound, the bound excluded.
    static func check(_ values: [Int64], _ name: String, below bound: Int64) throws {
        var least = Int64.max
        var greatest: Int64 = 0
        for value in values {
            least = min(least, value)
            greatest = max(greatest, value)
        }
        guard !values.isEmpty else { return }
        try check(least, name, below: bound)
        try check(greatest, name, below: bound)
    }
}

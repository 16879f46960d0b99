/// Packs any combination of dimensions that have bounds; the first dimension is the least significant digit.
public struct CompositePacker: DataIDPacker, Hashable {
    /// A dimension and the number of its values.
    public struct Digit: Hashable, Sendable {
        /// Name of the dimension.
        public let dimension: String
        /// Values run from 0 to this number, which is excluded.
        public let radix: Int64
        /// Names of the values; nil when they are numbers.
        public let names: DigitNames?

        /// Creates a digit.
        public init(_ dimension: String, radix: Int64) {
            self.dimension = dimension
            self.radix = radix
            names = nil
        }

        /// Creates a digit of named values; the radix is one more than the greatest number.
        public init(_ names: DigitNames) {
            dimension = names.dimension
            radix = (names.greatest ?? -1) + 1
            self.names = names
        }
    }

    /// The digits, the least significant first.
    public let digits: [Digit]
    /// How many data IDs there are.
    public let count: Int64

    /// Creates a packer.
    ///
    /// - Parameter digits: The digits, the least significant first.
    /// - Throws: `ButlerError` of code `invalidArgument` when a radix is not positive, or they do not fit 63 bits.
    public init(_ digits: [Digit]) throws {
        self.digits = digits
        count = try PackedRange.product(digits.map(\.radix))
    }

    /// Names of the dimensions, the least significant first.
    public var dimensions: [String] { digits.map(\.dimension) }

    /// Names of the values of a dimension.
    public func names(of dimension: String) -> DigitNames? { digits.first { $0.dimension == dimension }?.names }

    /// How many bits the greatest packed number has.
    public var maxBits: Int { PackedRange.bitLength(count - 1) }

    /// Packs one data ID.
    public func pack(_ values: [Int64]) throws -> Int64 {
        _ = try rowCount(values.map { [$0] })
        var packed: Int64 = 0
        for (digit, value) in zip(digits, values).reversed() {
            try PackedRange.check(value, digit.dimension, below: digit.radix)
            packed = packed * digit.radix + value
        }
        return packed
    }

    /// Unpacks one number.
    public func unpack(_ id: Int64) throws -> [Int64] {
        try PackedRange.check(id, "packed", below: count)
        var rest = id
        return digits.map { digit in
            let (quotient, value) = rest.quotientAndRemainder(dividingBy: digit.radix)
            rest = quotient
            return value
        }
    }

    /// Packs many data IDs.
    public func pack(columns: [[Int64]]) throws -> [Int64] {
        let rows = try rowCount(columns)
        var packed = [Int64](repeating: 0, count: rows)
        for (digit, column) in zip(digits, columns).reversed() {
            try PackedRange.check(column, digit.dimension, below: digit.radix)
            for row in 0..<rows {
                packed[row] = packed[row] &* digit.radix &+ column[row]
            }
        }
        return packed
    }

    /// Unpacks many numbers.
    public func unpack(_ ids: [Int64]) throws -> [[Int64]] {
        try PackedRange.check(ids, "packed", below: count)
        var rest = ids
        return digits.map { digit in
            var column = rest
            for row in rest.indices {
                let (quotient, value) = rest[row].quotientAndRemainder(dividingBy: digit.radix)
                rest[row] = quotient
                column[row] = value
            }
            return column
        }
    }
}

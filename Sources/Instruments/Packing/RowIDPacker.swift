import StewardCore

/// Makes row numbers of data IDs and counters and takes them apart, many at a time.
///
/// The layout is that of ``RowIDGenerator``, from the top: reserved bits, release, packed data ID, counter.
public struct RowIDPacker: Sendable {
    /// The column of the counter in tables.
    public static let counterColumn = "counter"
    /// The column of the release in tables.
    public static let releaseColumn = "release"

    /// What packs the data IDs.
    public let packer: any DataIDPacker
    private let layout: RowIDGenerator

    /// Creates a packer.
    ///
    /// - Parameters:
    ///   - packer: What packs the data IDs.
    ///   - release: Number of the release.
    ///   - releases: How many releases there may be.
    ///   - reservedBits: Bits at the top that stay zero.
    /// - Throws: `ButlerError` of code `invalidArgument` when a number is out of range or no bits are left to count.
    public init(_ packer: any DataIDPacker, release: Int64 = 0, releases: Int64 = 1, reservedBits: Int = 0) throws {
        self.packer = packer
        layout = try RowIDGenerator(
            packed: 0,
            packerBits: packer.maxBits,
            release: release,
            releases: releases,
            reservedBits: reservedBits
        )
    }

    /// Bits left for the counter.
    public var counterBits: Int { layout.counterBits }

    /// The numbers of rows.
    ///
    /// - Parameters:
    ///   - dataIDs: A column for each dimension of the packer, with a row for each counter or a single one for all.
    ///   - counters: Numbers of rows in their catalogues.
    /// - Returns: A number for each counter.
    /// - Throws: `ButlerError` of code `invalidArgument` for counters that do not fit or columns of other lengths,
    ///   `dimensionName` and `dimensionValue` as the packer.
    public func rowIDs(_ dataIDs: [String: DataIDColumn], counters: [Int64]) throws -> [Int64] {
        let packed = try packer.pack(table: dataIDs)
        guard packed.count == counters.count || packed.count == 1 else {
            throw ButlerError(
                .invalidArgument,
                "\(packed.count) data IDs do not belong to \(counters.count) counters; give one, or one for each."
            )
        }
        guard let range = Self.range(counters) else { return [] }
        _ = try layout.rowID(range.least)
        _ = try layout.rowID(range.greatest)
        let (release, shift) = (layout.release << packer.maxBits, layout.counterBits)
        guard packed.count == counters.count else {
            let base = (release | packed[0]) << shift
            return counters.map { base | $0 }
        }
        var ids = counters
        for row in ids.indices { ids[row] |= (release | packed[row]) << shift }
        return ids
    }

    /// Takes row numbers apart; any release of the same width will do.
    ///
    /// - Parameter rowIDs: Row numbers.
    /// - Returns: A column for each dimension, for ``releaseColumn`` and for ``counterColumn``.
    /// - Throws: `ButlerError` of code `invalidArgument` for negative numbers or such with reserved bits,
    ///   `dimensionValue` when no data ID has one of the packed numbers.
    public func table(of rowIDs: [Int64]) throws -> [String: DataIDColumn] {
        try layout.check(rowIDs)
        let (shift, bits) = (layout.counterBits, packer.maxBits)
        let mask: Int64 = 1 << bits - 1
        var table = try packer.table(of: rowIDs.map { $0 >> shift & mask })
        let counterMask: Int64 = 1 << shift - 1
        table[Self.counterColumn] = .numbers(rowIDs.map { $0 & counterMask })
        table[Self.releaseColumn] = .numbers(rowIDs.map { $0 >> (shift + bits) })
        return table
    }

    private static func range(_ numbers: [Int64]) -> (least: Int64, greatest: Int64)? {
        guard var least = numbers.first, var greatest = numbers.first else { return nil }
        for number in numbers {
            least = min(least, number)
            greatest = max(greatest, number)
        }
        return (least, greatest)
    }
}

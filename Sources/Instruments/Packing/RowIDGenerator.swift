import StewardCore

/// Makes the numbers of catalogue rows: release, packed data ID and a counter in one positive 64-bit number.
///
/// Source: `meas_base: _id_generator.py`.
public struct RowIDGenerator: Hashable, Sendable {
    /// The packed data ID.
    public let packed: Int64
    /// Bits of the greatest packed data ID.
    public let packerBits: Int
    /// Number of the data release; 0 for none.
    public let release: Int64
    /// Bits of the greatest release.
    public let releaseBits: Int
    /// Bits at the top that stay zero, for purposes of others.
    public let reservedBits: Int

    /// Creates a generator.
    ///
    /// - Parameters:
    ///   - packed: The packed data ID.
    ///   - packerBits: Bits of the greatest packed data ID.
    ///   - release: Number of the release.
    ///   - releases: How many releases there may be.
    ///   - reservedBits: Bits at the top that stay zero.
    /// - Throws: `ButlerError` of code `invalidArgument` when a number is out of range or no bits are left to count.
    public init(
        packed: Int64,
        packerBits: Int,
        release: Int64 = 0,
        releases: Int64 = 1,
        reservedBits: Int = 0
    ) throws {
        guard releases > 0, (0..<releases).contains(release) else {
            throw ButlerError(.invalidArgument, "The release \(release) is not from 0 to \(releases - 1).")
        }
        releaseBits = PackedRange.bitLength(releases - 1)
        guard (0..<63).contains(packerBits), (0..<63).contains(reservedBits),
            packerBits + releaseBits + reservedBits < 63, packed >= 0, PackedRange.bitLength(packed) <= packerBits
        else {
            throw ButlerError(
                .invalidArgument,
                "The packed data ID \(packed) of \(packerBits) bits, \(releaseBits) bits of release and "
                    + "\(reservedBits) reserved bits leave none to count rows."
            )
        }
        self.packed = packed
        self.packerBits = packerBits
        self.release = release
        self.reservedBits = reservedBits
    }

    /// Bits left for the counter.
    public var counterBits: Int { 63 - packerBits - releaseBits - reservedBits }

    /// Number of the catalogue: release and packed data ID.
    public var catalogID: Int64 { release << packerBits | packed }

    /// The number of a row.
    ///
    /// - Parameter counter: Number of the row in its catalogue; the first one is 1.
    /// - Returns: The row's number.
    /// - Throws: `ButlerError` of code `invalidArgument` when the counter is too large.
    public func rowID(_ counter: Int64) throws -> Int64 {
        guard counter >= 0, PackedRange.bitLength(counter) <= counterBits else {
            throw ButlerError(.invalidArgument, "The row counter \(counter) needs more than \(counterBits) bits.")
        }
        return catalogID << counterBits | counter
    }

    /// The numbers of the first rows.
    ///
    /// - Parameter count: How many.
    /// - Returns: The numbers for the counters 1 to `count`.
    /// - Throws: `ButlerError` of code `invalidArgument` when there are too many.
    public func rowIDs(_ count: Int) throws -> [Int64] {
        guard count > 0 else { return [] }
        _ = try rowID(Int64(count))
        let base = catalogID << counterBits
        return (1...Int64(count)).map { base | $0 }
    }

    /// What the numbers of rows were made of.
    public struct Parts: Hashable, Sendable {
        /// The release.
        public let release: Int64
        /// The packed data ID.
        public let packed: Int64
        /// The counter.
        public let counter: Int64
    }

    /// Takes a row's number apart; any data ID and release of the same widths will do.
    ///
    /// - Parameter rowID: The row's number.
    /// - Returns: Release, packed data ID and counter.
    /// - Throws: `ButlerError` of code `invalidArgument` when it is negative or uses the reserved bits.
    public func parts(of rowID: Int64) throws -> Parts {
        try check([rowID])
        let catalog = rowID >> counterBits
        return Parts(
            release: catalog >> packerBits,
            packed: catalog & (1 << packerBits - 1),
            counter: rowID & (1 << counterBits - 1)
        )
    }

    func check(_ rowIDs: [Int64]) throws {
        guard let bad = rowIDs.first(where: { $0 < 0 || PackedRange.bitLength($0) > 63 - reservedBits }) else { return }
        throw ButlerError(
            .invalidArgument,
            "The row number \(bad) is negative, or uses the \(reservedBits) reserved bits."
        )
    }
}

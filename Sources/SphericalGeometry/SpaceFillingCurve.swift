/// Numbers along curves that visit the cells of a square grid.
enum SpaceFillingCurve {
    /// Morton number of a cell: the bits of x on even places, those of y on odd ones.
    static func morton(_ x: UInt32, _ y: UInt32) -> UInt64 {
        spread(x) | spread(y) << 1
    }

    /// The cell of a Morton number.
    static func mortonCell(_ index: UInt64) -> (x: UInt32, y: UInt32) {
        (gather(index), gather(index >> 1))
    }

    /// Moves the bits of a number to even places.
    private static func spread(_ value: UInt32) -> UInt64 {
        var bits = UInt64(value)
        bits = (bits | bits << 16) & 0x0000_ffff_0000_ffff
        bits = (bits | bits << 8) & 0x00ff_00ff_00ff_00ff
        bits = (bits | bits << 4) & 0x0f0f_0f0f_0f0f_0f0f
        bits = (bits | bits << 2) & 0x3333_3333_3333_3333
        return (bits | bits << 1) & 0x5555_5555_5555_5555
    }

    /// Collects the bits on even places.
    private static func gather(_ value: UInt64) -> UInt32 {
        var bits = value & 0x5555_5555_5555_5555
        bits = (bits | bits >> 1) & 0x3333_3333_3333_3333
        bits = (bits | bits >> 2) & 0x0f0f_0f0f_0f0f_0f0f
        bits = (bits | bits >> 4) & 0x00ff_00ff_00ff_00ff
        bits = (bits | bits >> 8) & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: bits | bits >> 16)
    }

    /// Hilbert number of a Morton number of as many levels.
    ///
    /// The state is one of four orientations of the curve; the table holds, for each state and quadrant, the next state
    /// and the quadrant's place on the curve, four bits each.
    static func hilbert(fromMorton index: UInt64, levels: Int) -> UInt64 {
        walk(index, levels: levels, table: 0x8d3e_c79a_6b50_21f4)
    }

    /// Morton number of a Hilbert number of as many levels.
    static func morton(fromHilbert index: UInt64, levels: Int) -> UInt64 {
        walk(index, levels: levels, table: inverseTable)
    }

    /// The table with quadrants and places exchanged.
    private static let inverseTable: UInt64 = {
        let table: UInt64 = 0x8d3e_c79a_6b50_21f4
        return (0..<16).reduce(into: UInt64(0)) { inverse, entry in
            let value = table >> UInt64(4 * entry) & 15
            let place = UInt64(entry) & 12 | value & 3
            inverse |= (value & 12 | UInt64(entry) & 3) << (4 * place)
        }
    }()

    /// Replaces pairs of bits from the top by those of a table, keeping the state between pairs.
    private static func walk(_ index: UInt64, levels: Int, table: UInt64) -> UInt64 {
        var state: UInt64 = 0
        var result: UInt64 = 0
        for shift in stride(from: 2 * levels - 2, through: 0, by: -2) {
            state = state & 12 | index >> UInt64(shift) & 3
            state = table >> (4 * state) & 15
            result = result << 2 | state & 3
        }
        return result
    }
}

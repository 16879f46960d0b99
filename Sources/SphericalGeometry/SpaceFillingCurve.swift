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
    static func hilbert(fromMorton index: UInt64, levels: Int) -> UInt64 {
        walk(index, levels: levels, steps: hilbertSteps)
    }

    /// Morton number of a Hilbert number of as many levels.
    static func morton(fromHilbert index: UInt64, levels: Int) -> UInt64 {
        walk(index, levels: levels, steps: mortonSteps)
    }

    /// The Hilbert curve: for each of four orientations of it and each quadrant, in four bits, the orientation within
    /// the quadrant and its place on the curve.
    private static let table: UInt64 = 0x8d3e_c79a_6b50_21f4

    /// Steps over three levels from Morton to Hilbert numbers.
    private static let hilbertSteps = steps(of: table)

    /// Steps over three levels from Hilbert to Morton numbers.
    private static let mortonSteps = steps(
        of: (0..<16).reduce(into: UInt64(0)) { inverse, entry in
            let value = table >> UInt64(4 * entry) & 15
            let place = UInt64(entry) & 12 | value & 3
            inverse |= (value & 12 | UInt64(entry) & 3) << (4 * place)
        }
    )

    /// For each orientation and six bits of a number, the orientation after them and the six bits that they become.
    private static func steps(of table: UInt64) -> [UInt8] {
        (UInt64(0)..<256).map { entry in
            var state = entry >> 4 & 12
            var result: UInt64 = 0
            for shift: UInt64 in [4, 2, 0] {
                state = table >> (4 * (state & 12 | entry >> shift & 3)) & 15
                result = result << 2 | state & 3
            }
            return UInt8(truncatingIfNeeded: (state & 12) << 4 | result)
        }
    }

    /// Replaces groups of six bits from the top by those of a table, keeping the orientation between groups.
    private static func walk(_ index: UInt64, levels: Int, steps: [UInt8]) -> UInt64 {
        steps.withUnsafeBufferPointer { steps in
            var orientation: UInt64 = 0
            var result: UInt64 = 0
            var shift = 2 &* levels
            while shift >= 6 {
                shift &-= 6
                let step = UInt64(steps[Int(orientation | index &>> UInt64(shift) & 63)])
                result = result &<< 6 | step & 63
                orientation = step & 192
            }
            // One or two levels are left: the table is asked for three and the surplus dropped.
            guard shift > 0 else { return result }
            let surplus = UInt64(6 &- shift)
            let step = UInt64(steps[Int(orientation | index &<< surplus & 63)])
            return result &<< UInt64(shift) | (step & 63) &>> surplus
        }
    }
}

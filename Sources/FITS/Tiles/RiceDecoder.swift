/// Decodes integers that Rice's algorithm packed (White et al., FITS tiled image compression convention, section 3.2).
struct RiceDecoder {
    private let bytes: UnsafeRawBufferPointer
    private var position: Int
    /// Bits not yet used, right-justified.
    private var window: UInt64 = 0
    private var available = 0

    /// The constants of a pixel size: bits of a block's split, its greatest value, and bits of a pixel.
    private let splitBits: Int
    private let greatestSplit: Int
    private let pixelBits: Int

    /// Nil unless the pixel size is 1, 2 or 4 bytes and the first pixel is there.
    init?(_ bytes: UnsafeRawBufferPointer, pixelBytes: Int) {
        switch pixelBytes {
        case 1: (splitBits, greatestSplit, pixelBits) = (3, 6, 8)
        case 2: (splitBits, greatestSplit, pixelBits) = (4, 14, 16)
        case 4: (splitBits, greatestSplit, pixelBits) = (5, 25, 32)
        default: return nil
        }
        guard bytes.count >= pixelBytes else { return nil }
        self.bytes = bytes
        position = 0
    }

    /// Decodes pixels; nil if the bytes end early or contradict the format.
    ///
    /// - Parameters:
    ///   - count: Number of pixels.
    ///   - blockSize: Pixels that share one split.
    /// - Returns: The pixels, sign-extended from 16 or 32 bits, unsigned from 8.
    mutating func decode(count: Int, blockSize: Int) -> [Int32]? {
        guard blockSize > 0, var last = bits(pixelBits) else { return nil }
        var output: [Int32] = []
        output.reserveCapacity(count)
        while output.count < count {
            guard let code = bits(splitBits) else { return nil }
            let split = Int(code) - 1
            let end = min(output.count + blockSize, count)
            while output.count < end {
                guard let difference = difference(split) else { return nil }
                last = last &+ difference
                output.append(extended(last))
            }
        }
        return output
    }

    /// The next pixel's difference from the one before.
    private mutating func difference(_ split: Int) -> UInt32? {
        if split < 0 { return 0 }
        let folded: UInt32
        if split == greatestSplit {
            guard let value = bits(pixelBits) else { return nil }
            folded = value
        } else {
            guard let zeros = zeros(), let low = bits(split) else { return nil }
            folded = UInt32(truncatingIfNeeded: zeros) << UInt32(split) | low
        }
        return folded & 1 == 0 ? folded >> 1 : ~(folded >> 1)
    }

    private func extended(_ value: UInt32) -> Int32 {
        switch pixelBits {
        case 8: Int32(value & 0xFF)
        case 16: Int32(Int16(truncatingIfNeeded: value))
        default: Int32(bitPattern: value)
        }
    }

    private mutating func bits(_ count: Int) -> UInt32? {
        while available < count {
            guard position < bytes.count else { return nil }
            window = window << 8 | UInt64(bytes[position])
            position += 1
            available += 8
        }
        available -= count
        return UInt32(truncatingIfNeeded: window >> UInt64(available)) & (count == 32 ? .max : (1 << UInt32(count)) - 1)
    }

    /// The number of 0 bits before the next 1 bit, which is used up.
    private mutating func zeros() -> Int? {
        var count = 0
        while true {
            let rest = window & ((1 << UInt64(available)) - 1)
            if rest != 0 {
                let leading = rest.leadingZeroBitCount - (64 - available)
                available -= leading + 1
                return count + leading
            }
            count += available
            guard position < bytes.count else { return nil }
            window = UInt64(bytes[position])
            position += 1
            available = 8
        }
    }
}

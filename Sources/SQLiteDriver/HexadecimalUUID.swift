internal import Foundation

/// Identifiers as 32 hexadecimal digits, read and written eight digits at a time without making strings.
enum HexadecimalUUID {
    static let byteCount = 32

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The identifier that exactly 32 digits of either case stand for, or nil.
    static func parse(_ text: UnsafeRawBufferPointer) -> UUID? {
        guard text.count == byteCount else { return nil }
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isValid = withUnsafeMutableBytes(of: &bytes) { target in
            for group in 0..<4 {
                let digits = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: 8 * group, as: UInt64.self))
                guard let value = decode(digits) else { return false }
                target.storeBytes(of: value.littleEndian, toByteOffset: 4 * group, as: UInt32.self)
            }
            return true
        }
        return isValid ? UUID(uuid: bytes) : nil
    }

    /// Writes 32 lower-case digits.
    static func write(_ uuid: UUID, to target: UnsafeMutableRawPointer) {
        withUnsafeBytes(of: uuid.uuid) { bytes in
            for group in 0..<4 {
                let value = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * group, as: UInt32.self))
                target.storeBytes(of: encode(value).littleEndian, toByteOffset: 8 * group, as: UInt64.self)
            }
        }
    }

    /// Four bytes from eight digits, the first of each in the lowest byte; nil if one is no digit.
    private static func decode(_ digits: UInt64) -> UInt32? {
        let letters = digits >> 6 & ones
        let nibbles = (digits & 0x0F0F_0F0F_0F0F_0F0F) &+ letters &* 9
        guard nibbles & 0xF0F0_F0F0_F0F0_F0F0 == 0, characters(nibbles) == digits | letters << 5 else { return nil }
        let pairs = (nibbles << 4 | nibbles >> 8) & 0x00FF_00FF_00FF_00FF
        let quads = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: quads | quads >> 16)
    }

    /// Eight digits for four bytes.
    private static func encode(_ bytes: UInt32) -> UInt64 {
        let quads = (UInt64(bytes) | UInt64(bytes) << 16) & 0x0000_FFFF_0000_FFFF
        let pairs = (quads | quads << 8) & 0x00FF_00FF_00FF_00FF
        return characters(pairs >> 4 & 0x000F_000F_000F_000F | (pairs & 0x000F_000F_000F_000F) << 8)
    }

    /// Eight lower-case digits for eight numbers below 16.
    private static func characters(_ nibbles: UInt64) -> UInt64 {
        let letters = (nibbles &+ 6 &* ones) >> 4 & ones
        return nibbles &+ 0x30 &* ones &+ 0x27 &* letters
    }
}

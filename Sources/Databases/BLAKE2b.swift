/// The hash function BLAKE2b (RFC 7693) with a digest of any length from 1 to 64 bytes, without key.
///
/// A short digest is not the beginning of a longer one, and libcrypto offers only the longest.
enum BLAKE2b {
    /// The digest of some bytes.
    static func digest(of message: [UInt8], length: Int) -> [UInt8] {
        var state = initial
        state[0] ^= 0x0101_0000 ^ UInt64(length)
        let blockCount = max(1, (message.count + 127) / 128)
        for block in 0..<blockCount {
            let end = min(message.count, (block + 1) * 128)
            let words = littleEndianWords(message[(block * 128)..<end])
            compress(&state, words, byteCount: UInt64(end), isLast: block == blockCount - 1)
        }
        let bytes = state.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } }
        return Array(bytes.prefix(length))
    }

    /// Fractional parts of the square roots of the first eight primes.
    private static let initial: [UInt64] = [
        0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
    ]

    /// Order of the message words in each round.
    private static let schedule: [[Int]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
    ]

    /// The four columns and four diagonals that a round mixes.
    private static let lanes: [(Int, Int, Int, Int)] = [
        (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
        (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
    ]

    private static func littleEndianWords(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: 16)
        for (index, byte) in bytes.enumerated() {
            words[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
        }
        return words
    }

    private static func compress(_ state: inout [UInt64], _ words: [UInt64], byteCount: UInt64, isLast: Bool) {
        var v = state + initial
        v[12] ^= byteCount
        if isLast {
            v[14] = ~v[14]
        }
        for round in 0..<12 {
            let order = schedule[round % 10]
            for (index, lane) in lanes.enumerated() {
                mix(&v, lane, words[order[2 * index]], words[order[2 * index + 1]])
            }
        }
        for index in 0..<8 {
            state[index] ^= v[index] ^ v[index + 8]
        }
    }

    private static func mix(_ v: inout [UInt64], _ lane: (Int, Int, Int, Int), _ x: UInt64, _ y: UInt64) {
        let (a, b, c, d) = lane
        v[a] = v[a] &+ v[b] &+ x
        v[d] = rotated(v[d] ^ v[a], 32)
        v[c] = v[c] &+ v[d]
        v[b] = rotated(v[b] ^ v[c], 24)
        v[a] = v[a] &+ v[b] &+ y
        v[d] = rotated(v[d] ^ v[a], 16)
        v[c] = v[c] &+ v[d]
        v[b] = rotated(v[b] ^ v[c], 63)
    }

    private static func rotated(_ word: UInt64, _ bits: UInt64) -> UInt64 {
        word >> bits | word << (64 - bits)
    }
}

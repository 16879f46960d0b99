/// The random numbers that dithering adds to quantised pixels (FITS standard 4.0, appendix I).
struct Dither {
    private static let count = 10_000

    /// Numbers in [0, 1) from Park and Miller's generator, begun at 1.
    private static let sequence: [Float] = {
        var seed = 1.0
        return (0..<count).map { _ in
            let product = 16_807 * seed
            seed = product - 2_147_483_647 * (product / 2_147_483_647).rounded(.down)
            return Float(seed / 2_147_483_647)
        }
    }()

    private var seed: Int
    private var position: Int

    /// Starts the sequence of a tile.
    ///
    /// - Parameters:
    ///   - tile: Number of the tile, from 0.
    ///   - start: The image's `ZDITHER0`.
    init(tile: Int, start: Int) {
        seed = (tile + max(1, start) - 1) % Self.count
        position = Int(Self.sequence[seed] * 500)
    }

    /// The next number.
    mutating func next() -> Float {
        let value = Self.sequence[position]
        position += 1
        if position == Self.count {
            seed = (seed + 1) % Self.count
            position = Int(Self.sequence[seed] * 500)
        }
        return value
    }
}

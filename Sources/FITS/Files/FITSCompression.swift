/// How the pixels of an image are compressed in tiles.
public struct FITSCompression: Sendable, Hashable {
    /// The algorithm that packs the bytes of a tile.
    public enum Algorithm: String, Sendable, Hashable {
        /// Rice's algorithm; for integers and quantised pixels only.
        case rice = "RICE_1"
        /// Deflate.
        case gzip1 = "GZIP_1"
        /// Deflate after the bytes of equal significance were put together.
        case gzip2 = "GZIP_2"
    }

    /// How rounding to whole steps is randomised.
    public enum Dither: String, Sendable, Hashable {
        /// Not at all.
        case none = "NO_DITHER"
        /// Subtractive dither.
        case subtractive1 = "SUBTRACTIVE_DITHER_1"
        /// Subtractive dither that keeps exact zeros.
        case subtractive2 = "SUBTRACTIVE_DITHER_2"
    }

    /// The size of a quantisation step.
    public enum Step: Sendable, Hashable {
        /// One step for the whole image: the standard deviation of the pixels outside the given mask planes, from their
        /// quartiles, divided by a level.
        case maskedDeviation(level: Float, planes: [String])
        /// The noise of each tile as cfitsio estimates it, divided by a level.
        case tileNoise(level: Float)
        /// A given step in units of the pixels.
        case absolute(Float)
    }

    /// Rounding of floating-point pixels to whole steps.
    public struct Quantization: Sendable, Hashable {
        /// The size of a step.
        public var step: Step
        /// The randomisation.
        public var dither: Dither
        /// Where the random sequence starts, from 1 to 10,000 (`ZDITHER0`).
        public var seed: Int

        /// Creates a quantisation.
        public init(step: Step, dither: Dither, seed: Int) {
            self.step = step
            self.dither = dither
            self.seed = seed
        }
    }

    /// The algorithm.
    public var algorithm: Algorithm
    /// Rounding of floating-point pixels, or nil; integers are never rounded.
    public var quantization: Quantization?

    /// Creates a compression.
    public init(_ algorithm: Algorithm, quantization: Quantization? = nil) {
        self.algorithm = algorithm
        self.quantization = quantization
    }
}

/// The compression of each plane of a masked image; a plane without one is stored plain.
public struct FITSWriteRecipe: Sendable, Hashable {
    /// Compression of the image plane.
    public var image: FITSCompression?
    /// Compression of the mask; never with quantisation.
    public var mask: FITSCompression?
    /// Compression of the variance plane.
    public var variance: FITSCompression?

    /// Creates a recipe.
    public init(image: FITSCompression?, mask: FITSCompression?, variance: FITSCompression?) {
        self.image = image
        self.mask = mask
        self.variance = variance
    }

    /// Without compression, as the reference's recipe of the same name.
    public static let noCompression = FITSWriteRecipe(image: nil, mask: nil, variance: nil)

    /// GZIP_2 for every plane, as the reference's recipe of the same name and its default.
    public static let lossless = FITSWriteRecipe(
        image: FITSCompression(.gzip2),
        mask: FITSCompression(.gzip2),
        variance: FITSCompression(.gzip2)
    )

    /// Sixteen steps to a standard deviation, as the reference's recipe of the same name for `lsst.afw` files.
    ///
    /// - Parameter seed: Start of the dither sequence, from ``ditherSeed(of:)``.
    /// - Returns: The recipe.
    public static func lossy16(seed: Int) -> FITSWriteRecipe {
        let step = FITSCompression.Step.maskedDeviation(level: 16, planes: ["NO_DATA", "INTRP"])
        let quantized = FITSCompression(
            .rice,
            quantization: .init(step: step, dither: .subtractive2, seed: seed)
        )
        return FITSWriteRecipe(image: quantized, mask: FITSCompression(.gzip2), variance: quantized)
    }

    /// Sixteen steps to the noise of each tile, as the reference's recipe `lossy16` for `lsst.images` files.
    ///
    /// - Parameter seed: Start of the image's dither sequence; that of the variance follows it.
    /// - Returns: The recipe.
    public static func treeLossy16(seed: Int) -> FITSWriteRecipe {
        func quantized(_ seed: Int) -> FITSCompression {
            let next = seed > 10_000 ? 1 : seed
            return FITSCompression(
                .rice,
                quantization: .init(step: .tileNoise(level: 16), dither: .subtractive2, seed: next)
            )
        }
        return FITSWriteRecipe(image: quantized(seed), mask: FITSCompression(.gzip2), variance: quantized(seed + 1))
    }
}

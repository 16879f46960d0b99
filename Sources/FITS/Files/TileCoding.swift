internal import CFITSIO
internal import StewardCore

/// A compression as cfitsio takes it, for one image.
struct TileCoding {
    let algorithm: Int32
    /// Relative level, negative absolute step, or 0 for no loss.
    let step: Float
    let dither: Int32
    let seed: Int32

    var isQuantized: Bool { step != 0 }

    private static let noDither: Int32 = -1

    init<Value: Pixel>(_ compression: FITSCompression, image: Image<Value>, excluding: [Bool]?) throws {
        let isReal = Value.pixelType.isFloatingPoint
        guard isReal, let quantization = compression.quantization else {
            guard !isReal || compression.algorithm != .rice else {
                throw ButlerError(
                    .invalidArgument,
                    "RICE_1 does not compress floating-point pixels without quantization.",
                    remedy: "Use GZIP_2, or name a quantization."
                )
            }
            self.init(compression.algorithm, step: 0, dither: Self.noDither, seed: 0)
            return
        }
        guard (1...10_000).contains(quantization.seed) else {
            throw ButlerError(.invalidArgument, "The dither seed \(quantization.seed) is not between 1 and 10000.")
        }
        guard let statistics = PixelStatistics(image, excluding: excluding) else {
            throw ButlerError(
                .invalidArgument,
                "Infinite pixels cannot be quantized.",
                remedy: "Replace them by NaN, or compress without loss."
            )
        }
        let step: Float =
            switch quantization.step {
            case .absolute(let step): -step
            case .tileNoise(let level): level
            case .maskedDeviation(let level, _): -Float(statistics.deviation) / level
            }
        guard step != 0, step.isFinite else {
            self.init(.gzip2, step: 0, dither: Self.noDither, seed: 0)
            return
        }
        let dither: Int32 =
            switch quantization.dither {
            case .none: Self.noDither
            case .subtractive1: 1
            case .subtractive2: 2
            }
        self.init(compression.algorithm, step: step, dither: dither, seed: Int32(quantization.seed))
    }

    private init(_ algorithm: FITSCompression.Algorithm, step: Float, dither: Int32, seed: Int32) {
        let code =
            switch algorithm {
            case .rice: CFITS_RICE_1
            case .gzip1: CFITS_GZIP_1
            case .gzip2: CFITS_GZIP_2
            }
        self.algorithm = Int32(code.rawValue)
        self.step = step
        self.dither = dither
        self.seed = seed
    }
}

/// Spread of the finite pixels of an image.
private struct PixelStatistics {
    /// Standard deviation of a normal distribution with the same quartiles; 0 without pixels.
    let deviation: Double

    /// Nil if a pixel is infinite.
    init?<Value: Pixel>(_ image: Image<Value>, excluding: [Bool]?) {
        var values: [Double] = []
        values.reserveCapacity(image.pixels.count)
        for (index, pixel) in image.pixels.enumerated() {
            let value = pixel.doubleValue
            guard !value.isInfinite else { return nil }
            if value.isFinite, excluding == nil || excluding?[index] == false { values.append(value) }
        }
        values.sort()
        deviation = 0.741 * (Self.quantile(values, 0.75) - Self.quantile(values, 0.25))
    }

    /// The value below which a fraction of sorted values lies, interpolated between neighbours.
    private static func quantile(_ sorted: [Double], _ fraction: Double) -> Double {
        guard let last = sorted.last else { return 0 }
        let position = fraction * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}

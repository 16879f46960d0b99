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
        guard !image.pixels.contains(where: { $0.doubleValue.isInfinite }) else {
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
            case .maskedDeviation(let level, _):
                -Float(PixelStatistics.deviation(of: image, excluding: excluding)) / level
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
private enum PixelStatistics {
    /// Standard deviation of a normal distribution with the same quartiles; 0 without pixels.
    static func deviation<Value: Pixel>(of image: Image<Value>, excluding: [Bool]?) -> Double {
        var values: [Double] = []
        values.reserveCapacity(image.pixels.count)
        for (index, pixel) in image.pixels.enumerated() {
            let value = pixel.doubleValue
            if value.isFinite, excluding == nil || excluding?[index] == false { values.append(value) }
        }
        let upper = quantile(&values, 0.75)
        return 0.741 * (upper - quantile(&values, 0.25))
    }

    /// The value below which a fraction of the values lies, interpolated between neighbours; reorders the values.
    private static func quantile(_ values: inout [Double], _ fraction: Double) -> Double {
        guard !values.isEmpty else { return 0 }
        let position = fraction * Double(values.count - 1)
        let below = Int(position)
        let low = select(below, in: &values)
        guard below + 1 < values.count, let high = values[(below + 1)...].min() else { return low }
        return low + (position - Double(below)) * (high - low)
    }

    /// The value that sorting would put at a position (Hoare's selection); smaller ones end up before it.
    private static func select(_ position: Int, in values: inout [Double]) -> Double {
        values.withUnsafeMutableBufferPointer { values in
            var (first, last) = (0, values.count - 1)
            while first < last {
                let pivot = max(
                    min(values[first], values[last]),
                    min(max(values[first], values[last]), values[(first + last) / 2])
                )
                var (low, high) = (first, last)
                while low <= high {
                    while values[low] < pivot { low += 1 }
                    while values[high] > pivot { high -= 1 }
                    if low <= high {
                        values.swapAt(low, high)
                        low += 1
                        high -= 1
                    }
                }
                if position <= high {
                    last = high
                } else if position >= low {
                    first = low
                } else {
                    break
                }
            }
            return values[position]
        }
    }
}

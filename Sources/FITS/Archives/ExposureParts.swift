/// The filter of an exposure.
public struct FilterLabel: Sendable, Hashable {
    /// Name of the band, or nil.
    public var band: String?
    /// Name of the physical filter, or nil.
    public var physical: String?

    /// Creates a label.
    public init(band: String? = nil, physical: String? = nil) {
        self.band = band
        self.physical = physical
    }
}

/// The conversion of instrumental fluxes to nanojansky.
public struct PhotoCalibration: Sendable, Hashable {
    /// Mean conversion, nJy per count.
    public var mean: Double
    /// Its error.
    public var error: Double
    /// The conversion as a function of position, or nil where the mean holds everywhere.
    public var field: BoundedField?

    /// Creates a calibration.
    public init(mean: Double, error: Double, field: BoundedField? = nil) {
        self.mean = mean
        self.error = error
        self.field = field
    }

    /// The conversion at a point in parent coordinates, nJy per count.
    public func factor(x: Double, y: Double) -> Double {
        field?.value(x: x, y: y) ?? mean
    }
}

/// A model of point sources.
public enum PointSpreadFunction: Sendable, Hashable {
    /// A Gaussian of one width, pixels, on a stamp of width and height.
    case gaussian(sigma: Double, width: Int, height: Int)
    /// Two Gaussians; the second's peak is `ratio` of the first's.
    case doubleGaussian(sigma1: Double, sigma2: Double, ratio: Double, width: Int, height: Int)
    /// A model that is not evaluated, by the name of its class.
    case opaque(className: String)
}

/// The fraction of light that gets through as a function of wavelength, and perhaps of the distance from the axis.
public struct TransmissionCurve: Sendable, Hashable {
    /// Wavelengths, angstrom, ascending.
    public var wavelengths: [Double]
    /// Throughput at each wavelength; with radii, wavelengths fastest.
    public var throughput: [Double]
    /// Distances from pixel (0, 0); empty for a curve that is the same everywhere.
    public var radii: [Double]
    /// Throughput below the first wavelength.
    public var below: Double
    /// Throughput above the last wavelength.
    public var above: Double

    /// Creates a curve.
    public init(wavelengths: [Double], throughput: [Double], radii: [Double] = [], below: Double, above: Double) {
        self.wavelengths = wavelengths
        self.throughput = throughput
        self.radii = radii
        self.below = below
        self.above = above
    }

    /// The throughput of a curve that is the same everywhere, linear between wavelengths; nil for one with radii.
    ///
    /// - Parameter wavelength: Wavelength in angstrom.
    /// - Returns: The fraction of light.
    public func value(at wavelength: Double) -> Double? {
        guard radii.isEmpty, wavelengths.count == throughput.count, let first = wavelengths.first else { return nil }
        guard wavelength >= first else { return below }
        guard let next = wavelengths.firstIndex(where: { $0 >= wavelength }) else { return above }
        guard next > 0, wavelengths[next] > wavelengths[next - 1] else { return throughput[next] }
        let fraction = (wavelength - wavelengths[next - 1]) / (wavelengths[next] - wavelengths[next - 1])
        return throughput[next - 1] + fraction * (throughput[next] - throughput[next - 1])
    }
}

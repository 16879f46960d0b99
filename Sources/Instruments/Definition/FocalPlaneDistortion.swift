public import FITS

/// From a point of the focal plane (millimetres) to its field angle (radians).
public enum FocalPlaneDistortion: Hashable, Sendable {
    /// Radius becomes a polynomial of itself; coefficients by ascending power, in radians by powers of millimetres.
    case radial([Double])
    /// Two polynomials of both coordinates.
    case polynomial(Polynomial)
    /// A mapping that a dataset of the reference holds.
    case mapping(PlaneMapping)

    /// Two polynomials of x and y, each in units of a length, with results in units of an angle.
    public struct Polynomial: Hashable, Sendable {
        /// The greatest sum of the powers of x and y.
        public let order: Int
        /// Millimetres in one unit of the arguments.
        public let lengthUnit: Double
        /// Radians in one unit of the results.
        public let angleUnit: Double
        /// Coefficients for the x angle: powers of x ascending, for each the powers of y ascending.
        public let x: [Double]
        /// Coefficients for the y angle in the same order.
        public let y: [Double]
    }

    /// The field angle of a point.
    ///
    /// - Parameters:
    ///   - x: Millimetres along x.
    ///   - y: Millimetres along y.
    /// - Returns: The two components of the field angle in radians; NaN where a mapping has none.
    func fieldAngle(x: Double, y: Double) -> (x: Double, y: Double) {
        switch self {
        case .radial(let coefficients):
            let radius = (x * x + y * y).squareRoot()
            guard radius > 0 else { return (0, 0) }
            let scale = coefficients.reversed().reduce(0) { $0 * radius + $1 } / radius
            return (x * scale, y * scale)
        case .mapping(let mapping):
            let angle = mapping.apply(SIMD2(x, y)) ?? SIMD2(.nan, .nan)
            return (angle.x, angle.y)
        case .polynomial(let polynomial):
            let (u, v) = (x / polynomial.lengthUnit, y / polynomial.lengthUnit)
            return (
                polynomial.value(polynomial.x, u, v) * polynomial.angleUnit,
                polynomial.value(polynomial.y, u, v) * polynomial.angleUnit
            )
        }
    }
}

extension FocalPlaneDistortion.Polynomial {
    /// How many coefficients a polynomial of this order has.
    static func count(order: Int) -> Int { (order + 1) * (order + 2) / 2 }

    fileprivate func value(_ coefficients: [Double], _ u: Double, _ v: Double) -> Double {
        var sum = 0.0
        var index = 0
        var powerOfU = 1.0
        for i in 0...order {
            var inner = 0.0
            for j in stride(from: order - i, through: 0, by: -1) {
                inner = inner * v + coefficients[index + j]
            }
            sum += inner * powerOfU
            index += order - i + 1
            powerOfU *= u
        }
        return sum
    }
}

/// A function of pixel coordinates over a box.
public indirect enum BoundedField: Sendable, Hashable {
    /// A sum of products of Chebyshev polynomials.
    case chebyshev(ChebyshevField)
    /// The product of fields.
    case product([BoundedField])
    /// The sum of fields.
    case sum([BoundedField])

    /// The value at a point, in parent coordinates.
    public func value(x: Double, y: Double) -> Double {
        switch self {
        case .chebyshev(let field): field.value(x: x, y: y)
        case .product(let fields): fields.reduce(1) { $0 * $1.value(x: x, y: y) }
        case .sum(let fields): fields.reduce(0) { $0 + $1.value(x: x, y: y) }
        }
    }
}

/// A sum of products of Chebyshev polynomials of the first kind over a box (`afw: src/math/ChebyshevBoundedField.cc`).
public struct ChebyshevField: Sendable, Hashable {
    /// The box that, grown by half a pixel, is mapped to [-1, 1] in both coordinates.
    public let box: PixelBox
    /// Number of polynomials in x.
    public let xCount: Int
    /// Coefficients of T_p(y) T_q(x) at p · `xCount` + q.
    public let coefficients: [Double]

    /// Creates a field, or nil unless the coefficients fill rows of `xCount`.
    public init?(box: PixelBox, xCount: Int, coefficients: [Double]) {
        guard xCount > 0, !coefficients.isEmpty, coefficients.count.isMultiple(of: xCount) else { return nil }
        self.box = box
        self.xCount = xCount
        self.coefficients = coefficients
    }

    /// The value at a point, in parent coordinates.
    public func value(x: Double, y: Double) -> Double {
        let u = 2 * (x - (Double(box.xMin) + Double(box.width - 1) / 2)) / Double(box.width)
        let v = 2 * (y - (Double(box.yMin) + Double(box.height - 1) / 2)) / Double(box.height)
        let inX = Self.polynomials(u, count: xCount)
        let inY = Self.polynomials(v, count: coefficients.count / xCount)
        var sum = 0.0
        for (p, polynomialY) in inY.enumerated() {
            var row = 0.0
            for (q, polynomialX) in inX.enumerated() { row += coefficients[p * xCount + q] * polynomialX }
            sum += row * polynomialY
        }
        return sum
    }

    /// The first `count` polynomials at a point; a box without pixels has no inside, and only the constant counts.
    private static func polynomials(_ u: Double, count: Int) -> [Double] {
        guard u.isFinite else { return [1] + Array(repeating: 0, count: count - 1) }
        var values = [1.0, u]
        while values.count < count { values.append(2 * u * values[values.count - 1] - values[values.count - 2]) }
        return Array(values.prefix(count))
    }
}

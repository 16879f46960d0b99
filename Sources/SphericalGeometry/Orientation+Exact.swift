extension Orientation {
    /// The sign of the determinant in integer arithmetic; 0 when a component is not finite.
    static func exactSign(_ a: UnitVector3D, _ b: UnitVector3D, _ c: UnitVector3D) -> Int {
        guard isFinite(a), isFinite(b), isFinite(c) else { return 0 }
        return signOfSum(
            ExactProduct(a.x, b.y, c.z),
            ExactProduct(-a.x, b.z, c.y),
            ExactProduct(a.y, b.z, c.x),
            ExactProduct(-a.y, b.x, c.z),
            ExactProduct(a.z, b.x, c.y),
            ExactProduct(-a.z, b.y, c.x)
        )
    }

    private static func isFinite(_ v: UnitVector3D) -> Bool {
        v.x.isFinite && v.y.isFinite && v.z.isFinite
    }

    /// Sign of the sum of products, aligned at the lowest exponent in a two's complement accumulator.
    private static func signOfSum(_ products: ExactProduct...) -> Int {
        let terms = products.filter { !$0.isZero }
        guard let lowest = terms.map(\.exponent).min(), let highest = terms.map(\.exponent).max() else { return 0 }
        // 159 bits of a product, three more for the sum of six, one for the sign, and the shift within a word.
        let wordCount = (highest - lowest + 163) / 64 + 2
        var accumulator = [UInt64](repeating: 0, count: wordCount)
        for term in terms {
            term.add(to: &accumulator, lowestExponent: lowest)
        }
        guard accumulator[wordCount - 1] >> 63 == 0 else { return -1 }
        return accumulator.contains { $0 != 0 } ? 1 : 0
    }
}

/// The exact product of three doubles: a signed integer of up to 159 bits times a power of two.
struct ExactProduct {
    /// Magnitude, lowest word first.
    private let words: (UInt64, UInt64, UInt64)
    private let isNegative: Bool
    /// Power of two that the lowest bit stands for.
    let exponent: Int
    /// Whether a factor is zero.
    let isZero: Bool

    /// Multiplies three finite doubles.
    init(_ a: Double, _ b: Double, _ c: Double) {
        let (m0, e0) = ExactProduct.parts(a)
        let (m1, e1) = ExactProduct.parts(b)
        let (m2, e2) = ExactProduct.parts(c)
        let first = m0.multipliedFullWidth(by: m1)
        let low = first.low.multipliedFullWidth(by: m2)
        let high = first.high.multipliedFullWidth(by: m2)
        let middle = low.high.addingReportingOverflow(high.low)
        words = (low.low, middle.partialValue, high.high &+ (middle.overflow ? 1 : 0))
        isNegative = (a.sign == .minus) != ((b.sign == .minus) != (c.sign == .minus))
        exponent = e0 + e1 + e2
        isZero = m0 == 0 || m1 == 0 || m2 == 0
    }

    /// Integer significand and exponent of a finite double.
    private static func parts(_ value: Double) -> (UInt64, Int) {
        let pattern = value.significandBitPattern
        return value.exponentBitPattern == 0
            ? (pattern, -1074) : (pattern | 1 << 52, Int(value.exponentBitPattern) - 1075)
    }

    /// Adds the product to a two's complement integer whose lowest bit stands for the given exponent.
    func add(to accumulator: inout [UInt64], lowestExponent: Int) {
        let shift = exponent - lowestExponent
        let (position, bits) = (shift / 64, UInt64(shift % 64))
        let spill: (UInt64) -> UInt64 = { bits == 0 ? 0 : $0 >> (64 - bits) }
        let parts = [
            words.0 << bits, words.1 << bits | spill(words.0), words.2 << bits | spill(words.1), spill(words.2),
        ]
        // A negative number is added as its complement plus one, with ones above.
        var carry: UInt64 = isNegative ? 1 : 0
        for i in position..<accumulator.count {
            let part = i - position < parts.count ? parts[i - position] : 0
            let addend = isNegative ? ~part : part
            let (once, overflowOnce) = accumulator[i].addingReportingOverflow(addend)
            let (twice, overflowTwice) = once.addingReportingOverflow(carry)
            accumulator[i] = twice
            carry = overflowOnce || overflowTwice ? 1 : 0
        }
    }
}

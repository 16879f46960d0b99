/// Numbers read from bytes without making text of them first.
enum NumberParser {
    private static let powers: [Double] = (0...22).map { exponent in
        (0..<exponent).reduce(1.0) { value, _ in value * 10 }
    }

    /// The number that the bytes are; nil for anything else.
    ///
    /// Up to 2⁵³ and 22 decimal places one correctly rounded operation gives the nearest double (W. D. Clinger 1990); all
    /// others go through the library.
    static func double(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var index = 0
        let count = bytes.count
        var isNegative = false
        if index < count, bytes[index] == 0x2D || bytes[index] == 0x2B {
            isNegative = bytes[index] == 0x2D
            index += 1
        }
        var mantissa: UInt64 = 0
        var (digits, places) = (0, 0)
        var isFraction = false
        while index < count {
            let byte = bytes[index]
            if byte &- 0x30 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                digits += mantissa > 0 ? 1 : 0
                places += isFraction ? 1 : 0
            } else if byte == 0x2E, !isFraction {
                isFraction = true
            } else {
                break
            }
            index += 1
        }
        let hasDigits = index > (isNegative ? 1 : 0) + (isFraction ? 1 : 0)
        var exponent = -places
        if index < count, hasDigits, bytes[index] | 0x20 == 0x65 {
            guard let given = integer(UnsafeBufferPointer(rebasing: bytes[(index + 1)...])), given.magnitude < 1000
            else {
                return slow(bytes)
            }
            exponent += Int(given)
            index = count
        }
        guard index == count, hasDigits, digits <= 19, mantissa <= 1 << 53, exponent.magnitude <= 22 else {
            return slow(bytes)
        }
        let value = exponent < 0 ? Double(mantissa) / powers[-exponent] : Double(mantissa) * powers[exponent]
        return isNegative ? -value : value
    }

    private static func slow(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        guard let first = bytes.first, first > 0x20 else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        guard !text.utf8.contains(where: { $0 == 0x78 || $0 == 0x58 || $0 == 0x28 }) else { return nil }
        return Double(text)
    }

    /// The whole number that the bytes are; nil for anything else, and what 64 bits do not hold.
    static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        var index = 0
        var isNegative = false
        if let first = bytes.first, first == 0x2D || first == 0x2B {
            isNegative = first == 0x2D
            index = 1
        }
        guard index < bytes.count else { return nil }
        var value: Int64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) =
                isNegative
                ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
            index += 1
        }
        return value
    }

    /// The truth value that the bytes are; nil for anything else.
    static func flag(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        if bytes.count == 1 {
            switch bytes[0] | 0x20 {
            case UInt8(ascii: "t"), UInt8(ascii: "1"): return true
            case UInt8(ascii: "f"), UInt8(ascii: "0"): return false
            default: return nil
            }
        }
        switch String(decoding: bytes, as: UTF8.self).lowercased() {
        case "true": return true
        case "false": return false
        default: return double(bytes).map { $0 != 0 }
        }
    }

    /// Whether a cell says that there is no value.
    static func isMissing(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        switch bytes.count {
        case 0: true
        case 2: bytes[0] == UInt8(ascii: "-") && bytes[1] == UInt8(ascii: "-")
        case 4: String(decoding: bytes, as: UTF8.self).lowercased() == "null"
        default: false
        }
    }
}

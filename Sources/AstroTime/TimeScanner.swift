/// Why text is not a time.
enum TimeTextProblem: Error {
    /// The text does not have the fields of its format.
    case shape
    /// A field has an impossible value.
    case range(String, Int)
}

/// A date and a time of the day, in whichever scale.
struct TimeFields {
    /// Days since 1970-01-01.
    var day: Int
    /// Whole seconds since 0h.
    var second = 0
    /// Nanoseconds of the second.
    var nanosecond: Int64 = 0
    /// Fraction of the second when it has more than nine decimals.
    var fraction: Double?
}

/// Reads the fields of a time from UTF-8 text, left to right.
struct TimeScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// Whether all text is read.
    var isAtEnd: Bool { position == bytes.count }

    /// Reads one character if it is the next.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Reads one character.
    mutating func expect(_ character: Unicode.Scalar) throws(TimeTextProblem) {
        guard skip(character) else { throw .shape }
    }

    /// Reads a whole number with a number of digits in a range.
    mutating func number(digits: ClosedRange<Int>) throws(TimeTextProblem) -> Int {
        var value = 0
        var count = 0
        while count < digits.upperBound, position < bytes.count, let digit = TimeScanner.digit(bytes[position]) {
            value = value * 10 + digit
            count += 1
            position += 1
        }
        guard count >= digits.lowerBound else { throw .shape }
        return value
    }

    /// Reads the decimals after a decimal point: nanoseconds up to nine of them, a fraction of a second beyond.
    ///
    /// The fraction is summed digit by digit, as the reference's time library does.
    mutating func decimals() -> (nanoseconds: Int64, fraction: Double?) {
        var value: Int64 = 0
        var fraction = 0.0
        var weight = 0.1
        var count = 0
        while position < bytes.count, let digit = TimeScanner.digit(bytes[position]) {
            if count < 9 { value = value * 10 + Int64(digit) }
            fraction += Double(digit) * weight
            weight /= 10
            count += 1
            position += 1
        }
        for _ in min(count, 9)..<9 { value *= 10 }
        return (value, count > 9 ? fraction : nil)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= 0x30 && byte <= 0x39 ? Int(byte) - 0x30 : nil
    }
}

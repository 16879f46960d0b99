import AstroTime
import StewardCore

/// How the name of an exposure group becomes an integer.
public enum GroupNumbering: String, Hashable, Sendable, CaseIterable {
    /// All digits of the name, read as one number (`pipe_base: _instrument.py`).
    case digits
    /// The rule of Rubin Observatory (`obs_lsst: translators/lsst.py`).
    case lsst

    /// The integer of a group.
    ///
    /// - Parameter group: Name of the group.
    /// - Returns: A number that is the same whenever it is asked for.
    /// - Throws: `ButlerError` of code `dimensionValue` when the digits make no number of 64 bits.
    public func number(of group: String) throws -> Int64 {
        switch self {
        case .digits:
            guard let number = Int64(group.filter { ("0"..."9").contains($0) }) else {
                throw ButlerError(
                    .dimensionValue,
                    "The exposure group \"\(group)\" has no digits that make a 64-bit number.",
                    remedy: "Use another visit grouping for this camera."
                )
            }
            return number
        case .lsst:
            return Self.plainNumber(group) ?? Self.timestamp(group) ?? Self.hash(group)
        }
    }

    /// A name that is a number, as the reference's language reads one: blanks around, a sign.
    private static func plainNumber(_ group: String) -> Int64? {
        // No number has a letter or other sign in it, but for the one before the digits.
        let isPlain = group.utf8.allSatisfy { $0 < 0x41 && $0 != 0x3A && $0 != 0x2E }
        guard isPlain || !group.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let words = group.split(whereSeparator: \.isWhitespace)
        return words.count == 1 ? Int64(words[0]) : nil
    }

    /// A time with three decimals, and `+N` or `#N`: seconds since 2015, milliseconds, N with four digits.
    private static func timestamp(_ group: String) -> Int64? {
        let parts = group.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "+" || $0 == "#" }
        let main = parts[0]
        let counter = parts.count == 2 ? String(parts[1]) : "0"
        guard main.utf8.count == 23, counter.allSatisfy(\.isASCIIDigit), !counter.isEmpty,
            main.dropFirst(20).allSatisfy(\.isASCIIDigit), isShaped(main),
            let instant = try? TAI(main.prefix(19), format: .isot, scale: .tai)
        else { return nil }
        let seconds = (instant.nanoseconds - epoch) / 1_000_000_000
        let padded = String(repeating: "0", count: max(0, 4 - counter.count)) + counter
        return Int64("\(seconds)\(main.suffix(3))\(padded)")
    }

    /// Nanoseconds of 2015-01-01 when days are counted without leap seconds.
    private static let epoch: Int64 = 1_420_070_400_000_000_000

    /// Whether the text is digits with `-`, `T`, `:` and `.` in the places of an ISO time.
    private static func isShaped(_ text: Substring) -> Bool {
        let zero = UInt8(ascii: "0")
        return zip(text.utf8, "0000-00-00T00:00:00.000".utf8).allSatisfy {
            $1 == zero ? zero...UInt8(ascii: "9") ~= $0 : $0 == $1
        }
    }

    /// Fourteen hexadecimal digits of a BLAKE2b digest, followed by the length of the text in two decimal digits.
    private static func hash(_ group: String) -> Int64 {
        let digest = Digest.of(Array(group.utf8), .blake2b512)
        let head = digest.prefix(7).reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let length = String(group.unicodeScalars.count)
        let text = String(head) + (length.count < 2 ? "0" : "") + length
        return Int64(text) ?? head
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

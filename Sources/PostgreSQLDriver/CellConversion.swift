internal import CPostgreSQL
internal import Databases
internal import Foundation

/// Reads cells whose type is not the one that their kind usually has: integers as reals or texts, sums, times.
enum CellConversion {
    /// Adds a cell; false if its type cannot be read as the column's kind.
    static func append(_ bytes: UnsafeRawBufferPointer, _ type: Oid, to column: inout ColumnPage.Column) -> Bool {
        switch column.kind {
        case .integer:
            guard type == TypeIdentifier.numeric, let number = Numeric(bytes)?.integer else { return false }
            column.append(number)
        case .real:
            guard let number = real(bytes, type) else { return false }
            column.append(number)
        case .text, .label:
            guard var text = text(bytes, type) else { return false }
            text.withUTF8 { column.append($0) }
        case .uuid, .bool, .blob: return false
        }
        return true
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, _ type: Oid) -> Int64? {
        switch (type, bytes.count) {
        case (TypeIdentifier.int8, 8): Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case (TypeIdentifier.int4, 4): Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case (TypeIdentifier.int2, 2): Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        default: nil
        }
    }

    private static func real(_ bytes: UnsafeRawBufferPointer, _ type: Oid) -> Double? {
        if type == TypeIdentifier.numeric { return Numeric(bytes)?.real }
        return integer(bytes, type).map(Double.init)
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ type: Oid) -> String? {
        if type == TypeIdentifier.timestamp, bytes.count == 8 {
            return timestamp(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        }
        if type == TypeIdentifier.uuid, bytes.count == 16 {
            return UUID(uuid: bytes.loadUnaligned(as: uuid_t.self)).uuidString.lowercased()
        }
        return integer(bytes, type).map(String.init)
    }

    /// Microseconds since 2000-01-01 without time zone, as SQLite's tables have them: `2026-11-21 02:39:15.892453`.
    private static func timestamp(_ microseconds: Int64) -> String? {
        let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let isBefore = fraction < 0
        let second = isBefore ? seconds - 1 : seconds
        let micros = isBefore ? fraction + 1_000_000 : fraction
        var day = second / 86_400
        var left = second % 86_400
        if left < 0 {
            left += 86_400
            day -= 1
        }
        let date = civilDate(daysSince2000: day)
        let clock = [left / 3600, left / 60 % 60, left % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2)) \(clock).\(padded(micros, 6))"
    }

    /// The Gregorian date so many days after 2000-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
    private static func civilDate(daysSince2000 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 730_425
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

/// A number of PostgreSQL's type `numeric` in binary form: digits to the base 10000.
private struct Numeric {
    private let digits: [Int64]
    private let weight: Int
    private let isNegative: Bool

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 8 else { return nil }
        func word(_ index: Int) -> UInt16 {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        }
        let count = Int(word(0))
        guard bytes.count == 8 + 2 * count, word(2) == 0 || word(2) == 0x4000 else { return nil }
        weight = Int(Int16(bitPattern: word(1)))
        isNegative = word(2) == 0x4000
        digits = (0..<count).map { Int64(word(4 + $0)) }
    }

    /// The number if it is whole and has 64 bits.
    var integer: Int64? {
        guard digits.count <= weight + 1 else { return digits.isEmpty ? 0 : nil }
        var value: Int64 = 0
        for place in 0...max(0, weight) {
            let digit = place < digits.count ? digits[place] : 0
            let (product, overflow) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = product.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    /// The number as a double.
    var real: Double? {
        let text = digits.map { String($0 + 10_000).dropFirst() }.joined()
        let exponent = 4 * (weight + 1 - digits.count)
        return Double((isNegative ? "-" : "") + (text.isEmpty ? "0" : text) + "e\(exponent)")
    }
}

internal import CPostgreSQL
internal import Databases
internal import Foundation
internal import StewardCore

/// The types that arrays of a bulk insertion can have.
enum ArrayElement: String {
    case bool
    case int2
    case int4
    case int8
    case float8
    case text
    case uuid

    /// The type of elements for a column; nil if its values cannot be sent in arrays.
    init?(column type: Oid) {
        switch type {
        case TypeIdentifier.bool: self = .bool
        case TypeIdentifier.int2: self = .int2
        case TypeIdentifier.int4: self = .int4
        case TypeIdentifier.int8: self = .int8
        case TypeIdentifier.float8: self = .float8
        case TypeIdentifier.text, TypeIdentifier.variableText: self = .text
        case TypeIdentifier.uuid: self = .uuid
        default: return nil
        }
    }

    private var identifier: Oid {
        switch self {
        case .bool: TypeIdentifier.bool
        case .int2: TypeIdentifier.int2
        case .int4: TypeIdentifier.int4
        case .int8: TypeIdentifier.int8
        case .float8: TypeIdentifier.float8
        case .text: TypeIdentifier.text
        case .uuid: TypeIdentifier.uuid
        }
    }

    /// One column of some rows as an array in binary form (`array_recv` of the server's sources).
    func array(of values: [SQLValue], column: Int, width: Int, rows: Range<Int>) throws(ButlerError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + 12 * rows.count)
        for word in [1, 1, Int32(bitPattern: identifier), Int32(truncatingIfNeeded: rows.count), 1] {
            Self.append(word, to: &bytes)
        }
        for row in rows {
            let value = values[row * width + column]
            guard !Self.isNull(value) else {
                Self.append(Int32(-1), to: &bytes)
                continue
            }
            guard append(value, to: &bytes) else {
                throw ButlerError(.integrity, "\(value) cannot be stored in a column of type \(rawValue).")
            }
        }
        return bytes
    }

    private static func isNull(_ value: SQLValue) -> Bool {
        if case .real(let number) = value { return number.isNaN }
        return value.isNull
    }

    /// Adds an element with its length; false if the value is none of the type.
    private func append(_ value: SQLValue, to bytes: inout [UInt8]) -> Bool {
        switch (self, value) {
        case (.int8, .int(let number)): Self.append(sized: number, to: &bytes)
        case (.int4, .int(let number)):
            guard let small = Int32(exactly: number) else { return false }
            Self.append(sized: small, to: &bytes)
        case (.int2, .int(let number)):
            guard let small = Int16(exactly: number) else { return false }
            Self.append(sized: small, to: &bytes)
        case (.int8, .bool(let flag)): Self.append(sized: Int64(flag ? 1 : 0), to: &bytes)
        case (.float8, .real(let number)): Self.append(sized: number.bitPattern, to: &bytes)
        case (.float8, .int(let number)): Self.append(sized: Double(number).bitPattern, to: &bytes)
        case (.bool, .bool(let flag)): Self.append(sized: UInt8(flag ? 1 : 0), to: &bytes)
        case (.bool, .int(let number)): Self.append(sized: UInt8(number == 0 ? 0 : 1), to: &bytes)
        case (.uuid, .uuid(let uuid)):
            Self.append(Int32(16), to: &bytes)
            withUnsafeBytes(of: uuid.uuid) { bytes.append(contentsOf: $0) }
        case (.text, .text(let text)):
            guard let count = Int32(exactly: text.utf8.count) else { return false }
            Self.append(count, to: &bytes)
            bytes.append(contentsOf: text.utf8)
        default: return false
        }
        return true
    }

    private static func append(sized number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        append(Int32(number.bitWidth / 8), to: &bytes)
        append(number, to: &bytes)
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

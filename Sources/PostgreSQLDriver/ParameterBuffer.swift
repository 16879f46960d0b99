internal import CPostgreSQL
internal import Databases
internal import Foundation
internal import StewardCore

/// The parameters of one execution in the form in which libpq takes them.
///
/// Numbers, truth values, identifiers and bytes go in binary form with their type. Texts go as text and leave the type to
/// the server, which tells it from the context: one value serves columns of texts, identifiers and times.
struct ParameterBuffer {
    private(set) var types: [Oid] = []
    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    private static let textFormat: Int32 = 0
    private static let binaryFormat: Int32 = 1

    /// How many parameters there are.
    var count: Int { offsets.count }

    /// Forgets all parameters but keeps the memory.
    mutating func removeAll() {
        types.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
    }

    /// Adds a value with the type that its kind has.
    mutating func append(_ value: SQLValue) throws(ButlerError) {
        try append(value, as: Self.type(of: value))
    }

    private static func type(of value: SQLValue) -> Oid {
        switch value {
        case .null, .text: TypeIdentifier.inferred
        case .int: TypeIdentifier.int8
        case .real: TypeIdentifier.float8
        case .blob: TypeIdentifier.bytes
        case .uuid: TypeIdentifier.uuid
        case .bool: TypeIdentifier.bool
        }
    }

    /// Adds a value for a parameter of a type that is known.
    mutating func append(_ value: SQLValue, as type: Oid) throws(ButlerError) {
        types.append(type)
        switch value {
        case .null: appendNull()
        case .real(let number) where number.isNaN: appendNull()
        case .int(let number): try append(number, as: type)
        case .real(let number) where type == TypeIdentifier.float8: append(bigEndian: number.bitPattern)
        case .real(let number): try append(text: "\(number)")
        case .bool(let flag) where type == TypeIdentifier.bool: append(bigEndian: UInt8(flag ? 1 : 0))
        case .bool(let flag): try append(Int64(flag ? 1 : 0), as: type)
        case .uuid(let uuid) where type == TypeIdentifier.uuid:
            withUnsafeBytes(of: uuid.uuid) { append(binary: $0) }
        case .uuid(let uuid): try append(text: uuid.uuidString.lowercased())
        case .blob(let blob): blob.withUnsafeBytes { append(binary: $0) }
        case .text(let text): try append(text: text)
        }
    }

    private mutating func append(_ number: Int64, as type: Oid) throws(ButlerError) {
        switch type {
        case TypeIdentifier.int8: append(bigEndian: number)
        case TypeIdentifier.int4: append(bigEndian: try Self.exact(number, as: Int32.self))
        case TypeIdentifier.int2: append(bigEndian: try Self.exact(number, as: Int16.self))
        case TypeIdentifier.float8: append(bigEndian: Double(number).bitPattern)
        case TypeIdentifier.bool: append(bigEndian: UInt8(number == 0 ? 0 : 1))
        default: try append(text: String(number))
        }
    }

    private static func exact<Number: FixedWidthInteger>(
        _ number: Int64,
        as type: Number.Type
    ) throws(ButlerError) -> Number {
        guard let exact = Number(exactly: number) else {
            throw ButlerError(
                .integrity,
                "\(number) does not fit into a column of \(Number.bitWidth)-bit integers.",
                remedy: "Give a smaller number."
            )
        }
        return exact
    }

    private mutating func appendNull() {
        offsets.append(-1)
        lengths.append(0)
        formats.append(Self.textFormat)
    }

    private mutating func append(bigEndian number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { append(binary: $0) }
    }

    private mutating func append(binary value: UnsafeRawBufferPointer) {
        offsets.append(bytes.count)
        lengths.append(Int32(truncatingIfNeeded: value.count))
        formats.append(Self.binaryFormat)
        bytes.append(contentsOf: value)
        if value.isEmpty { bytes.append(0) }
    }

    private mutating func append(text: String) throws(ButlerError) {
        guard !text.utf8.contains(0) else {
            throw ButlerError(
                .invalidArgument,
                "A text contains the character with code zero, which PostgreSQL cannot store.",
                remedy: "Remove it from the text."
            )
        }
        offsets.append(bytes.count)
        lengths.append(0)
        formats.append(Self.textFormat)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
    }

    /// The parameters as libpq takes them; valid only inside the body.
    struct Pointers {
        let types: UnsafePointer<Oid>?
        let values: UnsafePointer<UnsafePointer<CChar>?>?
        let lengths: UnsafePointer<Int32>?
        let formats: UnsafePointer<Int32>?
    }

    /// Calls a function with the parameters in libpq's form.
    func withPointers<Result>(_ body: (Pointers) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { bytes in
            let base = UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            return try withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: max(1, count)) {
                values in
                for index in offsets.indices {
                    values.initializeElement(
                        at: index,
                        to: offsets[index] < 0 ? nil : base?.advanced(by: offsets[index])
                    )
                }
                return try lengths.withUnsafeBufferPointer { lengths in
                    try formats.withUnsafeBufferPointer { formats in
                        try types.withUnsafeBufferPointer { types in
                            try body(
                                Pointers(
                                    types: types.baseAddress,
                                    values: UnsafePointer(values.baseAddress),
                                    lengths: lengths.baseAddress,
                                    formats: formats.baseAddress
                                )
                            )
                        }
                    }
                }
            }
        }
    }
}

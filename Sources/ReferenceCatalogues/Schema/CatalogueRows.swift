internal import FITS
public import SphericalGeometry
internal import StewardCore

/// Rows of a reference catalogue, as the bytes of a FITS table, with columns decoded when asked for.
public struct CatalogueRows: Sendable {
    /// The fields.
    public let schema: CatalogueSchema
    /// The rows, one after the other.
    public private(set) var bytes: [UInt8]
    /// The number of rows.
    public let rowCount: Int

    /// Creates rows from their bytes, of which there must be whole rows.
    init(_ schema: CatalogueSchema, bytes: [UInt8]) {
        self.schema = schema
        self.bytes = bytes
        rowCount = schema.rowSize > 0 ? bytes.count / schema.rowSize : 0
    }

    // MARK: Columns

    /// The values of a column of numbers as doubles, truth values as 0 and 1; nil for text, arrays and unknown names.
    public func doubles(_ name: String) -> [Double]? {
        guard let index = schema.index(name) else { return nil }
        return map(index) { reader in reader.double }
    }

    /// The values of a column of whole numbers; nil for other columns.
    public func integers(_ name: String) -> [Int64]? {
        guard let index = schema.index(name) else { return nil }
        return map(index) { reader in reader.integer }
    }

    /// The values of a flag; nil for other columns.
    public func flags(_ name: String) -> [Bool]? {
        guard let index = schema.index(name), schema.fields[index].kind == .flag else { return nil }
        return map(index) { reader in reader.double.map { $0 != 0 } }
    }

    /// The values of a column of text without padding; nil for other columns.
    public func texts(_ name: String) -> [String]? {
        guard let index = schema.index(name), case .string = schema.fields[index].kind else { return nil }
        return map(index) { reader in reader.text }
    }

    /// The positions as stored, as unit vectors.
    public var positions: [UnitVector3D] {
        guard let places = schema.positionOffsets else { return [] }
        return bytes.withUnsafeBytes { bytes in
            (0..<rowCount).map { bytes.position($0 * schema.rowSize, places) }
        }
    }

    private func map<Value>(_ index: Int, _ value: (CellReader) -> Value?) -> [Value]? {
        bytes.withUnsafeBytes { bytes in
            var values: [Value] = []
            values.reserveCapacity(rowCount)
            for row in 0..<rowCount {
                guard let item = value(CellReader(bytes, row * schema.rowSize, schema, index)) else { return nil }
                values.append(item)
            }
            return values
        }
    }

    // MARK: Parts

    /// The rows of some positions, in the order given; the positions must be those of rows.
    public func selecting(_ rows: [Int]) -> CatalogueRows {
        guard rows.count < rowCount || rows != Array(0..<rowCount) else { return self }
        let size = schema.rowSize
        let selected = [UInt8](unsafeUninitializedCapacity: rows.count * size) { target, filled in
            bytes.withUnsafeBytes { source in
                let target = UnsafeMutableRawBufferPointer(target)
                for (index, row) in rows.enumerated() {
                    UnsafeMutableRawBufferPointer(rebasing: target[index * size..<(index + 1) * size])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[row * size..<(row + 1) * size]))
                }
            }
            filled = rows.count * size
        }
        return CatalogueRows(schema, bytes: selected)
    }

    /// The rows with some of their fields only.
    ///
    /// - Parameter names: Names of fields, in the order wanted.
    /// - Returns: The rows in the layout that is written for these fields.
    /// - Throws: ``ButlerError`` with `.invalidArgument` and candidates if there is no field of a name.
    public func selecting(_ names: [String]) throws -> CatalogueRows {
        let indices = try names.map { try schema.require($0) }
        let target = CatalogueSchema(indices.map { schema.fields[$0] })
        var rows = CatalogueRows(target, bytes: [UInt8](repeating: 0, count: target.rowSize * rowCount))
        let source = schema
        bytes.withUnsafeBytes { from in
            rows.withMutableBytes { to in
                for (new, old) in indices.enumerated() {
                    Self.copy(from, source, old, to, target, new)
                }
            }
        }
        return rows
    }

    private static func copy(
        _ from: UnsafeRawBufferPointer,
        _ source: CatalogueSchema,
        _ old: Int,
        _ to: UnsafeMutableRawBufferPointer,
        _ target: CatalogueSchema,
        _ new: Int
    ) {
        let count = source.rowSize > 0 ? from.count / source.rowSize : 0
        for row in 0..<count {
            let (start, goal) = (row * source.rowSize, row * target.rowSize)
            switch (source.places[old], target.places[new]) {
            case (.bytes(let a), .bytes(let b)):
                let size = source.fields[old].kind.byteCount
                UnsafeMutableRawBufferPointer(rebasing: to[goal + b..<goal + b + size])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: from[start + a..<start + a + size]))
            case (.bit(let a), .bit(let b)):
                if from[start + a / 8] & 0x80 >> UInt8(a % 8) != 0 { to[goal + b / 8] |= 0x80 >> UInt8(b % 8) }
            default: break
            }
        }
    }

    /// Changes the bytes in place.
    mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        bytes.withUnsafeMutableBytes { body($0) }
    }
}

extension CatalogueSchema {
    /// Offsets of right ascension and declination.
    var positionOffsets: (rightAscension: Int, declination: Int)? {
        guard let first = doubleOffset("coord_ra"), let second = doubleOffset("coord_dec") else { return nil }
        return (first, second)
    }
}

/// One cell of a row.
struct CellReader {
    private let bytes: UnsafeRawBufferPointer
    private let start: Int
    private let field: CatalogueField
    private let place: CatalogueSchema.Place

    init(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ schema: CatalogueSchema, _ index: Int) {
        self.bytes = bytes
        self.start = start
        field = schema.fields[index]
        place = schema.places[index]
    }

    /// Whether it is a truth value.
    var isFlag: Bool { field.kind == .flag }

    /// The value as a whole number; nil for others.
    var integer: Int64? {
        guard case .bytes(let offset) = place else { return nil }
        let at = start + offset
        return switch field.kind {
        case .int64: bytes.bigEndian(at)
        case .int32: Int64(bytes.bigEndian(at, as: Int32.self))
        case .int16: Int64(bytes.bigEndian(at, as: Int16.self))
        case .uint16: Int64(bytes.bigEndian(at, as: UInt16.self) ^ 0x8000)
        case .uint8: Int64(bytes[at])
        default: nil
        }
    }

    /// The value as a number, a truth value as 0 or 1; nil for text and arrays.
    var double: Double? {
        switch (field.kind, place) {
        case (.flag, .bit(let bit)): bytes[start + bit / 8] & 0x80 >> UInt8(bit % 8) != 0 ? 1 : 0
        case (.double, .bytes(let offset)), (.angle, .bytes(let offset)): bytes.double(start + offset)
        case (.float, .bytes(let offset)): Double(bytes.float(start + offset))
        default: integer.map { Double($0) }
        }
    }

    /// The value of single precision; nil for others.
    var float: Float? {
        guard field.kind == .float, case .bytes(let offset) = place else { return nil }
        return bytes.float(start + offset)
    }

    /// The text without padding; nil for others.
    var text: String? {
        guard case .string(let width) = field.kind, case .bytes(let offset) = place else { return nil }
        var end = start + offset
        while end < start + offset + width, bytes[end] != 0 { end += 1 }
        while end > start + offset, bytes[end - 1] == 0x20 { end -= 1 }
        return String(decoding: bytes[start + offset..<end], as: UTF8.self)
    }

    /// The numbers of an array; nil for others.
    var array: [Double]? {
        guard case .array(let type, let count) = field.kind, case .bytes(let offset) = place else { return nil }
        let at = start + offset
        return (0..<count).map { index in
            switch type {
            case .float64: bytes.double(at + 8 * index)
            case .float32: Double(bytes.float(at + 4 * index))
            case .int64: Double(bytes.bigEndian(at + 8 * index, as: Int64.self))
            case .int32: Double(bytes.bigEndian(at + 4 * index, as: Int32.self))
            default: Double(bytes[at + index])
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian whole number at an offset.
    @inline(__always)
    func bigEndian<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type = Value.self) -> Value {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The big-endian number of double precision at an offset.
    @inline(__always)
    func double(_ offset: Int) -> Double { Double(bitPattern: bigEndian(offset)) }

    /// The big-endian number of single precision at an offset.
    @inline(__always)
    func float(_ offset: Int) -> Float { Float(bitPattern: bigEndian(offset)) }

    /// The position of the row that begins at an offset.
    @inline(__always)
    func position(_ row: Int, _ places: (rightAscension: Int, declination: Int)) -> UnitVector3D {
        UnitVector3D(
            longitude: Angle(radians: double(row + places.rightAscension)),
            latitude: Angle(radians: double(row + places.declination))
        )
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Stores a number of double precision, big-endian.
    @inline(__always)
    func store(_ value: Double, _ offset: Int) {
        storeBytes(of: value.bitPattern.bigEndian, toByteOffset: offset, as: UInt64.self)
    }

    /// Stores a number of single precision, big-endian.
    @inline(__always)
    func store(_ value: Float, _ offset: Int) {
        storeBytes(of: value.bitPattern.bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// Stores a whole number, big-endian.
    @inline(__always)
    func store(_ value: Int64, _ offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int64.self)
    }
}

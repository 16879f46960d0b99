internal import StewardCore

/// The elements of a column, contiguous over all rows.
public struct FITSColumnValues: Sendable, Hashable {
    /// The elements by type.
    public enum Elements: Sendable, Hashable {
        /// Booleans and bits.
        case logical([Bool])
        /// Unsigned, 8 bits.
        case uint8([UInt8])
        /// Signed, 16 bits.
        case int16([Int16])
        /// Unsigned, 16 bits.
        case uint16([UInt16])
        /// Signed, 32 bits.
        case int32([Int32])
        /// Unsigned, 32 bits.
        case uint32([UInt32])
        /// Signed, 64 bits.
        case int64([Int64])
        /// Unsigned, 64 bits.
        case uint64([UInt64])
        /// Single precision.
        case float([Float])
        /// Double precision, and everything scaled.
        case double([Double])
        /// Text, one string a row.
        case string([String])
    }

    /// The elements of all rows.
    public let elements: Elements
    /// Position of each row's first element, and the number of elements at the end.
    public let offsets: [Int]

    /// Number of rows.
    public var rowCount: Int { offsets.count - 1 }

    /// Positions of one row's elements.
    public func range(_ row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// Where a row's elements are in the bytes of the table.
    struct Cell {
        let isInHeap: Bool
        let offset: Int
        let count: Int
    }

    init(_ column: FITSColumn, cells: [Cell], rows: [UInt8], heap: [UInt8]) throws {
        (elements, offsets) = rows.withUnsafeBytes { rows in
            heap.withUnsafeBytes { heap in
                let decoder = CellDecoder(column: column, cells: cells, rows: rows, heap: heap)
                return (decoder.elements(), decoder.offsets())
            }
        }
    }
}

/// Collects the elements of a column from its cells, whose bounds were checked.
private struct CellDecoder {
    let column: FITSColumn
    let cells: [FITSColumnValues.Cell]
    let rows: UnsafeRawBufferPointer
    let heap: UnsafeRawBufferPointer

    func elements() -> FITSColumnValues.Elements {
        let isPlain = column.scale == 1 && column.zero == 0
        switch (column.type, column.scale == 1 ? column.zero : 0) {
        case (.character, _): return .string(cells.map(text))
        case (.bit, _): return .logical(bits())
        case (.logical, _): return .logical(gather(1) { $0[$1] == UInt8(ascii: "T") })
        case (.int16, 32_768): return .uint16(gather(2) { $0.bigEndian(at: $1, as: UInt16.self) ^ 0x8000 })
        case (.int32, 2_147_483_648): return .uint32(gather(4) { $0.bigEndian(at: $1, as: UInt32.self) ^ 0x8000_0000 })
        case (.int64, 9_223_372_036_854_775_808):
            return .uint64(gather(8) { $0.bigEndian(at: $1, as: UInt64.self) ^ 1 << 63 })
        case (.uint8, 0) where isPlain: return .uint8(gather(1) { $0[$1] })
        case (.int16, 0) where isPlain: return .int16(gather(2) { $0.bigEndian(at: $1) })
        case (.int32, 0) where isPlain: return .int32(gather(4) { $0.bigEndian(at: $1) })
        case (.int64, 0) where isPlain: return .int64(gather(8) { $0.bigEndian(at: $1) })
        case (.float32, 0) where isPlain: return .float(gather(4) { Float(bitPattern: $0.bigEndian(at: $1)) })
        case (.complex64, 0) where isPlain:
            return .float(gather(4, pairs: true) { Float(bitPattern: $0.bigEndian(at: $1)) })
        default: return .double(scaled(stored()))
        }
    }

    func offsets() -> [Int] {
        let isComplex = column.type == .complex64 || column.type == .complex128
        var offsets = [0]
        offsets.reserveCapacity(cells.count + 1)
        var total = 0
        for cell in cells {
            total += column.type == .character ? 1 : isComplex ? 2 * cell.count : cell.count
            offsets.append(total)
        }
        return offsets
    }

    /// The stored numbers as doubles.
    private func stored() -> [Double] {
        switch column.type {
        case .uint8: gather(1) { Double($0[$1]) }
        case .int16: gather(2) { Double($0.bigEndian(at: $1, as: Int16.self)) }
        case .int32: gather(4) { Double($0.bigEndian(at: $1, as: Int32.self)) }
        case .int64: gather(8) { Double($0.bigEndian(at: $1, as: Int64.self)) }
        case .float32: gather(4) { Double(Float(bitPattern: $0.bigEndian(at: $1))) }
        case .complex64: gather(4, pairs: true) { Double(Float(bitPattern: $0.bigEndian(at: $1))) }
        case .complex128: gather(8, pairs: true) { Double(bitPattern: $0.bigEndian(at: $1)) }
        case .float64, .logical, .bit, .character: gather(8) { Double(bitPattern: $0.bigEndian(at: $1)) }
        }
    }

    private func scaled(_ values: [Double]) -> [Double] {
        guard column.scale != 1 || column.zero != 0 else { return values }
        return values.map { $0 * column.scale + column.zero }
    }

    /// The elements of all cells, `size` bytes each.
    private func gather<Value>(
        _ size: Int,
        pairs: Bool = false,
        _ load: (UnsafeRawBufferPointer, Int) -> Value
    ) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(cells.reduce(0) { $0 + (pairs ? 2 * $1.count : $1.count) })
        for cell in cells {
            let bytes = cell.isInHeap ? heap : rows
            for index in 0..<(pairs ? 2 * cell.count : cell.count) {
                values.append(load(bytes, cell.offset + index * size))
            }
        }
        return values
    }

    private func bits() -> [Bool] {
        var values: [Bool] = []
        for cell in cells {
            let bytes = cell.isInHeap ? heap : rows
            values += (0..<cell.count).map { bytes[cell.offset + $0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 }
        }
        return values
    }

    private func text(_ cell: FITSColumnValues.Cell) -> String {
        let all = (cell.isInHeap ? heap : rows)[cell.offset..<(cell.offset + cell.count)]
        var bytes = all.prefix { $0 != 0 }
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

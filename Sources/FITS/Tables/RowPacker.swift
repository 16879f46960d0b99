/// Puts the columns of a table into rows, in network order; columns with a heap get empty descriptors.
struct RowPacker {
    private(set) var bytes: [UInt8]
    private let rowSize: Int

    init(_ columns: [FITSColumnContent], rowCount: Int) {
        rowSize = columns.reduce(0) { $0 + $1.rowSize }
        bytes = [UInt8](repeating: 0, count: rowSize * rowCount)
        var offset = 0
        for column in columns {
            pack(column, at: offset)
            offset += column.rowSize
        }
    }

    private mutating func pack(_ column: FITSColumnContent, at offset: Int) {
        switch (column.elements, column.shape) {
        case (_, .variable): break
        case (.logical(let values), .bits(let width)): pack(bits: values, width, offset)
        case (.string(let values), .fixed(let width)): pack(texts: values, width, offset)
        case (.logical(let values), .fixed(let width)):
            pack(values, width, offset) { UInt8(ascii: $0 ? "T" : "F") }
        case (.uint8(let values), .fixed(let width)): pack(values, width, offset) { $0 }
        case (.int16(let values), .fixed(let width)): pack(values, width, offset) { $0 }
        case (.uint16(let values), .fixed(let width)): pack(values, width, offset) { $0 ^ 0x8000 }
        case (.int32(let values), .fixed(let width)): pack(values, width, offset) { $0 }
        case (.uint32(let values), .fixed(let width)): pack(values, width, offset) { $0 ^ 0x8000_0000 }
        case (.int64(let values), .fixed(let width)): pack(values, width, offset) { $0 }
        case (.uint64(let values), .fixed(let width)): pack(values, width, offset) { $0 ^ 1 << 63 }
        case (.float(let values), .fixed(let width)): pack(values, width, offset) { $0.bitPattern }
        case (.double(let values), .fixed(let width)): pack(values, width, offset) { $0.bitPattern }
        case (_, .bits): break
        }
    }

    /// Writes numbers, `width` in a row.
    private mutating func pack<Value, Bits: FixedWidthInteger>(
        _ values: [Value],
        _ width: Int,
        _ offset: Int,
        _ bits: (Value) -> Bits
    ) {
        let (size, rowSize) = (MemoryLayout<Bits>.size, rowSize)
        bytes.withUnsafeMutableBytes { bytes in
            var index = 0
            for row in 0..<(width > 0 ? values.count / width : 0) {
                var place = row * rowSize + offset
                for _ in 0..<width {
                    bytes.storeBytes(of: bits(values[index]).bigEndian, toByteOffset: place, as: Bits.self)
                    place += size
                    index += 1
                }
            }
        }
    }

    private mutating func pack(bits values: [Bool], _ width: Int, _ offset: Int) {
        for (index, value) in values.enumerated() where value {
            let (row, bit) = (index / width, index % width)
            bytes[row * rowSize + offset + bit / 8] |= 0x80 >> UInt8(bit % 8)
        }
    }

    /// Writes texts, cut to `width` bytes and padded with blanks.
    private mutating func pack(texts values: [String], _ width: Int, _ offset: Int) {
        for (row, value) in values.enumerated() {
            let start = row * rowSize + offset
            var place = start
            for byte in value.utf8.prefix(width) {
                bytes[place] = byte
                place += 1
            }
            while place < start + width {
                bytes[place] = 0x20
                place += 1
            }
        }
    }
}

extension FITSColumnContent {
    /// Bytes in a row.
    fileprivate var rowSize: Int {
        switch shape {
        case .variable: 16
        case .bits(let count): (count + 7) / 8
        case .fixed(let count): count * elements.size
        }
    }
}

extension FITSColumnValues.Elements {
    /// Bytes of an element; of a character for texts.
    fileprivate var size: Int {
        switch self {
        case .logical, .uint8, .string: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .float: 4
        case .int64, .uint64, .double: 8
        }
    }
}

internal import CFITSIO
internal import StewardCore

/// A column to be written.
public struct FITSColumnContent: Sendable, Hashable {
    /// How the elements are laid out in the rows.
    public enum Shape: Sendable, Hashable {
        /// The same number of elements in each row; for strings, of characters.
        case fixed(Int)
        /// A number of its own for each row, given by its first positions and the number of elements at the end.
        case variable(offsets: [Int])
        /// Bits, each row padded to whole bytes.
        case bits(Int)
    }

    /// The `TTYPE`.
    public var name: String
    /// The elements of all rows, one after the other.
    public var elements: FITSColumnValues.Elements
    /// How they are laid out.
    public var shape: Shape
    /// The `TUNIT`, or nil.
    public var unit: String?

    /// Creates a column.
    public init(_ name: String, _ elements: FITSColumnValues.Elements, _ shape: Shape = .fixed(1), unit: String? = nil)
    {
        self.name = name
        self.elements = elements
        self.shape = shape
        self.unit = unit
    }

    /// The `TFORM`.
    var form: String {
        switch shape {
        case .fixed(let count): "\(count)\(letter)"
        case .bits(let count): "\(count)X"
        case .variable(let offsets):
            "1Q\(letter)(\(zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0))"
        }
    }

    private var letter: Character {
        switch elements {
        case .logical: "L"
        case .uint8: "B"
        case .int16: "I"
        case .uint16: "U"
        case .int32: "J"
        case .uint32: "V"
        case .int64: "K"
        case .uint64: "W"
        case .float: "E"
        case .double: "D"
        case .string: "A"
        }
    }

    /// Number of rows, or nil if the elements do not fill whole rows.
    var rowCount: Int? {
        let count = elements.count
        switch shape {
        case .variable(let offsets):
            let isOrdered = zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
            return isOrdered && offsets.first == 0 && offsets.last == count ? offsets.count - 1 : nil
        case .fixed(let width), .bits(let width):
            if case .string = elements { return count }
            guard width > 0 else { return nil }
            return count.isMultiple(of: width) ? count / width : nil
        }
    }
}

extension FITSColumnValues.Elements {
    /// Number of elements.
    public var count: Int {
        switch self {
        case .logical(let values): values.count
        case .uint8(let values): values.count
        case .int16(let values): values.count
        case .uint16(let values): values.count
        case .int32(let values): values.count
        case .uint32(let values): values.count
        case .int64(let values): values.count
        case .uint64(let values): values.count
        case .float(let values): values.count
        case .double(let values): values.count
        case .string(let values): values.count
        }
    }
}

extension FITSFile {
    /// Appends a binary table.
    ///
    /// - Parameters:
    ///   - columns: The columns; all must have the same number of rows.
    ///   - name: The `EXTNAME`, or nil.
    ///   - header: Further cards; those that the layout decides are left out.
    /// - Throws: `ButlerError` of code `invalidArgument` for columns of different lengths, `fileAccess` if writing fails.
    public func append(
        table columns: [FITSColumnContent],
        name: String? = nil,
        header: FITSHeader = FITSHeader()
    ) throws {
        guard let rows = columns.first?.rowCount ?? (columns.isEmpty ? 0 : nil),
            columns.allSatisfy({ $0.rowCount == rows })
        else {
            throw ButlerError(.invalidArgument, "The columns of a table must have equally many whole rows.")
        }
        try withCStrings(columns.map(\.name)) { names in
            try withCStrings(columns.map(\.form)) { forms in
                try withCStrings(columns.map { $0.unit ?? "" }) { units in
                    try call("add a table to") {
                        cfits_create_table($0, Int64(rows), Int32(columns.count), names, forms, units, name)
                    }
                }
            }
        }
        try write(header)
        for (index, column) in columns.enumerated() where rows > 0 {
            try write(column, number: Int32(index + 1))
        }
    }

    private func write(_ column: FITSColumnContent, number: Int32) throws {
        switch column.elements {
        case .logical(let values):
            let type = if case .bits = column.shape { CFITS_BIT } else { CFITS_LOGICAL }
            if case .bits(let width) = column.shape {
                // cfitsio takes the bits of one row at a time.
                for row in 0..<(values.count / width) {
                    let bits = values[(row * width)..<((row + 1) * width)].map { UInt8($0 ? 1 : 0) }
                    try write(bits, type, number, row: Int64(row + 1))
                }
            } else {
                try write(values.map { UInt8($0 ? 1 : 0) }, CFITS_LOGICAL, number, column.shape)
            }
        case .uint8(let values): try write(values, CFITS_UINT8, number, column.shape)
        case .int16(let values): try write(values, CFITS_INT16, number, column.shape)
        case .uint16(let values): try write(values, CFITS_UINT16, number, column.shape)
        case .int32(let values): try write(values, CFITS_INT32, number, column.shape)
        case .uint32(let values): try write(values, CFITS_UINT32, number, column.shape)
        case .int64(let values): try write(values, CFITS_INT64, number, column.shape)
        case .uint64(let values): try write(values, CFITS_UINT64, number, column.shape)
        case .float(let values): try write(values, CFITS_FLOAT, number, column.shape)
        case .double(let values): try write(values, CFITS_DOUBLE, number, column.shape)
        case .string(let values):
            try withCStrings(values) { pointers in
                try call("write a column of") {
                    cfits_write_column($0, Int32(CFITS_STRING.rawValue), number, 1, Int64(values.count), pointers)
                }
            }
        }
    }

    private func write<Value>(
        _ values: [Value],
        _ type: cfits_type,
        _ number: Int32,
        _ shape: FITSColumnContent.Shape
    ) throws {
        guard case .variable(let offsets) = shape else { return try write(values, type, number, row: 1) }
        for row in 0..<(offsets.count - 1) where offsets[row] < offsets[row + 1] {
            try write(Array(values[offsets[row]..<offsets[row + 1]]), type, number, row: Int64(row + 1))
        }
    }

    private func write<Value>(_ values: [Value], _ type: cfits_type, _ number: Int32, row: Int64) throws {
        try call("write a column of") { handle in
            values.withUnsafeBytes {
                cfits_write_column(handle, Int32(type.rawValue), number, row, Int64(values.count), $0.baseAddress)
            }
        }
    }

    /// Lends C strings.
    private func withCStrings<R>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> R
    ) rethrows -> R {
        var bytes: [CChar] = []
        var starts: [Int] = []
        for string in strings {
            starts.append(bytes.count)
            bytes += string.utf8CString
        }
        return try bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { buffer.baseAddress?.advanced(by: $0) }
            return try pointers.withUnsafeBufferPointer { try body($0.baseAddress) }
        }
    }
}

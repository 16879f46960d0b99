internal import CFITSIO
internal import StewardCore

/// A column to be written.
public struct FITSColumnContent: Sendable, Hashable {
    /// How the elements are laid out in the rows; strings count one element a row.
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
        case .variable(let offsets): "1Q\(letter)(\(longest(offsets)))"
        }
    }

    /// The greatest number of elements in a row; for strings, of characters.
    private func longest(_ offsets: [Int]) -> Int {
        if case .string(let values) = elements { return max(1, values.map(\.utf8.count).max() ?? 1) }
        return zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0
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
            if case .string = elements, case .fixed = shape { return count }
            if case .bits = shape {
                guard case .logical = elements else { return nil }
            }
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
        guard rows > 0 else { return }
        let bytes = RowPacker(columns, rowCount: rows).bytes
        try call("write rows to") { handle in
            bytes.withUnsafeBytes { cfits_write_bytes(handle, 0, Int64($0.count), $0.baseAddress) }
        }
        for (index, column) in columns.enumerated() {
            guard case .variable(let offsets) = column.shape else { continue }
            try write(column, offsets, number: Int32(index + 1))
        }
    }

    /// Writes the elements of a column into the heap, row by row.
    private func write(_ column: FITSColumnContent, _ offsets: [Int], number: Int32) throws {
        switch column.elements {
        case .logical(let values): try write(values.map { UInt8($0 ? 1 : 0) }, CFITS_LOGICAL, number, offsets)
        case .uint8(let values): try write(values, CFITS_UINT8, number, offsets)
        case .int16(let values): try write(values, CFITS_INT16, number, offsets)
        case .uint16(let values): try write(values, CFITS_UINT16, number, offsets)
        case .int32(let values): try write(values, CFITS_INT32, number, offsets)
        case .uint32(let values): try write(values, CFITS_UINT32, number, offsets)
        case .int64(let values): try write(values, CFITS_INT64, number, offsets)
        case .uint64(let values): try write(values, CFITS_UINT64, number, offsets)
        case .float(let values): try write(values, CFITS_FLOAT, number, offsets)
        case .double(let values): try write(values, CFITS_DOUBLE, number, offsets)
        case .string(let values):
            for (row, value) in values.enumerated() {
                try withCStrings([value]) { pointers in
                    try call("write a column of") {
                        cfits_write_column($0, Int32(CFITS_STRING.rawValue), number, Int64(row + 1), 1, pointers)
                    }
                }
            }
        }
    }

    private func write<Value>(_ values: [Value], _ type: cfits_type, _ number: Int32, _ offsets: [Int]) throws {
        for row in 0..<(offsets.count - 1) where offsets[row] < offsets[row + 1] {
            let (start, count) = (offsets[row], offsets[row + 1] - offsets[row])
            try call("write a column of") { handle in
                values.withUnsafeBufferPointer {
                    cfits_write_column(
                        handle,
                        Int32(type.rawValue),
                        number,
                        Int64(row + 1),
                        Int64(count),
                        $0.baseAddress.map { $0 + start }
                    )
                }
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

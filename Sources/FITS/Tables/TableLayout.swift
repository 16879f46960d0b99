internal import StewardCore

/// The type of a column's elements, by the letter of its `TFORM`.
public enum FITSColumnType: Character, Sendable, Hashable {
    /// Booleans, a byte each.
    case logical = "L"
    /// Bits, most significant first.
    case bit = "X"
    /// Unsigned bytes.
    case uint8 = "B"
    /// 16-bit integers.
    case int16 = "I"
    /// 32-bit integers.
    case int32 = "J"
    /// 64-bit integers.
    case int64 = "K"
    /// Characters.
    case character = "A"
    /// Single precision.
    case float32 = "E"
    /// Double precision.
    case float64 = "D"
    /// Pairs of single-precision numbers.
    case complex64 = "C"
    /// Pairs of double-precision numbers.
    case complex128 = "M"

    /// Bytes of some elements.
    func bytes(_ count: Int) -> Int {
        switch self {
        case .logical, .uint8, .character: count
        case .bit: (count + 7) / 8
        case .int16: 2 * count
        case .int32, .float32: 4 * count
        case .int64, .float64, .complex64: 8 * count
        case .complex128: 16 * count
        }
    }
}

/// One column of a binary table.
public struct FITSColumn: Sendable, Hashable {
    /// How many elements a row has.
    public enum Length: Sendable, Hashable {
        /// The same number in every row.
        case fixed(Int)
        /// A number of its own in each row; the elements lie in the heap.
        case variable
    }

    /// The `TTYPE`, or empty.
    public let name: String
    /// Type of the elements.
    public let type: FITSColumnType
    /// Elements of a row.
    public let length: Length
    /// The `TUNIT`, or nil.
    public let unit: String?
    /// The `TZERO`, added to stored numbers; 0 when absent.
    public let zero: Double
    /// The `TSCAL`, by which stored numbers are multiplied; 1 when absent.
    public let scale: Double
    /// Position among the columns, from 1 as in FITS keywords.
    public let number: Int
    /// Offset in the row in bytes.
    package let offset: Int
    /// Bytes of a descriptor's two numbers each, 4 or 8.
    let descriptorSize: Int

    /// Bytes in the row.
    package var size: Int {
        switch length {
        case .fixed(let count): type.bytes(count)
        case .variable: 2 * descriptorSize
        }
    }
}

/// Where the rows, columns and heap of a binary table are.
package struct TableLayout {
    /// The columns in order.
    package let columns: [FITSColumn]
    /// Bytes of a row.
    package let rowSize: Int
    /// Number of rows.
    package let rowCount: Int
    /// Offset of the heap from the first row.
    let heapOffset: Int
    /// Bytes of rows, gap and heap.
    let dataSize: Int
    fileprivate let header: FITSHeader

    /// Reads the layout from the header of a table; an error of code `header` if it is malformed.
    package init(_ header: FITSHeader) throws {
        self.header = header
        rowSize = try Self.size(header, "NAXIS1")
        rowCount = try Self.size(header, "NAXIS2")
        guard let size = Int(exactly: try FITSDataSize.bytes(header)), rowCount == 0 || rowSize <= size / rowCount
        else {
            throw header.error("NAXIS1", "makes the table too large")
        }
        dataSize = size
        heapOffset = try header.integerIfPresent("THEAP").flatMap { Int(exactly: $0) } ?? rowSize * rowCount
        guard heapOffset >= rowSize * rowCount, heapOffset <= dataSize || dataSize == rowSize * rowCount else {
            throw header.error("THEAP", "has the value \(heapOffset), which lies outside the data")
        }
        columns = try Self.columns(header)
        let used = columns.last.map { $0.offset + $0.size } ?? 0
        guard used <= rowSize || rowCount == 0 else {
            throw header.error("NAXIS1", "has the value \(rowSize), less than the columns' \(used) bytes")
        }
    }

    /// The first column with a name, in any case.
    func column(_ name: String) -> FITSColumn? {
        columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == name.lowercased() }
    }

    private static func size(_ header: FITSHeader, _ keyword: String) throws -> Int {
        let value = try header.integer(keyword)
        guard let size = Int(exactly: value), size >= 0 else {
            throw header.error(keyword, "has the value \(value), which is no size")
        }
        return size
    }

    private static func columns(_ header: FITSHeader) throws -> [FITSColumn] {
        let count = try size(header, "TFIELDS")
        guard count <= 999 else { throw header.error("TFIELDS", "has the value \(count), more than 999") }
        var columns: [FITSColumn] = []
        var offset = 0
        for number in 1..<(count + 1) {
            let column = try column(header, number, offset)
            let (next, overflow) = offset.addingReportingOverflow(column.size)
            guard !overflow else { throw header.error("TFORM\(number)", "makes the row too long") }
            offset = next
            columns.append(column)
        }
        return columns
    }

    private static func column(_ header: FITSHeader, _ number: Int, _ offset: Int) throws -> FITSColumn {
        let form = try header.string("TFORM\(number)")
        var rest = form.drop { $0 == " " }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        let count = digits.isEmpty ? 1 : Int(digits)
        guard let count, count <= Int32.max, var letter = rest.first else { throw Self.form(header, number, form) }
        let isVariable = letter == "P" || letter == "Q"
        let descriptorSize = letter == "Q" ? 8 : 4
        if isVariable {
            guard count <= 1, let inner = rest.dropFirst().first else { throw Self.form(header, number, form) }
            letter = inner
        }
        guard let type = FITSColumnType(rawValue: letter) else { throw Self.form(header, number, form) }
        return FITSColumn(
            name: header["TTYPE\(number)"]?.stringValue ?? "",
            type: type,
            length: isVariable && count == 1 ? .variable : .fixed(isVariable ? 0 : count),
            unit: header["TUNIT\(number)"]?.stringValue,
            zero: header["TZERO\(number)"]?.realValue ?? 0,
            scale: header["TSCAL\(number)"]?.realValue ?? 1,
            number: number,
            offset: offset,
            descriptorSize: descriptorSize
        )
    }

    private static func form(_ header: FITSHeader, _ number: Int, _ form: String) -> ButlerError {
        header.error("TFORM\(number)", "has the value \"\(form)\", which is no column format")
    }
}

extension TableLayout {
    /// The error for a row whose elements are not in the heap.
    func outside(_ column: FITSColumn, _ row: Int) -> ButlerError {
        let error = ButlerError(.corruptFile, "Row \(row) of column \"\(column.name)\" points outside the table.")
        return header.source.map { error.adding("file", $0) } ?? error
    }
}

/// One column of a table.
///
/// A cell is a single value, an array of a fixed shape, or an array of its own length. All values stand one after the
/// other in one array: row by row, and within a cell the last axis fastest.
public struct TableColumn: Sendable, Hashable {
    /// Name, unique in the table.
    public var name: String
    /// The values of all cells.
    public let values: TableValues
    /// Type of the values as files name it.
    public let type: TableElementType
    /// Lengths of the axes of every cell, the slowest first; empty for single values.
    public let shape: [Int]
    /// Where the cells begin in ``values``, and the end of the last, if each has a length of its own.
    public let offsets: [Int]?
    /// Which values are missing; nil if none is.
    public let mask: [Bool]?
    /// The number of rows.
    public let rowCount: Int
    /// Unit of the values.
    public var unit: String?
    /// How values are shown, in Python's notation.
    public var format: String?
    /// What the column is.
    public var description: String?
    /// Further facts, as an object; empty if there are none.
    public var metadata: JSONValue = .object([])

    /// Creates a column.
    ///
    /// - Parameters:
    ///   - name: Name of the column.
    ///   - values: The values of all cells.
    ///   - type: Type of the values in files, if not the one of the array.
    ///   - shape: Lengths of the axes of a cell; empty for single values.
    ///   - mask: Which values are missing: as many as there are values, or nil.
    ///   - unit: Unit of the values.
    ///   - format: How values are shown.
    ///   - description: What the column is.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if the number of values does not fit shape or mask, or the type
    ///   not the array.
    public init(
        _ name: String,
        _ values: TableValues,
        type: TableElementType? = nil,
        shape: [Int] = [],
        mask: [Bool]? = nil,
        unit: String? = nil,
        format: String? = nil,
        description: String? = nil
    ) throws {
        var size = 1
        for length in shape {
            let (product, overflows) = size.multipliedReportingOverflow(by: length)
            guard length > 0, !overflows else {
                throw ButlerError(
                    .invalidArgument,
                    "The column \"\(name)\" has cells of the impossible shape \(shape)."
                )
            }
            size = product
        }
        guard values.count % size == 0 else {
            throw ButlerError(
                .invalidArgument,
                "The column \"\(name)\" has \(values.count) values, which are not full cells of the shape \(shape)."
            )
        }
        try self.init(name, values, type, shape: shape, offsets: nil, mask: mask, rowCount: values.count / size)
        self.unit = unit
        self.format = format
        self.description = description
    }

    /// Creates a column whose cells have lengths of their own.
    ///
    /// - Parameters:
    ///   - name: Name of the column.
    ///   - values: The values of all cells.
    ///   - offsets: Where each cell begins, and the end of the last: ascending from 0 to the number of values.
    ///   - type: Type of the values in files, if not the one of the array.
    ///   - mask: Which values are missing: as many as there are values, or nil.
    /// - Throws: ``ButlerError`` with `.invalidArgument` if the offsets do not fit the values, or the type not the array.
    public init(
        _ name: String,
        _ values: TableValues,
        offsets: [Int],
        type: TableElementType? = nil,
        mask: [Bool]? = nil
    ) throws {
        let isAscending = zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
        guard offsets.first == 0, offsets.last == values.count, isAscending else {
            throw ButlerError(.invalidArgument, "The column \"\(name)\" has cells that do not fit its values.")
        }
        try self.init(name, values, type, shape: [], offsets: offsets, mask: mask, rowCount: offsets.count - 1)
    }

    private init(
        _ name: String,
        _ values: TableValues,
        _ type: TableElementType?,
        shape: [Int],
        offsets: [Int]?,
        mask: [Bool]?,
        rowCount: Int
    ) throws {
        guard type.map({ $0.storage == values.type }) ?? true, mask.map({ $0.count == values.count }) ?? true else {
            throw ButlerError(
                .invalidArgument,
                "The column \"\(name)\" has a type or a mask that does not fit its values."
            )
        }
        self.name = name
        self.values = values
        self.type = type ?? values.type
        self.shape = shape
        self.offsets = offsets
        self.mask = mask.flatMap { $0.contains(true) ? $0 : nil }
        self.rowCount = rowCount
    }

    /// Where the values of a cell are in ``values``.
    public func range(_ row: Int) -> Range<Int> {
        if let offsets { return offsets[row]..<offsets[row + 1] }
        let size = shape.reduce(1, *)
        return row * size..<(row + 1) * size
    }

    /// One cell as JSON: null for a missing value, nested lists for arrays.
    public func json(_ row: Int) -> JSONValue {
        let range = range(row)
        guard !shape.isEmpty || offsets != nil else { return element(range.lowerBound) }
        var items = range.map(element)
        for length in shape.dropFirst().reversed() {
            items = stride(from: 0, to: items.count, by: length).map { .array(Array(items[$0..<($0 + length)])) }
        }
        return .array(items)
    }

    private func element(_ index: Int) -> JSONValue {
        mask?[index] == true ? .null : values.json(index)
    }
}

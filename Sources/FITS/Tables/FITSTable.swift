internal import StewardCore

/// Rows of a binary table, decoded column by column when asked for.
public struct FITSTable: Sendable {
    /// Header of the table's unit.
    public let header: FITSHeader
    /// The columns in order.
    public let columns: [FITSColumn]
    /// Number of rows read.
    public let rowCount: Int
    private let rowSize: Int
    private let rows: [UInt8]
    /// The part of the heap that the rows use, and where it begins in the heap.
    private let heap: [UInt8]
    private let heapStart: Int

    /// Reads rows.
    ///
    /// - Parameters:
    ///   - header: The table's header.
    ///   - range: The rows wanted, or nil for all.
    ///   - read: Reads bytes of the data unit: offset and count.
    /// - Throws: `ButlerError` of code `header` or `corruptFile`.
    init(_ header: FITSHeader, rows range: Range<Int>?, read: (Int, Int) throws -> [UInt8]) throws {
        let layout = try TableLayout(header)
        let range = range ?? 0..<layout.rowCount
        guard range.lowerBound >= 0, range.upperBound <= layout.rowCount else {
            throw header.error("NAXIS2", "has the value \(layout.rowCount): there are no rows \(range)")
        }
        self.header = header
        columns = layout.columns
        rowCount = range.count
        rowSize = layout.rowSize
        rows = try read(range.lowerBound * rowSize, range.count * rowSize)
        guard rows.count == rowCount * rowSize else {
            throw header.error("NAXIS2", "promises more rows than there are")
        }
        let used = try Self.heapRange(layout, rows)
        heapStart = used.lowerBound
        heap = used.isEmpty ? [] : try read(layout.heapOffset + used.lowerBound, used.count)
    }

    /// The column with a name, an error of code `corruptFile` with the nearest names if there is none.
    public func column(_ name: String) throws -> FITSColumn {
        if let column = columns.first(where: { $0.name == name }) { return column }
        if let column = columns.first(where: { $0.name.lowercased() == name.lowercased() }) { return column }
        throw failure(
            "The table has no column \"\(name)\".",
            candidates: Candidates.nearest(to: name, in: columns.map(\.name))
        )
    }

    /// Whether there is a column with this name.
    public func contains(_ name: String) -> Bool {
        columns.contains { $0.name.lowercased() == name.lowercased() }
    }

    /// The elements of a column in all rows, one after the other.
    ///
    /// Stored integers with the offset of an unsigned type become that type; other scaled numbers become doubles. Strings
    /// lose trailing blanks and end at the first NUL, a row has one. Complex numbers are pairs.
    ///
    /// - Parameter name: Name of the column, in any case.
    /// - Returns: The elements, and where each row's begin.
    /// - Throws: `ButlerError` of code `corruptFile` if there is no such column, or a row points outside the heap.
    public func values(_ name: String) throws -> FITSColumnValues {
        let column = try column(name)
        let cells = try (0..<rowCount).map { try cell(column, $0) }
        return try FITSColumnValues(column, cells: cells, rows: rows, heap: heap)
    }

    /// Where the elements of one row are: in the row, or in the heap.
    private func cell(_ column: FITSColumn, _ row: Int) throws -> FITSColumnValues.Cell {
        let offset = row * rowSize + column.offset
        switch column.length {
        case .fixed(let count):
            return .init(isInHeap: false, offset: offset, count: count)
        case .variable:
            guard let (count, start) = Self.descriptor(column, rows, offset), count > 0 else {
                return .init(isInHeap: true, offset: 0, count: 0)
            }
            let local = start - heapStart
            guard local >= 0, local + column.type.bytes(count) <= heap.count else {
                throw failure("Row \(row) of column \"\(column.name)\" points outside the table.")
            }
            return .init(isInHeap: true, offset: local, count: count)
        }
    }

    /// Count and heap offset of a row's elements, or nil if they are impossible.
    private static func descriptor(_ column: FITSColumn, _ rows: [UInt8], _ offset: Int) -> (Int, Int)? {
        rows.withUnsafeBytes { rows in
            let count: Int
            let start: Int
            if column.descriptorSize == 8 {
                count = Int(rows.bigEndian(at: offset, as: Int64.self))
                start = Int(rows.bigEndian(at: offset + 8, as: Int64.self))
            } else {
                count = Int(rows.bigEndian(at: offset, as: Int32.self))
                start = Int(rows.bigEndian(at: offset + 4, as: Int32.self))
            }
            // Small enough that sizes do not overflow.
            guard count >= 0, start >= 0, count <= Int(Int32.max), start <= Int.max / 4 else { return nil }
            return (count, start)
        }
    }

    /// The bytes of the heap that the rows point to.
    private static func heapRange(_ layout: TableLayout, _ rows: [UInt8]) throws -> Range<Int> {
        var used: Range<Int>?
        let room = layout.dataSize - layout.heapOffset
        let variable = layout.columns.filter { $0.length == .variable }
        for row in 0..<(variable.isEmpty ? 0 : rows.count / max(1, layout.rowSize)) {
            for column in variable {
                guard let (count, start) = descriptor(column, rows, row * layout.rowSize + column.offset) else {
                    throw layout.outside(column, row)
                }
                let size = column.type.bytes(count)
                guard size > 0 else { continue }
                guard start + size <= room else { throw layout.outside(column, row) }
                let range = start..<(start + size)
                used = used.map { min($0.lowerBound, start)..<max($0.upperBound, range.upperBound) } ?? range
            }
        }
        return used ?? 0..<0
    }

    /// The error for a table that cannot be used.
    func failure(_ message: String, candidates: [String] = []) -> ButlerError {
        let error = ButlerError(.corruptFile, message, candidates: candidates)
        return header.source.map { error.adding("file", $0) } ?? error
    }
}

extension FITSFile {
    /// Reads rows of a binary table.
    ///
    /// - Parameters:
    ///   - index: Position of the unit from 0.
    ///   - rows: The rows wanted, from 0; nil for all.
    /// - Returns: The rows.
    /// - Throws: `ButlerError` of code `corruptFile` or `header` if there is no such table or it is malformed.
    public func table(_ index: Int, rows: Range<Int>? = nil) throws -> FITSTable {
        let unit = try unit(index)
        guard unit.kind == .table else {
            throw ButlerError(.corruptFile, "HDU \(index) of \"\(name)\" is no binary table.").adding("file", name)
        }
        try move(to: index)
        return try FITSTable(unit.header, rows: rows) { try data(at: $0, count: $1, of: index) }
    }
}

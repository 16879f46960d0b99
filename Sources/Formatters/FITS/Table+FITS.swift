public import FITS
internal import StewardCore

extension Table {
    /// The table of a FITS file; columns with several elements a row become lists.
    ///
    /// - Parameter table: The table.
    /// - Throws: `ButlerError` with `.corruptFile` for rows that point outside the table.
    public init(_ table: FITSTable) throws {
        self.init(
            try table.columns.map { column in
                Column(column.name, Values(try table.values(column.name)), unit: column.unit)
            }
        )
    }

    /// The columns for a FITS file.
    ///
    /// - Returns: One column for each.
    /// - Throws: `ButlerError` with `.formatter` for masked values and for columns of lists.
    func fitsColumns() throws -> [FITSColumnContent] {
        try columns.map { column in
            guard column.mask?.contains(true) != true else {
                throw ButlerError(
                    .formatter,
                    "Column \"\(column.name)\" has masked values, which are not written to FITS.",
                    remedy: "Write the table as ECSV."
                )
            }
            switch column.values {
            case .bool(let values): return FITSColumnContent(column.name, .logical(values), unit: column.unit)
            case .int(let values): return FITSColumnContent(column.name, .int64(values), unit: column.unit)
            case .unsigned(let values): return FITSColumnContent(column.name, .uint64(values), unit: column.unit)
            case .double(let values): return FITSColumnContent(column.name, .double(values), unit: column.unit)
            case .string(let values):
                let width = max(1, values.map(\.utf8.count).max() ?? 1)
                return FITSColumnContent(column.name, .string(values), .fixed(width), unit: column.unit)
            case .json:
                throw ButlerError(
                    .formatter,
                    "Column \"\(column.name)\" holds lists or objects, which are not written to FITS.",
                    remedy: "Write the table as ECSV."
                )
            }
        }
    }
}

extension Table.Values {
    /// The values of a column: one a row, or lists.
    init(_ values: FITSColumnValues) {
        let isScalar = values.elements.count == values.rowCount && values.offsets == Array(0...values.rowCount)
        self =
            switch values.elements {
            case .logical(let items): isScalar ? .bool(items) : .lists(values, items) { .bool($0) }
            case .uint8(let items): .integers(values, items, isScalar)
            case .int16(let items): .integers(values, items, isScalar)
            case .uint16(let items): .integers(values, items, isScalar)
            case .int32(let items): .integers(values, items, isScalar)
            case .uint32(let items): .integers(values, items, isScalar)
            case .int64(let items): .integers(values, items, isScalar)
            case .uint64(let items): isScalar ? .unsigned(items) : .lists(values, items, JSONValue.init(unsigned:))
            case .float(let items): .reals(values, items.map(Double.init), isScalar)
            case .double(let items): .reals(values, items, isScalar)
            case .string(let items): .string(items)
            }
    }

    private static func integers(
        _ values: FITSColumnValues,
        _ items: [some FixedWidthInteger],
        _ isScalar: Bool
    ) -> Self {
        isScalar ? .int(items.map { Int64($0) }) : lists(values, items) { .int(Int64($0)) }
    }

    private static func reals(_ values: FITSColumnValues, _ items: [Double], _ isScalar: Bool) -> Self {
        isScalar ? .double(items) : lists(values, items) { .double($0) }
    }

    private static func lists<Item>(_ values: FITSColumnValues, _ items: [Item], _ value: (Item) -> JSONValue) -> Self {
        .json((0..<values.rowCount).map { .array(items[values.range($0)].map(value)) })
    }
}

extension JSONValue {
    /// A whole number; one beyond 63 bits as the nearest real.
    fileprivate init(unsigned value: UInt64) {
        self = Int64(exactly: value).map { .int($0) } ?? .double(Double(value))
    }
}

public import FITS
public import StewardCore

extension Table {
    /// The table of a FITS file; the types of its columns stay.
    ///
    /// - Parameter table: The table.
    /// - Throws: `ButlerError` with `.corruptFile` for rows that point outside the table, `.invalidArgument` for columns
    ///   of one name.
    public init(_ table: FITSTable) throws {
        try self.init(
            try table.columns.map { column in
                var values = try TableColumn(column.name, fits: try table.values(column.name))
                values.unit = column.unit
                return values
            }
        )
    }

    /// The columns for a FITS file.
    ///
    /// - Returns: One column for each.
    /// - Throws: `ButlerError` with `.formatter` for masked values and for types that FITS tables do not have.
    func fitsColumns() throws -> [FITSColumnContent] {
        try columns.map { column in
            guard column.mask == nil else {
                throw Self.notWritten(column, "has masked values")
            }
            guard let elements = column.values.fitsElements else {
                throw Self.notWritten(column, "holds values of type \(column.type.rawValue)")
            }
            return FITSColumnContent(column.name, elements, try column.fitsShape(), unit: column.unit)
        }
    }

    static func notWritten(_ column: TableColumn, _ reason: String) -> ButlerError {
        ButlerError(
            .formatter,
            "Column \"\(column.name)\" \(reason), which are not written to FITS.",
            remedy: "Write the table as ECSV."
        )
    }
}

extension TableColumn {
    /// A column of a FITS table: single values, arrays of one length, or arrays of their own lengths.
    fileprivate init(_ name: String, fits values: FITSColumnValues) throws {
        let elements = TableValues(values.elements)
        let lengths = Set(zip(values.offsets, values.offsets.dropFirst()).map { $1 - $0 })
        switch lengths.count {
        case 0: try self.init(name, elements)
        case 1 where lengths.contains(1): try self.init(name, elements)
        case 1 where !lengths.contains(0): try self.init(name, elements, shape: Array(lengths))
        default: try self.init(name, elements, offsets: values.offsets)
        }
    }

    /// How the elements are laid out in a FITS table.
    fileprivate func fitsShape() throws -> FITSColumnContent.Shape {
        if case .string(let texts) = values {
            guard offsets == nil, shape.isEmpty else { throw Table.notWritten(self, "holds arrays of texts") }
            return .fixed(max(1, texts.map(\.utf8.count).max() ?? 1))
        }
        return offsets.map { .variable(offsets: $0) } ?? .fixed(shape.reduce(1, *))
    }
}

extension TableValues {
    fileprivate init(_ elements: FITSColumnValues.Elements) {
        self =
            switch elements {
            case .logical(let items): .bool(items)
            case .uint8(let items): .uint8(items)
            case .int16(let items): .int16(items)
            case .uint16(let items): .uint16(items)
            case .int32(let items): .int32(items)
            case .uint32(let items): .uint32(items)
            case .int64(let items): .int64(items)
            case .uint64(let items): .uint64(items)
            case .float(let items): .float(items)
            case .double(let items): .double(items)
            case .string(let items): .string(items)
            }
    }

    /// The values as a FITS table holds them; nil for complex numbers and structured values.
    fileprivate var fitsElements: FITSColumnValues.Elements? {
        switch self {
        case .bool(let items): .logical(items)
        case .int8(let items): .int16(items.map { Int16($0) })
        case .int16(let items): .int16(items)
        case .int32(let items): .int32(items)
        case .int64(let items): .int64(items)
        case .uint8(let items): .uint8(items)
        case .uint16(let items): .uint16(items)
        case .uint32(let items): .uint32(items)
        case .uint64(let items): .uint64(items)
        case .float(let items): .float(items)
        case .double(let items): .double(items)
        case .string(let items): .string(items)
        case .complex, .json: nil
        }
    }
}

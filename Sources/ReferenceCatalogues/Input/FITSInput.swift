internal import FITS
internal import StewardCore

/// Rows of a FITS binary table.
final class FITSInput: CatalogueInput {
    let columns: [InputColumnInfo]
    private let file: FITSFile
    private let hdu: Int
    private let label: String
    private let rowCount: Int
    private let rowsAtOnce: Int
    private var position = 0

    init(_ path: String, hdu: Int, label: String) throws {
        file = try FITSFile(reading: path)
        self.hdu = hdu
        self.label = label
        let unit = try file.unit(hdu)
        guard unit.kind == .table else {
            throw ButlerError(
                .corruptFile,
                "HDU \(hdu) of \"\(label)\" is no binary table.",
                remedy: "Name the unit with hdu: in the configuration."
            ).adding("file", label)
        }
        let layout = try TableLayout(unit.header)
        rowCount = layout.rowCount
        rowsAtOnce = max(1, InputFile.chunkSize / max(1, layout.rowSize))
        columns = layout.columns.map { column in
            InputColumnInfo(name: column.name, type: column.inputType, width: column.textWidth, unit: column.unit)
        }
    }

    func next() throws -> (any InputChunk)? {
        guard position < rowCount else { return nil }
        let range = position..<min(position + rowsAtOnce, rowCount)
        let table = try file.table(hdu, rows: range)
        position = range.upperBound
        return FITSChunk(table: table, first: range.lowerBound, label: label)
    }
}

extension FITSColumn {
    fileprivate var inputType: CatalogueConfiguration.ExtraType? {
        switch (type, length) {
        case (.character, .fixed): .string
        case (.logical, .fixed(1)), (.bit, .fixed(1)): .bool
        case (.uint8, .fixed(1)), (.int16, .fixed(1)), (.int32, .fixed(1)), (.int64, .fixed(1)):
            scale == 1 ? .int64 : .float64
        case (.float32, .fixed(1)), (.float64, .fixed(1)): .float64
        default: nil
        }
    }

    fileprivate var textWidth: Int? {
        guard type == .character, case .fixed(let count) = length else { return nil }
        return count
    }
}

/// Rows of a table as they were read.
private struct FITSChunk: InputChunk {
    let table: FITSTable
    let first: Int
    let label: String

    var rowCount: Int { table.rowCount }

    func place(_ row: Int) -> String { "row \(first + row)" }

    func columns(_ requests: [ColumnRequest], missing: CatalogueConfiguration.MissingRule) throws -> [InputColumn] {
        try requests.map { request in
            let elements = try table.values(request.name).elements
            guard elements.count == table.rowCount, let column = InputColumn(elements, request.kind) else {
                throw ButlerError(
                    .corruptFile,
                    "The column \"\(request.name)\" of \"\(label)\" does not hold one \(request.kind) in a row.",
                    remedy: "Check the configuration."
                ).adding("file", label)
            }
            if missing == .error, case .reals(let values) = column, let row = values.firstIndex(where: \.isNaN) {
                throw ButlerError(
                    .corruptFile,
                    "\"\(label)\", \(place(row)): the column \"\(request.name)\" has no value, which the configuration "
                        + "forbids."
                ).adding("file", label)
            }
            return column
        }
    }
}

extension InputColumn {
    /// The values in the form asked for; nil if they have no such form.
    fileprivate init?(_ elements: FITSColumnValues.Elements, _ kind: ColumnRequest.Kind) {
        switch kind {
        case .real:
            guard let values = elements.reals else { return nil }
            self = .reals(values)
        case .integer:
            guard let values = elements.wholes else { return nil }
            self = .integers(values, missing: nil)
        case .flag:
            if case .logical(let values) = elements {
                self = .flags(values)
            } else if let values = elements.reals {
                self = .flags(values.map { $0 != 0 && !$0.isNaN })
            } else {
                return nil
            }
        case .text:
            guard case .string(let values) = elements else { return nil }
            var texts = InputTexts()
            for value in values { texts.append(value.utf8) }
            self = .texts(texts)
        }
    }
}

extension FITSColumnValues.Elements {
    fileprivate var reals: [Double]? {
        switch self {
        case .double(let values): values
        case .float(let values): values.map { Double($0) }
        default: wholes?.map { Double($0) }
        }
    }

    fileprivate var wholes: [Int64]? {
        switch self {
        case .uint8(let values): values.map { Int64($0) }
        case .int16(let values): values.map { Int64($0) }
        case .uint16(let values): values.map { Int64($0) }
        case .int32(let values): values.map { Int64($0) }
        case .uint32(let values): values.map { Int64($0) }
        case .int64(let values): values
        case .uint64, .logical, .float, .double, .string: nil
        }
    }
}

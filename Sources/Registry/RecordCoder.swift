internal import AstroTime
internal import Databases
internal import Dimensions
internal import Foundation
internal import SphericalGeometry
internal import StewardCore

/// Turns the records of one element into rows of its table and back.
struct RecordCoder: Sendable {
    let element: DimensionElement
    let table: TableSpec
    /// Names of the table's columns, one for each field, in order.
    let columns: [String]
    /// How the columns of a selection are fetched: one for each field, two for a time span.
    let kinds: [ColumnKind]

    init(_ element: DimensionElement, _ table: TableSpec) {
        self.element = element
        self.table = table
        columns = element.fields.map(\.name)
        kinds = table.kinds(of: columns)
    }

    /// Names of the primary key's columns.
    var keyColumns: [String] { Array(columns.prefix(element.required.count)) }

    /// Names of the other columns.
    var otherColumns: [String] { Array(columns.dropFirst(element.required.count)) }

    /// All columns as a list to select.
    func selection(qualifier: String? = nil, _ dialect: SQLDialect) -> SQL {
        table.selection(of: columns, qualifier: qualifier, dialect)
    }

    /// The rows of some records.
    func rows(_ records: some Sequence<DimensionRecord>) -> RowBatch {
        var rows = RowBatch(table, columns: columns)
        for record in records {
            for (value, field) in zip(record.values, element.fields) { Self.append(value, field, to: &rows) }
        }
        return rows
    }

    private static func append(
        _ value: DimensionRecord.FieldValue,
        _ field: DimensionElement.Field,
        to rows: inout RowBatch
    ) {
        switch value {
        case .null:
            rows.append(SQLValue.null)
            if field.type == .timespan { rows.append(SQLValue.null) }
        case .int(let value): rows.append(value)
        case .real(let value): rows.append(value)
        case .string(let value): rows.append(value)
        case .bool(let value): rows.append(value)
        case .bytes(let value): rows.append(Data(value).base64EncodedString())
        case .region(let value): rows.append(value.base64)
        case .timespan(let value):
            rows.append(value.beginNanoseconds)
            rows.append(value.endNanoseconds)
        }
    }

    /// The record in a row of a page whose columns from `start` on are those of ``selection(qualifier:_:)``.
    func record(_ page: ColumnPage, _ row: Int, from start: Int = 0) throws -> DimensionRecord {
        var values: [DimensionRecord.FieldValue] = []
        values.reserveCapacity(element.fields.count)
        var column = start
        for field in element.fields {
            values.append(try value(page, row, column, field))
            column += field.type == .timespan ? 2 : 1
        }
        return DimensionRecord(element, values: values)
    }

    private func value(
        _ page: ColumnPage,
        _ row: Int,
        _ column: Int,
        _ field: DimensionElement.Field
    ) throws -> DimensionRecord.FieldValue {
        guard !page.isNull(row, column) else { return .null }
        switch field.type {
        case .int: return page.integer(row, column).map { .int($0) } ?? .null
        case .real: return page.real(row, column).map { .real($0) } ?? .null
        case .string: return page.text(row, column).map { .string($0) } ?? .null
        case .bool: return page.bool(row, column).map { .bool($0) } ?? .null
        case .hash:
            guard let bytes = page.text(row, column).flatMap({ Data(base64Encoded: $0) }) else {
                throw corrupt(field, "is not base64")
            }
            return .bytes(Array(bytes))
        case .region:
            let region: Region
            do {
                region = try page.columns[column].withBytes(row) { try Region(base64UTF8: $0) }
            } catch {
                throw corrupt(field, "is no region", error)
            }
            return .region(region)
        case .timespan:
            guard let begin = page.integer(row, column), let end = page.integer(row, column + 1) else {
                throw corrupt(field, "has a begin but no end")
            }
            return .timespan(Timespan(beginNanoseconds: begin, endNanoseconds: end))
        }
    }

    private func corrupt(
        _ field: DimensionElement.Field,
        _ what: String,
        _ cause: (any Error)? = nil
    ) -> ButlerError {
        ButlerError(
            .corruptFile,
            "A value of column \"\(field.name)\" in table \"\(element.name)\" \(what).",
            remedy: "Correct the row, or restore it from a copy of the database.",
            cause: cause
        )
    }

    /// One field's value from what a synchronization reports: two values for a time span.
    func value(_ stored: [SQLValue], of column: String) throws -> DimensionRecord.FieldValue {
        guard let index = element.fieldIndex(column), let first = stored.first else { return .null }
        let field = element.fields[index]
        switch (first, field.type) {
        case (.null, _): return .null
        case (.text(let text), .hash): return .bytes(Data(base64Encoded: text).map(Array.init) ?? [])
        case (.text(let text), .region): return .region(try Region(base64: text))
        case (.int(let begin), .timespan):
            guard case .int(let end)? = stored.last else { throw corrupt(field, "has a begin but no end") }
            return .timespan(Timespan(beginNanoseconds: begin, endNanoseconds: end))
        case (.int(let number), .bool): return .bool(number != 0)
        case (.int(let number), .real): return .real(Double(number))
        case (.int(let number), _): return .int(number)
        case (.real(let number), _): return .real(number)
        case (.text(let text), _): return .string(text)
        case (.bool(let flag), _): return .bool(flag)
        case (.blob(let bytes), _): return .bytes(bytes)
        case (.uuid, _): return .null
        }
    }
}

extension DimensionValue {
    /// The value to bind.
    var sqlValue: SQLValue {
        switch self {
        case .int(let value): .int(value)
        case .string(let value): .text(value)
        }
    }

    /// The value in a cell of a dimension's column, or nil where it is null.
    init?(_ page: ColumnPage, _ row: Int, _ column: Int) {
        switch page.columns[column].kind {
        case .integer:
            guard let value = page.integer(row, column) else { return nil }
            self = .int(value)
        case .label, .text:
            guard let value = page.text(row, column) else { return nil }
            self = .string(value)
        case .real, .uuid, .bool, .blob: return nil
        }
    }
}

internal import AstroTime
internal import Databases
internal import Datasets
internal import Dimensions
internal import Foundation
internal import Queries
internal import Registry
internal import SphericalGeometry
internal import StewardCore

/// Makes the rows of a result from the columns of a page.
struct RowDecoder {
    let layout: ResultLayout
    let format: RegistryFormat
    /// Finds a record that is not in memory.
    let missing: (DimensionElement, [DimensionValue]) throws -> DimensionRecord?

    /// Some rows of a page.
    func decode(_ page: ColumnPage, rows: some Sequence<Int>) throws -> ResultPage {
        switch layout.rows {
        case .dataIDs:
            var reader = try DataIDReader(page, layout, Array(rows), missing)
            return .dataIDs(try reader.rows.indices.map { try reader.dataID($0) })
        case .datasets(let type, let id, let run):
            var reader = try DataIDReader(page, layout, Array(rows), missing)
            let runs = NameReader(run, page, format).names(count: page.rowCount)
            let ids = page.columns[id].uuids
            return .datasets(
                try reader.rows.enumerated().map { place, row in
                    DatasetRef(type, try reader.dataID(place), run: runs.name(row), id: ids[row])
                }
            )
        case .records(let record):
            let reader = RecordReader(record, page, missing)
            return .records(try rows.map { try reader.record($0) })
        case .general(let names, let sources):
            let readers = sources.map { ValueReader($0, page, format) }
            let values = try rows.map { row in try readers.map { try $0.value(row) } }
            return .general(GeneralRows(columns: names, rows: values))
        }
    }
}

/// Reads data IDs of some rows in turn, with their records if wanted.
private struct DataIDReader {
    let rows: [Int]
    private let group: DimensionGroup
    private let values: KeyBlock
    private let records: [RecordReader]
    private var known: [[DimensionValue]: DataCoordinate.RecordSet] = [:]
    private let withRecords: Bool

    init(
        _ page: ColumnPage,
        _ layout: ResultLayout,
        _ rows: [Int],
        _ missing: @escaping (DimensionElement, [DimensionValue]) throws -> DimensionRecord?
    ) throws {
        self.rows = rows
        group = layout.group
        values = try KeyBlock(try layout.keys.map { try KeyReader($0, page, missing: missing) }, rows)
        records = layout.records.map { RecordReader($0, page, missing) }
        withRecords = !layout.records.isEmpty
    }

    /// The data ID of the row at a place in the rows; each only once.
    mutating func dataID(_ place: Int) throws -> DataCoordinate {
        let values = values.take(place)
        guard withRecords else { return DataCoordinate(group, values: values) }
        if let set = known[values] { return DataCoordinate(group, values: values, records: set) }
        let set = DataCoordinate.RecordSet(try records.map { try $0.record(rows[place]) })
        known[values] = set
        return DataCoordinate(group, values: values, records: set)
    }
}

/// Reads records of one element; equal keys of a page share a record.
private struct RecordReader {
    private let layout: RecordLayout
    private let keys: [KeyReader]
    private let fields: [ValueReader]
    /// Finds a record that others have added since memory was filled.
    private let missing: (DimensionElement, [DimensionValue]) throws -> DimensionRecord?

    init(
        _ layout: RecordLayout,
        _ page: ColumnPage,
        _ missing: @escaping (DimensionElement, [DimensionValue]) throws -> DimensionRecord?
    ) {
        self.layout = layout
        self.missing = missing
        keys = layout.keys.map { KeyReader(page.columns[$0]) }
        fields = layout.fields.map { ValueReader($0, page, .current) }
    }

    func record(_ row: Int) throws -> DimensionRecord {
        let element = layout.element
        if let memory = layout.memory {
            let key = try keys.map { try $0.value(row) }
            guard let record = try memory[key] ?? missing(element, key) else {
                throw ButlerError(
                    .dataIDValue,
                    "There is no \(element.name) record with key \(key.map(\.description).joined(separator: ", "))."
                )
            }
            return record
        }
        var values = try fields.map { try $0.fieldValue(row) }
        if element.isSkyPixel, case .int(let pixel)? = values.first {
            values.append(.region(try SkyPixels.outline(of: pixel, in: element, layout.universe)))
        }
        return DimensionRecord(element, values: values)
    }
}

/// Names of collections, a row each.
enum RowNames {
    case same(String)
    case coded([Int32], [String])

    func name(_ row: Int) -> String {
        switch self {
        case .same(let name): name
        case .coded(let codes, let labels): codes[row] < 0 ? "" : labels[Int(codes[row])]
        }
    }
}

/// Reads names of collections.
struct NameReader {
    private let source: NameSource
    private let page: ColumnPage
    private let format: RegistryFormat
    private let numbers: [Int64: String]

    init(_ source: NameSource, _ page: ColumnPage, _ format: RegistryFormat) {
        self.source = source
        self.page = page
        self.format = format
        guard case .keyed(_, let names) = source else {
            numbers = [:]
            return
        }
        let pairs = names.compactMap { key, name -> (Int64, String)? in
            guard case .number(let number) = key else { return nil }
            return (number, name)
        }
        numbers = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// The names of all rows, each distinct one once.
    func names(count: Int) -> RowNames {
        switch source {
        case .constant(let name): return .same(name)
        case .text(let index) where page.columns[index].kind == .label:
            return .coded(page.columns[index].codes, page.columns[index].labels)
        case .text, .keyed: break
        }
        if case .keyed(let index, _) = source, format.collectionKeys == .numbers {
            let known = Array(numbers)
            let codes = Dictionary(
                known.enumerated().map { ($1.key, Int32($0)) },
                uniquingKeysWith: { first, _ in first }
            )
            var last: (number: Int64, code: Int32)?
            let coded = page.columns[index].integers.map { number -> Int32 in
                if let last, last.number == number { return last.code }
                let code = codes[number] ?? -1
                last = (number, code)
                return code
            }
            return .coded(coded, known.map(\.value))
        }
        var codes: [String: Int32] = [:]
        var labels: [String] = []
        let coded = (0..<count).map { row -> Int32 in
            guard let name = name(row) else { return -1 }
            if let known = codes[name] { return known }
            let code = Int32(labels.count)
            codes[name] = code
            labels.append(name)
            return code
        }
        return .coded(coded, labels)
    }

    func name(_ row: Int) -> String? {
        switch source {
        case .constant(let name): name
        case .text(let index): page.text(row, index)
        case .keyed(let index, let names):
            format.collectionKeys == .numbers
                ? numbers[page.columns[index].integers[row]]
                : format.collectionKey(page, row, index).flatMap { names[$0] }
        }
    }
}

/// Reads values of any column.
struct ValueReader {
    private let source: ValueSource
    private let page: ColumnPage
    private let names: NameReader?

    init(_ source: ValueSource, _ page: ColumnPage, _ format: RegistryFormat) {
        self.source = source
        self.page = page
        if case .name(let name) = source {
            names = NameReader(name, page, format)
        } else {
            names = nil
        }
    }

    func value(_ row: Int) throws -> ResultValue {
        switch source {
        case .name: return names?.name(row).map { .value(.string($0)) } ?? .null
        case .timespan(let begin, let end):
            guard let first = page.integer(row, begin), let last = page.integer(row, end) else { return .null }
            return .value(.timespan(Timespan(beginNanoseconds: first, endNanoseconds: last)))
        case .column(let index, let type):
            guard !page.isNull(row, index) else { return .null }
            if type == .bool { return page.bool(row, index).map { .bool($0) } ?? .null }
            return try literal(row, index, type).map { .value($0) } ?? .null
        }
    }

    private func literal(_ row: Int, _ index: Int, _ type: ExpressionType) throws -> LiteralValue? {
        switch type {
        case .int: return page.integer(row, index).map { .int($0) }
        case .real: return page.real(row, index).map { .real($0) }
        case .string: return page.text(row, index).map { .string($0) }
        case .uuid: return page.uuid(row, index).map { .uuid($0) }
        case .datetime: return page.integer(row, index).map { .time(TAI(nanoseconds: $0)) }
        case .ingestDate:
            if page.columns[index].kind == .integer {
                return page.integer(row, index).map { .time(TAI(nanoseconds: $0)) }
            }
            return try page.text(row, index).map { .time(try TAI($0, format: .iso, scale: .utc)) }
        case .hash: return page.text(row, index).flatMap { Data(base64Encoded: $0) }.map { .hash(Array($0)) }
        case .region: return try page.text(row, index).map { .region(try Region(base64: $0)) }
        case .bool, .timespan: return nil
        }
    }

    /// The value as that of a record's field.
    func fieldValue(_ row: Int) throws -> DimensionRecord.FieldValue {
        switch try value(row) {
        case .null: .null
        case .bool(let value): .bool(value)
        case .value(.int(let value)): .int(value)
        case .value(.real(let value)): .real(value)
        case .value(.string(let value)): .string(value)
        case .value(.hash(let value)): .bytes(value)
        case .value(.region(let value)): .region(value)
        case .value(.timespan(let value)): .timespan(value)
        case .value(.time(let value)): .int(value.nanoseconds)
        case .value(.uuid): .null
        }
    }
}

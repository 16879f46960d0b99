internal import Datastores
internal import StewardCore

/// Reads tables from ECSV.
struct ECSVReader {
    private let source: FileSource
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ source: FileSource) throws {
        self.source = source
        // Invalid text is found here, before bytes are taken apart.
        bytes = Array(try source.text().utf8)
    }

    /// The table of the file.
    mutating func table() throws -> Table {
        let header = try header()
        guard let definitions = header["datatype"]?.array else { throw corrupt("the header has no \"datatype\"") }
        let columns = try definitions.map { try Definition($0, self) }
        let separator = UInt8(header["delimiter"]?.string?.utf8.first ?? UInt8(ascii: " "))
        guard separator == UInt8(ascii: " ") || separator == UInt8(ascii: ",") else {
            throw corrupt("the delimiter is neither a blank nor a comma")
        }
        let names = try record(separator) ?? []
        guard names == columns.map(\.name) else {
            throw corrupt("the column names \(names) are not those of the header")
        }
        var builders = columns.map(ColumnBuilder.init)
        while let fields = try record(separator) {
            guard fields.count == columns.count else {
                throw corrupt("there are \(fields.count) fields for \(columns.count) columns", line - 1)
            }
            for index in builders.indices {
                guard builders[index].append(fields[index]) else {
                    let kind = columns[index].type
                    throw corrupt("\"\(fields[index])\" is not of type \(kind) (column \(names[index]))", line - 1)
                }
            }
        }
        return Table(builders.map(\.column), metadata: ECSVReader.metadata(header["meta"]))
    }

    /// Facts about the table: a mapping, or a list of mappings.
    private static func metadata(_ value: JSONValue?) -> JSONValue {
        if let list = value?.array { return .object(list.flatMap { $0.members ?? [] }) }
        return .object(value?.members ?? [])
    }

    // MARK: Header

    private mutating func header() throws -> JSONValue {
        var text = ""
        var isFirst = true
        while position < bytes.count, bytes[position] == UInt8(ascii: "#") {
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            let body = String(decoding: bytes[position + 1..<end].drop { $0 == 0x20 }, as: UTF8.self)
            if isFirst {
                guard body.hasPrefix("%ECSV ") else { throw corrupt("it does not begin with \"# %ECSV\"") }
                isFirst = false
            }
            let indented = String(decoding: bytes[position + 1..<end], as: UTF8.self)
            text +=
                (body.hasPrefix("%ECSV ") ? "" : indented.hasPrefix(" ") ? String(indented.dropFirst()) : indented)
                + "\n"
            position = min(end + 1, bytes.count)
            line += 1
        }
        guard !isFirst else { throw corrupt("it does not begin with \"# %ECSV\"") }
        return try YAMLText.read(source, text) { $0.hasPrefix("!astropy.") }
    }

    // MARK: Records

    /// The fields of the next record, or nil at the end; empty lines are skipped.
    private mutating func record(_ separator: UInt8) throws -> [String]? {
        while position < bytes.count, bytes[position] == 0x0A || bytes[position] == 0x0D {
            if bytes[position] == 0x0A { line += 1 }
            position += 1
        }
        guard position < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(try field(separator))
            guard position < bytes.count else { return fields }
            let byte = bytes[position]
            position += 1
            if byte == separator { continue }
            if byte == 0x0D, position < bytes.count, bytes[position] == 0x0A { position += 1 }
            line += 1
            return fields
        }
    }

    private mutating func field(_ separator: UInt8) throws -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let end = bytes[position...].firstIndex { $0 == separator || $0 == 0x0A || $0 == 0x0D } ?? bytes.count
            defer { position = end }
            return String(decoding: bytes[position..<end], as: UTF8.self)
        }
        var text: [UInt8] = []
        let first = line
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else {
                    return String(decoding: text, as: UTF8.self)
                }
                position += 1
            }
            if byte == 0x0A { line += 1 }
            text.append(byte)
        }
        throw corrupt("a quote is not closed", first)
    }

    private func corrupt(_ problem: String, _ line: Int? = nil) -> ButlerError {
        source.corrupt("it is not valid ECSV: \(problem)", line: line ?? self.line)
    }
}

extension ECSVReader {
    /// What the header says of a column.
    struct Definition {
        let name: String
        let type: String
        let subtype: String?
        let properties: JSONValue

        init(_ json: JSONValue, _ reader: ECSVReader) throws {
            guard let name = json["name"]?.string, let type = json["datatype"]?.string else {
                throw reader.corrupt("a column has no \"name\" or no \"datatype\"", 1)
            }
            self.name = name
            self.type = type
            subtype = json["subtype"]?.string
            properties = json
        }
    }

    /// Collects the values of a column.
    struct ColumnBuilder {
        private let definition: Definition
        private var values: Table.Values
        private var mask: [Bool] = []
        private var hasMasked = false

        init(_ definition: Definition) {
            self.definition = definition
            values =
                switch (definition.type, definition.subtype) {
                case ("string", .some): .json([])
                case ("bool", _): .bool([])
                case ("int8", _), ("int16", _), ("int32", _), ("int64", _), ("uint8", _), ("uint16", _), ("uint32", _):
                    .int([])
                case ("uint64", _): .unsigned([])
                case ("float16", _), ("float32", _), ("float64", _), ("float128", _): .double([])
                default: .string([])
                }
        }

        /// Appends a field, masked if it is empty; gives false if it is not of the column's type.
        mutating func append(_ field: String) -> Bool {
            mask.append(field.isEmpty)
            if field.isEmpty { hasMasked = true }
            switch values {
            case .bool(var list): return store(&list, field, false, ECSVReader.truths[field]) { .bool($0) }
            case .int(var list): return store(&list, field, 0, Int64(field)) { .int($0) }
            case .unsigned(var list): return store(&list, field, 0, UInt64(field)) { .unsigned($0) }
            case .double(var list): return store(&list, field, .nan, Double(field)) { .double($0) }
            case .string(var list): return store(&list, field, "", field) { .string($0) }
            case .json(var list):
                return store(&list, field, .null, try? JSONValue(parsing: field)) { .json($0) }
            }
        }

        private mutating func store<Value>(
            _ list: inout [Value],
            _ field: String,
            _ masked: Value,
            _ value: Value?,
            _ wrap: ([Value]) -> Table.Values
        ) -> Bool {
            guard let value = field.isEmpty ? masked : value else { return false }
            values = .bool([])
            list.append(value)
            values = wrap(list)
            return true
        }

        /// The column.
        var column: Table.Column {
            let properties = definition.properties
            return Table.Column(
                definition.name,
                values,
                dataType: definition.subtype ?? definition.type,
                unit: properties["unit"]?.string,
                description: properties["description"]?.string,
                format: properties["format"]?.string,
                metadata: properties["meta"],
                mask: hasMasked ? mask : nil
            )
        }
    }

    fileprivate static let truths = ["True": true, "False": false, "1": true, "0": false]
}

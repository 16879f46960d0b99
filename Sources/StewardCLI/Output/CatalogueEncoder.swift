internal import Foundation
internal import ReferenceCatalogues
internal import StewardCore

/// Sources in the form that was asked for.
struct CatalogueEncoder {
    private let schema: CatalogueSchema
    private let format: CatalogueFormat
    private let factors: [Double]
    private var bytes: [UInt8] = []
    private var isFirst = true
    private var table: OutputTable
    private var fits: CatalogueRows?

    init(_ schema: CatalogueSchema, _ format: CatalogueFormat, inRadians: Bool) {
        self.schema = schema
        self.format = format
        factors = schema.fields.map { field in
            let isAngle = field.unit == "rad" || field.unit == "rad/year" || field.kind == .angle
            return isAngle && !inRadians ? 180 / Double.pi : 1
        }
        table = OutputTable(schema.fields.map(\.name))
        if format == .csv { bytes += (schema.fields.map(\.name).joined(separator: ",") + "\n").utf8 }
        if format == .json { bytes += "[".utf8 }
    }

    /// What was encoded since the last call.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    mutating func add(_ rows: CatalogueRows) {
        if format == .fits { return fits = rows }
        rows.forEachRow { values in
            switch format {
            case .csv: addCSV(values)
            case .json, .jsonl: addJSON(values)
            case .table: table.rows.append(values.enumerated().map { cell($1, $0) })
            case .fits: break
            }
        }
    }

    mutating func end() {
        switch format {
        case .json: bytes += (isFirst ? "]\n" : "\n]\n").utf8
        case .table: bytes += table.text(showsHeader: true).utf8
        case .fits: bytes += ShardFile.bytes(of: fits ?? CatalogueRows(empty: schema))
        case .csv, .jsonl: break
        }
    }

    private func cell(_ value: CatalogueRows.Value, _ column: Int) -> OutputTable.Cell {
        switch value {
        case .integer(let number): .int(number)
        case .flag(let flag): .bool(flag)
        case .double(let number): .real(number * factors[column])
        case .float(let number):
            factors[column] == 1
                ? .real(Double("\(number)") ?? Double(number)) : .real(Double(number) * factors[column])
        case .text(let text): .text(text)
        case .array(let numbers): .text(numbers.map { "\($0)" }.joined(separator: " "))
        }
    }

    private func number(_ value: CatalogueRows.Value, _ column: Int) -> String? {
        switch value {
        case .double(let number): return number.isNaN ? nil : "\(number * factors[column])"
        case .float(let number):
            guard !number.isNaN else { return nil }
            return factors[column] == 1 ? "\(number)" : "\(Double(number) * factors[column])"
        case .integer(let number): return "\(number)"
        case .flag, .text, .array: return nil
        }
    }

    private mutating func addCSV(_ values: [CatalogueRows.Value]) {
        for (column, value) in values.enumerated() {
            if column > 0 { bytes.append(UInt8(ascii: ",")) }
            switch value {
            case .text(let text): bytes += Self.quoted(text).utf8
            case .flag(let flag): bytes += (flag ? "true" : "false").utf8
            case .array(let numbers): bytes += numbers.map { "\($0)" }.joined(separator: " ").utf8
            default: bytes += (number(value, column) ?? "").utf8
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private mutating func addJSON(_ values: [CatalogueRows.Value]) {
        if format == .json { bytes += (isFirst ? "\n" : ",\n").utf8 }
        isFirst = false
        let members = zip(schema.fields, values.enumerated()).map { field, item in
            JSONValue.Member(field.name, json(item.element, item.offset))
        }
        bytes += JSONValue.object(members).text().utf8
        if format == .jsonl { bytes.append(UInt8(ascii: "\n")) }
    }

    private func json(_ value: CatalogueRows.Value, _ column: Int) -> JSONValue {
        switch value {
        case .integer(let number): .int(number)
        case .flag(let flag): .bool(flag)
        case .text(let text): .string(text)
        case .array(let numbers): .array(numbers.map { $0.isFinite ? .double($0) : .null })
        case .double, .float:
            number(value, column).flatMap { Double($0) }.map { $0.isFinite ? .double($0) : .null } ?? .null
        }
    }
}

/// Where output goes: a file that is complete or not there, or standard output.
final class OutputTarget {
    private let path: String?
    private var file: FileHandle?
    private var temporary: String { (path ?? "") + ".part" }

    /// Begins; nil stands for standard output.
    init(_ path: String?) throws {
        self.path = path
        guard path != nil else { return }
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let file = FileHandle(forWritingAtPath: temporary)
        else {
            throw ButlerError(.fileAccess, "The file \"\(path ?? "")\" cannot be written.", remedy: "Check the path.")
        }
        self.file = file
    }

    deinit {
        if file != nil { try? FileManager.default.removeItem(atPath: temporary) }
    }

    func write(_ bytes: [UInt8]) throws {
        guard let file else { return Console.write(bytes) }
        do {
            try file.write(contentsOf: Data(bytes))
        } catch {
            throw ButlerError(.diskFull, "The file \"\(path ?? "")\" cannot be written.", cause: error)
        }
    }

    /// Gives the file its name.
    func close() throws {
        guard let file, let path else { return }
        try? file.close()
        guard rename(temporary, path) == 0 else {
            throw ButlerError(.fileAccess, "The file \"\(path)\" cannot be written.", remedy: "Check the path.")
        }
        self.file = nil
    }
}

internal import StewardCore

/// Decodes one column of ECSV data.
struct ECSVColumnReader {
    private let cells: ECSVCells
    private let index: Int
    private let definition: ECSVHeader.Column
    private let source: String

    init(_ cells: ECSVCells, _ index: Int, _ definition: ECSVHeader.Column, source: String) {
        self.cells = cells
        self.index = index
        self.definition = definition
        self.source = source
    }

    func column() throws -> TableColumn {
        switch definition.form {
        case .single(let type): return try single(type)
        case .json: return try json()
        case .array(let type, let shape): return try array(type, shape)
        case .variable(let type): return try variable(type)
        }
    }

    // MARK: Single values

    private func single(_ type: TableElementType) throws -> TableColumn {
        switch type.storage {
        case .bool: return try decode(type, missing: false, TableValues.bool, Self.bool)
        case .int8: return try decode(type, missing: 0, TableValues.int8) { Int8($0) }
        case .int16: return try decode(type, missing: 0, TableValues.int16) { Int16($0) }
        case .int32: return try decode(type, missing: 0, TableValues.int32) { Int32($0) }
        case .int64: return try decode(type, missing: 0, TableValues.int64) { Int64($0) }
        case .uint8: return try decode(type, missing: 0, TableValues.uint8) { UInt8($0) }
        case .uint16: return try decode(type, missing: 0, TableValues.uint16) { UInt16($0) }
        case .uint32: return try decode(type, missing: 0, TableValues.uint32) { UInt32($0) }
        case .uint64: return try decode(type, missing: 0, TableValues.uint64) { UInt64($0) }
        case .float32: return try decode(type, missing: 0, TableValues.float) { Float($0) }
        case .float64: return try decode(type, missing: 0, TableValues.double) { Double($0) }
        case .complex128: return try decode(type, missing: .init(0), TableValues.complex, ComplexText.read)
        default: return try decode(type, missing: "", TableValues.string) { $0 }
        }
    }

    private func decode<Value>(
        _ type: TableElementType,
        missing: Value,
        _ wrap: ([Value]) -> TableValues,
        _ convert: (String) -> Value?
    ) throws -> TableColumn {
        var values: [Value] = []
        values.reserveCapacity(cells.rowCount)
        var mask = [Bool](repeating: false, count: cells.rowCount)
        for row in 0..<cells.rowCount {
            let cell = cells.cell(row, index)
            guard cell.start < cell.end else {
                values.append(missing)
                mask[row] = true
                continue
            }
            let text = cells.text(cell)
            guard let value = convert(text) else { throw mismatch(row, text, type.rawValue) }
            values.append(value)
        }
        return try TableColumn(definition.name, wrap(values), type: type, mask: mask)
    }

    private static func bool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    // MARK: Values as JSON

    private func json() throws -> TableColumn {
        let values = try (0..<cells.rowCount).map { try value($0) ?? .null }
        return try TableColumn(definition.name, .json(values))
    }

    private func array(_ type: TableElementType, _ shape: [Int]) throws -> TableColumn {
        let size = shape.reduce(1, *)
        var items: [JSONValue] = []
        for row in 0..<cells.rowCount {
            let before = items.count
            guard let value = try value(row) else {
                items += Array(repeating: .null, count: size)
                continue
            }
            guard Self.flatten(value, shape[...], into: &items), items.count - before == size else {
                throw mismatch(row, value.text(), "array of shape \(shape)")
            }
        }
        return try typed(items, type) { try TableColumn(definition.name, $0, type: type, shape: shape, mask: $1) }
    }

    private func variable(_ type: TableElementType) throws -> TableColumn {
        var items: [JSONValue] = []
        var offsets = [0]
        for row in 0..<cells.rowCount {
            if let value = try value(row) {
                guard let array = value.array, array.allSatisfy({ $0.array == nil }) else {
                    throw mismatch(row, value.text(), "list")
                }
                items += array
            }
            offsets.append(items.count)
        }
        return try typed(items, type) { try TableColumn(definition.name, $0, offsets: offsets, type: type, mask: $1) }
    }

    private func value(_ row: Int) throws -> JSONValue? {
        let cell = cells.cell(row, index)
        guard cell.start < cell.end else { return nil }
        let text = cells.text(cell)
        guard let value = try? JSONValue(parsing: text) else { throw mismatch(row, text, "JSON value") }
        return value
    }

    /// Adds the elements of nested lists of a shape; false if they have another one.
    private static func flatten(_ value: JSONValue, _ shape: ArraySlice<Int>, into items: inout [JSONValue]) -> Bool {
        guard let length = shape.first else {
            items.append(value)
            return value.array == nil
        }
        guard let array = value.array, array.count == length else { return false }
        return array.allSatisfy { flatten($0, shape.dropFirst(), into: &items) }
    }

    private func typed(
        _ items: [JSONValue],
        _ type: TableElementType,
        _ make: (TableValues, [Bool]) throws -> TableColumn
    ) throws -> TableColumn {
        func convert<Value>(
            _ missing: Value,
            _ wrap: ([Value]) -> TableValues,
            _ element: (JSONValue) -> Value?
        ) throws -> TableColumn {
            let values = try items.map { item in
                guard let value = item.isNull ? missing : element(item) else {
                    throw cells.failure(
                        cells.lines.first ?? 0,
                        "the column \"\(definition.name)\" holds \(item.text()), which is no \(type.rawValue)"
                    )
                }
                return value
            }
            return try make(wrap(values), items.map(\.isNull))
        }
        func integer<Value: FixedWidthInteger>(_ wrap: ([Value]) -> TableValues) throws -> TableColumn {
            try convert(0, wrap) { item in
                item.int.flatMap { Value(exactly: $0) } ?? item.double.flatMap { Value(exactly: $0) }
            }
        }
        switch type.storage {
        case .bool: return try convert(false, TableValues.bool) { $0.bool ?? $0.int.map { $0 != 0 } }
        case .int8: return try integer(TableValues.int8)
        case .int16: return try integer(TableValues.int16)
        case .int32: return try integer(TableValues.int32)
        case .int64: return try integer(TableValues.int64)
        case .uint8: return try integer(TableValues.uint8)
        case .uint16: return try integer(TableValues.uint16)
        case .uint32: return try integer(TableValues.uint32)
        case .uint64: return try integer(TableValues.uint64)
        case .float32: return try convert(0, TableValues.float) { $0.double.map { Float($0) } }
        case .float64: return try convert(0, TableValues.double) { $0.double }
        case .string: return try convert("", TableValues.string) { $0.string }
        default:
            throw cells.failure(0, "arrays of \(type.rawValue) in column \"\(definition.name)\" are not supported")
        }
    }

    private func mismatch(_ row: Int, _ text: String, _ wanted: String) -> ButlerError {
        let shown = text.count > 40 ? text.prefix(40) + "…" : text
        return cells.failure(
            cells.lines[row],
            "the value \"\(shown)\" of column \"\(definition.name)\" is not a \(wanted)"
        )
    }
}

/// Complex numbers as Python writes them.
enum ComplexText {
    /// The number of text such as `(1+2j)`, `0j` or `(-0-1.5j)`.
    static func read(_ text: String) -> TableValues.ComplexNumber? {
        var body = Substring(text)
        if body.hasPrefix("("), body.hasSuffix(")") { body = body.dropFirst().dropLast() }
        guard body.hasSuffix("j") else { return Double(body).map { .init($0) } }
        body = body.dropLast()
        if let imaginary = Double(body) { return .init(0, imaginary) }
        // The sign between the parts is the last one that is not an exponent's.
        var split: Substring.Index?
        for index in body.indices.dropFirst() where body[index] == "+" || body[index] == "-" {
            if body[body.index(before: index)].lowercased() != "e" { split = index }
        }
        guard let split, let real = Double(body[..<split]), let imaginary = Double(body[split...]) else { return nil }
        return .init(real, imaginary)
    }

    /// The text of a number; astropy reads it back.
    static func write(_ number: TableValues.ComplexNumber) -> String {
        let imaginary = ECSVWriter.number(number.imaginary)
        return "(\(ECSVWriter.number(number.real))\(imaginary.hasPrefix("-") ? "" : "+")\(imaginary)j)"
    }
}

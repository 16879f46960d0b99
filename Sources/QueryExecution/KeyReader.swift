internal import Databases
internal import Dimensions
internal import StewardCore

/// The keys of some rows, row after row, filled column by column; each row is moved out once.
final class KeyBlock {
    private let width: Int
    private let values: UnsafeMutableBufferPointer<DimensionValue>
    private var isTaken: [Bool]

    init(_ readers: [KeyReader], _ rows: [Int]) throws {
        for reader in readers where !reader.hasAll(rows) { throw KeyReader.lacksValue }
        width = readers.count
        values = .allocate(capacity: width * rows.count)
        isTaken = Array(repeating: false, count: rows.count)
        for (column, reader) in readers.enumerated() { fill(column, reader, rows) }
    }

    deinit {
        for place in isTaken.indices where !isTaken[place] { slice(place).deinitialize() }
        values.deallocate()
    }

    private func slice(_ place: Int) -> UnsafeMutableBufferPointer<DimensionValue> {
        UnsafeMutableBufferPointer(rebasing: values[(place * width)..<((place + 1) * width)])
    }

    private func fill(_ column: Int, _ reader: KeyReader, _ rows: [Int]) {
        var target = column
        switch reader {
        case .constant(let value):
            for _ in rows {
                values.initializeElement(at: target, to: value)
                target += width
            }
        case .numbers(let numbers, _):
            for row in rows {
                values.initializeElement(at: target, to: .int(numbers[row]))
                target += width
            }
        case .labels(let codes, let labels):
            for row in rows {
                values.initializeElement(at: target, to: labels[Int(codes[row])])
                target += width
            }
        case .unusable: break
        }
    }

    /// The values of a row, moved out.
    func take(_ place: Int) -> [DimensionValue] {
        precondition(!isTaken[place], "a row is taken once")
        isTaken[place] = true
        return Array(unsafeUninitializedCapacity: width) { target, count in
            _ = target.moveInitialize(fromContentsOf: slice(place))
            count = width
        }
    }
}

/// Reads values of one dimension; small, since it is copied for each row.
enum KeyReader {
    case constant(DimensionValue)
    case numbers([Int64], nulls: [Bool])
    case labels([Int32], [DimensionValue])
    case unusable

    init(_ column: ColumnPage.Column) {
        switch column.kind {
        case .integer: self = .numbers(column.integers, nulls: column.nulls)
        case .label: self = .labels(column.codes, column.labels.map { .string($0) })
        default: self = .unusable
        }
    }

    func value(_ row: Int) throws -> DimensionValue {
        switch self {
        case .constant(let value): return value
        case .numbers(let numbers, let nulls):
            if nulls.isEmpty || !nulls[row] { return .int(numbers[row]) }
        case .labels(let codes, let labels):
            if codes[row] >= 0 { return labels[Int(codes[row])] }
        case .unusable: break
        }
        throw Self.lacksValue
    }

    /// Whether no value is missing in some rows.
    func hasAll(_ rows: [Int]) -> Bool {
        switch self {
        case .constant: true
        case .numbers(_, let nulls): nulls.isEmpty || rows.allSatisfy { !nulls[$0] }
        case .labels(let codes, _): rows.allSatisfy { codes[$0] >= 0 }
        case .unusable: rows.isEmpty
        }
    }

    static let lacksValue = ButlerError(.corruptFile, "A row of the database lacks the value of a dimension.")
}

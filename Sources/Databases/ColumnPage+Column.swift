public import Foundation

extension ColumnPage {
    /// One column's cells as contiguous arrays; only those of its kind are filled, with a filler where a cell is null.
    public struct Column: Sendable {
        /// What the cells are.
        public let kind: ColumnKind
        /// The cells of a column of integers, or of truth values as 0 and 1.
        public private(set) var integers: [Int64] = []
        /// The cells of a column of doubles.
        public private(set) var reals: [Double] = []
        /// The cells of a column of identifiers.
        public private(set) var uuids: [UUID] = []
        /// For each cell of a column of labels its position in ``labels``; -1 where it is null.
        public private(set) var codes: [Int32] = []
        /// Where each cell of a column of texts or bytes ends in ``bytes``; it begins where the one before it ends.
        public private(set) var ends: [Int] = []
        /// The cells of a column of texts or bytes, one after the other.
        public private(set) var bytes: [UInt8] = []
        /// Which cells are null; empty when none is.
        public private(set) var nulls: [Bool] = []
        private var table = LabelTable()

        /// The distinct texts of a column of labels, in the order of their first row.
        public var labels: [String] { table.labels }

        /// Creates an empty column.
        package init(_ kind: ColumnKind, capacity: Int = 0) {
            self.kind = kind
            switch kind {
            case .integer, .bool: integers.reserveCapacity(capacity)
            case .real: reals.reserveCapacity(capacity)
            case .uuid: uuids.reserveCapacity(capacity)
            case .label: codes.reserveCapacity(capacity)
            case .text, .blob: ends.reserveCapacity(capacity)
            }
        }

        /// How many cells there are.
        public var count: Int {
            switch kind {
            case .integer, .bool: integers.count
            case .real: reals.count
            case .uuid: uuids.count
            case .label: codes.count
            case .text, .blob: ends.count
            }
        }

        /// Whether a cell is null.
        public func isNull(_ row: Int) -> Bool {
            !nulls.isEmpty && nulls[row]
        }

        /// Calls a function with the bytes of a cell of texts or bytes; they are valid only inside it.
        public func withBytes<Result>(
            _ row: Int,
            _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
        ) rethrows
            -> Result
        {
            let start = row == 0 ? 0 : ends[row - 1]
            let end = ends[row]
            return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[start..<end])) }
        }
    }
}

extension ColumnPage.Column {
    private static let nullUUID = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// Adds a null cell.
    package mutating func appendNull() {
        if nulls.isEmpty {
            nulls = Array(repeating: false, count: count)
        }
        nulls.append(true)
        switch kind {
        case .integer, .bool: integers.append(0)
        case .real: reals.append(0)
        case .uuid: uuids.append(Self.nullUUID)
        case .label: codes.append(-1)
        case .text, .blob: ends.append(bytes.count)
        }
    }

    /// Adds an integer, or a truth value as 0 or 1.
    package mutating func append(_ value: Int64) {
        integers.append(value)
        markPresent()
    }

    /// Adds a double.
    package mutating func append(_ value: Double) {
        reals.append(value)
        markPresent()
    }

    /// Adds an identifier.
    package mutating func append(_ value: UUID) {
        uuids.append(value)
        markPresent()
    }

    /// Adds the bytes of a text, label or blob.
    package mutating func append(_ value: UnsafeBufferPointer<UInt8>) {
        if kind == .label {
            codes.append(table.code(value))
        } else {
            bytes.append(contentsOf: value)
            ends.append(bytes.count)
        }
        markPresent()
    }

    /// A column with a cell for each of the given rows of this one; labels are shared.
    package func gathered(_ rows: [Int32]) -> Self {
        var column = Self(kind)
        switch kind {
        case .integer, .bool: column.integers = rows.map { integers[Int($0)] }
        case .real: column.reals = rows.map { reals[Int($0)] }
        case .uuid: column.uuids = rows.map { uuids[Int($0)] }
        case .label:
            column.codes = rows.map { codes[Int($0)] }
            column.table = table
        case .text, .blob:
            for row in rows {
                withBytes(Int(row)) { column.bytes.append(contentsOf: $0) }
                column.ends.append(column.bytes.count)
            }
        }
        if !nulls.isEmpty { column.nulls = rows.map { nulls[Int($0)] } }
        return column
    }

    /// Adds the cells of a column of the same kind.
    package mutating func append(contentsOf other: Self) {
        if !nulls.isEmpty || !other.nulls.isEmpty {
            let before = nulls.isEmpty ? Array(repeating: false, count: count) : nulls
            nulls = before + (other.nulls.isEmpty ? Array(repeating: false, count: other.count) : other.nulls)
        }
        integers += other.integers
        reals += other.reals
        uuids += other.uuids
        var codes: [Int32] = []
        for var label in other.labels { codes.append(label.withUTF8 { table.code($0) }) }
        self.codes += other.codes.map { $0 < 0 ? -1 : codes[Int($0)] }
        let end = bytes.count
        ends += other.ends.map { $0 + end }
        bytes += other.bytes
    }

    private mutating func markPresent() {
        if !nulls.isEmpty {
            nulls.append(false)
        }
    }
}

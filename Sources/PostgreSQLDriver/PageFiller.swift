internal import CPostgreSQL
internal import Databases
internal import Foundation
internal import StewardCore

/// Copies rows of binary results into columns.
struct PageFiller {
    private let kinds: [ColumnKind]
    private var columns: [ColumnPage.Column]
    private var decoders: [CellDecoder] = []
    private(set) var rowCount = 0

    init(_ kinds: [ColumnKind]) {
        self.kinds = kinds
        columns = kinds.map { ColumnPage.Column($0) }
    }

    /// Fails if a result does not have one column for each kind.
    static func check(_ result: borrowing ServerResult, _ kinds: [ColumnKind]) throws(ButlerError) {
        guard result.columnCount == kinds.count else {
            throw ButlerError(
                .invalidArgument,
                "A query of \(result.columnCount) columns was asked for \(kinds.count) kinds of columns.",
                remedy: "Give one kind for each column."
            )
        }
    }

    /// Adds all rows of a result.
    mutating func add(_ result: borrowing ServerResult) throws(ButlerError) {
        let pointer = result.pointer
        if decoders.isEmpty {
            decoders = kinds.indices.map { CellDecoder(kinds[$0], PQftype(pointer, Int32(truncatingIfNeeded: $0))) }
        }
        let rows = PQntuples(pointer)
        for index in kinds.indices {
            let column = Int32(truncatingIfNeeded: index)
            for row in 0..<rows {
                try Self.copy(pointer, row, column, decoders[index], &columns[index])
            }
        }
        rowCount += Int(rows)
    }

    /// The page filled so far; the filler starts anew.
    mutating func takePage() -> ColumnPage {
        defer {
            columns = kinds.map { ColumnPage.Column($0) }
            rowCount = 0
        }
        return ColumnPage(columns: columns, rowCount: rowCount)
    }

    @inline(__always)
    private static func copy(
        _ result: OpaquePointer,
        _ row: Int32,
        _ position: Int32,
        _ decoder: CellDecoder,
        _ column: inout ColumnPage.Column
    ) throws(ButlerError) {
        let length = Int(PQgetlength(result, row, position))
        if length == 0, PQgetisnull(result, row, position) == 1 {
            column.appendNull()
            return
        }
        let bytes = UnsafeRawBufferPointer(start: PQgetvalue(result, row, position), count: length)
        switch decoder {
        case .int8 where length == 8: column.append(Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)))
        case .int4 where length == 4: column.append(Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))))
        case .int2 where length == 2: column.append(Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self))))
        case .bool where length == 1: column.append(bytes[0] == 0 ? Int64(0) : 1)
        case .raw: column.append(bytes.assumingMemoryBound(to: UInt8.self))
        case .uuid where length == 16: column.append(UUID(uuid: bytes.loadUnaligned(as: uuid_t.self)))
        case .float8 where length == 8:
            column.append(Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))))
        case .float4 where length == 4:
            column.append(Double(Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))))
        case .other(let type):
            guard CellConversion.append(bytes, type, to: &column) else {
                throw mismatch(result, position, column.kind)
            }
        default: throw mismatch(result, position, column.kind)
        }
    }

    private static func mismatch(_ result: OpaquePointer, _ position: Int32, _ kind: ColumnKind) -> ButlerError {
        let name = PQfname(result, position).map { String(cString: $0) } ?? "\(position)"
        return ButlerError(
            .database,
            "A row has a value of type \(PQftype(result, position)) in column \"\(name)\", where one of kind \(kind) is expected.",
            remedy: "Restore the database from a backup, or correct the value."
        )
    }
}

/// How the cells of one column are read.
enum CellDecoder {
    case int8
    case int4
    case int2
    case bool
    case float8
    case float4
    case uuid
    /// Texts and bytes as they are.
    case raw
    /// Less common pairs of type and kind, told apart cell by cell.
    case other(Oid)

    init(_ kind: ColumnKind, _ type: Oid) {
        switch (kind, type) {
        case (.integer, TypeIdentifier.int8), (.bool, TypeIdentifier.int8): self = .int8
        case (.integer, TypeIdentifier.int4), (.bool, TypeIdentifier.int4): self = .int4
        case (.integer, TypeIdentifier.int2), (.bool, TypeIdentifier.int2): self = .int2
        case (.integer, TypeIdentifier.bool), (.bool, TypeIdentifier.bool): self = .bool
        case (.real, TypeIdentifier.float8): self = .float8
        case (.real, TypeIdentifier.float4): self = .float4
        case (.uuid, TypeIdentifier.uuid): self = .uuid
        case (.text, _) where Self.isText(type), (.label, _) where Self.isText(type),
            (.blob, _) where Self.isText(type),
            (.blob, TypeIdentifier.bytes):
            self = .raw
        default: self = .other(type)
        }
    }

    private static func isText(_ type: Oid) -> Bool {
        switch type {
        case TypeIdentifier.text, TypeIdentifier.variableText, TypeIdentifier.paddedText, TypeIdentifier.name,
            TypeIdentifier.unknown, TypeIdentifier.character:
            true
        default: false
        }
    }
}

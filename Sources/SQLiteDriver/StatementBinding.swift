internal import Databases
internal import Foundation
internal import GRDBSQLite

/// Tells SQLite to copy the bytes that it is given.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// Binds a value to the parameter at a position counted from 1; returns SQLite's result code.
func bind(_ value: SQLValue, to statement: OpaquePointer, at position: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(statement, position)
    case .int(let number): return sqlite3_bind_int64(statement, position, number)
    case .real(let number): return sqlite3_bind_double(statement, position, number)
    case .bool(let flag): return sqlite3_bind_int(statement, position, flag ? 1 : 0)
    case .text(let text): return bind(text, to: statement, at: position)
    case .blob(let bytes): return bind(bytes, to: statement, at: position)
    case .uuid(let uuid):
        return withUnsafeTemporaryAllocation(byteCount: HexadecimalUUID.byteCount, alignment: 8) { buffer in
            guard let base = buffer.baseAddress else { return SQLITE_NOMEM }
            HexadecimalUUID.write(uuid, to: base)
            let text = base.assumingMemoryBound(to: CChar.self)
            return sqlite3_bind_text(statement, position, text, Int32(HexadecimalUUID.byteCount), copied)
        }
    }
}

private func bind(_ text: String, to statement: OpaquePointer, at position: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { utf8 in
        guard let count = Int32(exactly: utf8.count) else { return SQLITE_TOOBIG }
        guard let base = utf8.baseAddress, count > 0 else {
            return sqlite3_bind_text(statement, position, "", 0, copied)
        }
        return base.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
            sqlite3_bind_text(statement, position, $0, count, copied)
        }
    }
}

private func bind(_ bytes: [UInt8], to statement: OpaquePointer, at position: Int32) -> Int32 {
    guard let count = Int32(exactly: bytes.count) else { return SQLITE_TOOBIG }
    return bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress, count > 0 else { return sqlite3_bind_zeroblob(statement, position, 0) }
        return sqlite3_bind_blob(statement, position, base, count, copied)
    }
}

/// Binds rows of a batch one after the other; identifiers are written to memory that SQLite reads in place.
///
/// The memory must outlive the bindings: clear them before the binder is gone.
struct RowBinder: ~Copyable {
    private let statement: OpaquePointer
    private let width: Int
    private let scratch: UnsafeMutableRawBufferPointer

    init(_ statement: OpaquePointer, width: Int) {
        self.statement = statement
        self.width = width
        scratch = .allocate(byteCount: width * HexadecimalUUID.byteCount, alignment: 8)
    }

    deinit {
        scratch.deallocate()
    }

    /// Binds the row that starts at an offset of the values; returns SQLite's result code.
    func bindRow(_ values: borrowing [SQLValue], at offset: Int) -> Int32 {
        for index in 0..<width {
            let position = Int32(truncatingIfNeeded: index + 1)
            let code: Int32
            switch values[offset + index] {
            case .uuid(let uuid):
                guard let target = scratch.baseAddress?.advanced(by: index * HexadecimalUUID.byteCount) else {
                    return SQLITE_NOMEM
                }
                HexadecimalUUID.write(uuid, to: target)
                let text = target.assumingMemoryBound(to: CChar.self)
                code = sqlite3_bind_text(statement, position, text, Int32(HexadecimalUUID.byteCount), nil)
            case let value:
                code = bind(value, to: statement, at: position)
            }
            guard code == SQLITE_OK else { return code }
        }
        return SQLITE_OK
    }
}

internal import Databases
internal import GRDBSQLite
internal import StewardCore

/// Copies rows of a running statement into columns.
///
/// Cells are taken as SQLite's "unprotected" values, which spares half of the calls. That is right only without
/// SQLite's own mutex, as GRDB opens connections that run on one queue.
struct PageFiller {
    private let statement: OpaquePointer
    private let kinds: [ColumnKind]
    private var columns: [ColumnPage.Column]
    private(set) var rowCount = 0

    /// Starts a page; fails if the statement does not have one column for each kind.
    init(_ statement: OpaquePointer, kinds: [ColumnKind], capacity: Int) throws(ButlerError) {
        let count = Int(sqlite3_column_count(statement))
        guard count == kinds.count else {
            throw ButlerError(
                .invalidArgument,
                "A query of \(count) columns was asked for \(kinds.count) kinds of columns.",
                remedy: "Give one kind for each column."
            )
        }
        self.statement = statement
        self.kinds = kinds
        columns = kinds.map { ColumnPage.Column($0, capacity: capacity) }
    }

    /// Steps the statement until it ends or the page is full; returns whether there may be more rows.
    mutating func fill(upTo limit: Int, step: () throws -> Bool) throws -> Bool {
        let statement = statement
        let kinds = kinds
        var rows = 0
        defer { rowCount = rows }
        return try columns.withUnsafeMutableBufferPointer { columns in
            while rows < limit {
                guard try step() else { return false }
                for index in kinds.indices {
                    try Self.copy(statement, Int32(truncatingIfNeeded: index), kinds[index], &columns[index])
                }
                rows += 1
            }
            return true
        }
    }

    /// The page filled so far.
    consuming func page() -> ColumnPage {
        ColumnPage(columns: columns, rowCount: rowCount)
    }

    @inline(__always)
    private static func copy(
        _ statement: OpaquePointer,
        _ position: Int32,
        _ kind: ColumnKind,
        _ column: inout ColumnPage.Column
    ) throws(ButlerError) {
        let value = sqlite3_column_value(statement, position)
        let type = sqlite3_value_type(value)
        guard type != SQLITE_NULL else {
            column.appendNull()
            return
        }
        switch kind {
        case .integer where type == SQLITE_INTEGER, .bool where type == SQLITE_INTEGER:
            column.append(sqlite3_value_int64(value))
        case .real where type == SQLITE_FLOAT || type == SQLITE_INTEGER:
            column.append(sqlite3_value_double(value))
        case .text, .label, .blob:
            column.append(bytes(value, type))
        case .uuid where type == SQLITE_TEXT:
            guard let uuid = HexadecimalUUID.parse(UnsafeRawBufferPointer(bytes(value, type))) else {
                throw mismatch(statement, position, kind)
            }
            column.append(uuid)
        default:
            throw mismatch(statement, position, kind)
        }
    }

    /// The bytes of a cell as SQLite holds them; numbers become text.
    ///
    /// They are valid until the next step.
    private static func bytes(_ value: OpaquePointer?, _ type: Int32) -> UnsafeBufferPointer<UInt8> {
        let start: UnsafePointer<UInt8>? =
            type == SQLITE_BLOB
            ? sqlite3_value_blob(value)?.assumingMemoryBound(to: UInt8.self) : sqlite3_value_text(value)
        return UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_value_bytes(value)))
    }

    private static func mismatch(_ statement: OpaquePointer, _ position: Int32, _ kind: ColumnKind) -> ButlerError {
        let name = sqlite3_column_name(statement, position).map { String(cString: $0) } ?? "\(position)"
        let type =
            switch sqlite3_column_type(statement, position) {
            case SQLITE_INTEGER: "an integer"
            case SQLITE_FLOAT: "a real"
            case SQLITE_TEXT: "a text"
            default: "a blob"
            }
        return ButlerError(
            .database,
            "A row has \(type) in column \"\(name)\", where a value of kind \(kind) is expected.",
            remedy: "Restore the database from a backup, or correct the value."
        )
    }
}

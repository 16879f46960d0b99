internal import CPostgreSQL

/// What the server answered to one statement; owns libpq's memory.
struct ServerResult: ~Copyable {
    let pointer: OpaquePointer

    init?(_ pointer: OpaquePointer?) {
        guard let pointer else { return nil }
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// Whether the statement did what was asked.
    var isSuccess: Bool { Self.isSuccess(pointer) }

    /// Whether a result of libpq tells of success.
    static func isSuccess(_ result: OpaquePointer) -> Bool {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_PIPELINE_SYNC, PGRES_EMPTY_QUERY: true
        default: false
        }
    }

    /// Whether the statement was skipped because one before it in the same pipeline failed.
    var isSkipped: Bool { status == PGRES_PIPELINE_ABORTED }

    var rowCount: Int { Int(PQntuples(pointer)) }
    var columnCount: Int { Int(PQnfields(pointer)) }

    /// How many rows the statement inserted, changed or deleted.
    var changedRows: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    /// The command that was carried out, such as `COMMIT`.
    var command: String { String(cString: PQcmdStatus(pointer)) }

    /// Types of the parameters of a described statement.
    var parameterTypes: [Oid] { (0..<PQnparams(pointer)).map { PQparamtype(pointer, $0) } }

    /// The first value of the first row, of a result with a big integer in either format.
    var firstInteger: Int64? {
        guard rowCount > 0, columnCount > 0, PQgetisnull(pointer, 0, 0) == 0, let value = PQgetvalue(pointer, 0, 0)
        else {
            return nil
        }
        guard PQfformat(pointer, 0) == 1 else { return Int64(String(cString: value)) }
        let bytes = UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(pointer, 0, 0)))
        return bytes.count == 8 ? Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)) : nil
    }

    /// The first row as texts, of a result in text format.
    var firstRowTexts: [String?] {
        guard rowCount > 0 else { return [] }
        return (0..<PQnfields(pointer)).map { column in
            PQgetisnull(pointer, 0, column) == 1 ? nil : String(cString: PQgetvalue(pointer, 0, column))
        }
    }
}

import Databases
import Foundation
import GRDBSQLite
import Testing

@testable import SQLiteDriver

/// Times the driver against the bare C interface; run in a release build with `STEWARD_MEASURE=1`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["STEWARD_MEASURE"] != nil))
struct SpeedMeasurement {
    private static let insertedRows = 10_000
    private static let streamedRows = 500_000
    private static let links = TableSpec(
        "links",
        columns: [.key("id", .uuid), .required("a", .int64), .required("b", .int64), .required("c", .int64)]
    )
    private static let create = """
        CREATE TABLE links (id CHAR(32) NOT NULL, a BIGINT NOT NULL, b BIGINT NOT NULL, c BIGINT NOT NULL, \
        PRIMARY KEY (id))
        """
    private static let rows = """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 499999) \
        INSERT INTO wide SELECT lower(hex(randomblob(16))), i, 'Instrument' || (i / 100000), \
        'physical_filter_' || (i % 6), i * 7, i * 0.5 FROM n
        """
    private let uuids = (0..<insertedRows).map { _ in UUID() }

    @Test("insertion of 10,000 rows of an identifier and three integers")
    func insertion() async throws {
        let uuids = uuids
        var driver: [Duration] = []
        var bare: [Duration] = []
        for _ in 0..<7 {
            let database = try await SQLiteDatabase.inMemory()
            try await database.write { try $0.createTable(Self.links) }
            driver.append(
                try await ContinuousClock().measure {
                    try await database.write { connection in
                        var rows = RowBatch(Self.links, columns: ["id", "a", "b", "c"])
                        rows.reserveCapacity(uuids.count)
                        for (index, uuid) in uuids.enumerated() {
                            rows.append(uuid)
                            rows.append(index)
                            rows.append(index * 2)
                            rows.append(index * 3)
                        }
                        try connection.insert(rows, into: Self.links)
                    }
                }
            )
            bare.append(bareInsertion(uuids))
        }
        report("insert", Self.insertedRows, driver, bare)
    }

    private func bareInsertion(_ uuids: [UUID]) -> Duration {
        var connection: OpaquePointer?
        sqlite3_open(":memory:", &connection)
        defer { sqlite3_close(connection) }
        sqlite3_exec(connection, Self.create, nil, nil, nil)
        return ContinuousClock().measure {
            sqlite3_exec(connection, "BEGIN IMMEDIATE", nil, nil, nil)
            var statement: OpaquePointer?
            sqlite3_prepare_v2(connection, "INSERT INTO links (id, a, b, c) VALUES (?, ?, ?, ?)", -1, &statement, nil)
            withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
                guard let base = buffer.baseAddress else { return }
                for (index, uuid) in uuids.enumerated() {
                    HexadecimalUUID.write(uuid, to: base)
                    sqlite3_bind_text(statement, 1, base.assumingMemoryBound(to: CChar.self), 32, nil)
                    sqlite3_bind_int64(statement, 2, Int64(index))
                    sqlite3_bind_int64(statement, 3, Int64(index * 2))
                    sqlite3_bind_int64(statement, 4, Int64(index * 3))
                    sqlite3_step(statement)
                    sqlite3_reset(statement)
                }
            }
            sqlite3_finalize(statement)
            sqlite3_exec(connection, "COMMIT", nil, nil, nil)
        }
    }

    @Test("streaming of 500,000 rows of six columns")
    func streaming() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase.open(folder + "/db", mode: .create)
            try await database.write { connection in
                try connection.execute("CREATE TABLE wide (id TEXT, a INTEGER, b TEXT, c TEXT, d INTEGER, e FLOAT)")
                try connection.execute(SQL(generated: Self.rows))
            }
            let kinds: [ColumnKind] = [.uuid, .integer, .label, .label, .integer, .real]
            var driver: [Duration] = []
            var bare: [Duration] = []
            let before = residentBytes()
            for _ in 0..<9 {
                driver.append(
                    try await ContinuousClock().measure {
                        let total = try await database.read(.latest) { connection in
                            var total = 0
                            try connection.stream("SELECT * FROM wide", kinds: kinds, pageRows: 4096) { page in
                                total += page.rowCount
                                return true
                            }
                            return total
                        }
                        #expect(total == Self.streamedRows)
                    }
                )
                bare.append(bareStreaming(folder + "/db"))
            }
            print("resident memory grew by \((residentBytes() - before) / 1024) KiB")
            report("stream", Self.streamedRows, driver, bare)
        }
    }

    private func bareStreaming(_ path: String) -> Duration {
        var connection: OpaquePointer?
        sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        defer { sqlite3_close(connection) }
        return ContinuousClock().measure {
            var statement: OpaquePointer?
            sqlite3_prepare_v2(connection, "SELECT * FROM wide", -1, &statement, nil)
            var (ids, integers, reals, bytes) = ([UUID](), [Int64](), [Double](), [UInt8]())
            while sqlite3_step(statement) == SQLITE_ROW {
                let text = UnsafeRawBufferPointer(start: sqlite3_column_text(statement, 0), count: 32)
                if let id = HexadecimalUUID.parse(text) { ids.append(id) }
                integers.append(sqlite3_column_int64(statement, 1))
                for column: Int32 in 2...3 {
                    let start = sqlite3_column_text(statement, column)
                    let count = Int(sqlite3_column_bytes(statement, column))
                    bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
                }
                integers.append(sqlite3_column_int64(statement, 4))
                reals.append(sqlite3_column_double(statement, 5))
                if ids.count == 4096 {
                    ids.removeAll(keepingCapacity: true)
                    integers.removeAll(keepingCapacity: true)
                    reals.removeAll(keepingCapacity: true)
                    bytes.removeAll(keepingCapacity: true)
                }
            }
            sqlite3_finalize(statement)
        }
    }

    private func report(_ name: String, _ rows: Int, _ driver: [Duration], _ bare: [Duration]) {
        for (kind, times) in [("driver", driver), ("bare C", bare)] {
            let best = times.min().map { $0 / .seconds(1) } ?? 0
            print("\(name) \(kind): \(best * 1000) ms, \(Int(Double(rows) / best)) rows/s")
        }
    }

    private func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}

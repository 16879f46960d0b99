import Databases
import Foundation
import SQLiteDriver
import StewardCore
import StewardTesting
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes that were put off and that the file system then refuses: a program that goes on finds what was there before.
@Suite struct RefusedWriteTests {
    private static let table = TableSpec("t", columns: [.key("id", .int64), .optional("text", .text)])

    /// Makes files end at some bytes for this process from now on; nil for no end.
    private static func limitFiles(to bytes: UInt?) {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit()
        #if canImport(Glibc)
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        #else
        let resource = RLIMIT_FSIZE
        #endif
        getrlimit(resource, &limit)
        limit.rlim_cur = bytes.map { rlim_t($0) } ?? limit.rlim_max
        setrlimit(resource, &limit)
    }

    private static func state(_ database: SQLiteDatabase) async throws -> [String] {
        try await database.read { connection in
            #expect(try connection.storageProblems(limit: 10) == [])
            let counts: SQL = "SELECT substr(text, 1, 1) || ' ' || count(*) FROM t GROUP BY substr(text, 1, 1)"
            return try connection.texts(counts).sorted()
        }
    }

    @Test("a transaction whose journal or pages do not fit is undone, also in memory, and the next one is whole")
    func refusal() async {
        await #expect(processExitsWith: .success) {
            try await withTemporaryFolder { folder in
                for kibibytes: UInt in [0, 1, 4, 16, 60, 100, 150, 200, 300, 400] {
                    let database = try await SQLiteDatabase.open("\(folder)/\(kibibytes)", mode: .create)
                    try await database.write { connection in
                        try connection.createTable(RefusedWriteTests.table)
                        var rows = RowBatch(RefusedWriteTests.table, columns: ["id", "text"])
                        let text = "a" + String(repeating: "x", count: 400)
                        for id in Int64(0)..<1000 { rows.append(row: [.int(id), .text(text)]) }
                        try connection.insert(rows, into: RefusedWriteTests.table)
                    }
                    for (step, first) in [Int64(0), 500, 990].enumerated() {
                        RefusedWriteTests.limitFiles(to: kibibytes << 10)
                        let text = "b" + String(repeating: "y", count: 400)
                        await #expect(throws: ButlerError.self, "\(kibibytes) KiB") {
                            _ = try await database.write {
                                try $0.execute("UPDATE t SET \(id: "text") = \(text) WHERE id >= \(first)")
                            }
                        }
                        RefusedWriteTests.limitFiles(to: nil)
                        let before = step == 0 ? [] : ["c \(step)"]
                        let found = try await RefusedWriteTests.state(database)
                        #expect(found == ["a \(1000 - step)"] + before, "\(kibibytes) KiB, step \(step)")
                        _ = try await database.write {
                            try $0.execute("UPDATE t SET \(id: "text") = 'c' WHERE id = \(Int64(step))")
                        }
                        let after = try await RefusedWriteTests.state(database)
                        #expect(after == ["a \(999 - step)", "c \(step + 1)"], "\(kibibytes) KiB, step \(step)")
                    }
                    try await database.close()
                }
            }
        }
    }
}

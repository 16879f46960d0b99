internal import GRDBSQLite

/// What becomes of the rollback journal between transactions.
///
/// By default SQLite makes a file for each transaction and removes it. A connection that writes again and again keeps
/// the file and clears its header instead, which spares the disk a directory entry and new blocks each time. Other
/// connections, of any program, take such a file for what it is: no journal. It goes with the connection, or when many
/// reads follow, each of which has to look into it.
enum JournalKeeping {
    /// No transaction was written yet.
    case fresh
    /// One was: the next one keeps the file.
    case due
    /// The file is kept.
    case kept
    /// The file's mode is none of ours to change, as in WAL mode.
    case foreign
}

extension SQLiteConnection {
    /// Most bytes of a journal that is kept.
    private static let keptBytes = 4 << 20

    /// Makes ready for a write: from the second one on the journal is kept.
    func prepareJournal() {
        switch journal {
        case .fresh: journal = .due
        case .due: journal = keepJournal() ? .kept : .foreign
        case .kept, .foreign: break
        }
    }

    private func keepJournal() -> Bool {
        guard pragma("journal_mode") == "delete", pragma("journal_mode = PERSIST") == "persist" else { return false }
        _ = pragma("journal_size_limit = \(Self.keptBytes)")
        return true
    }

    /// Removes a journal that was kept, unless somebody else writes at the moment.
    func removeJournal() {
        guard journal == .kept else { return }
        _ = pragma("journal_mode = DELETE")
        journal = .due
    }

    /// Removes a journal that was kept, at the end of the connection; does not wait for locks.
    func removeJournalFinally() {
        guard journal == .kept else { return }
        sqlite3_busy_timeout(handle, 0)
        removeJournal()
    }

    /// The first value that a setting answers; nil if it fails.
    private func pragma(_ setting: String) -> String? {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, "PRAGMA main." + setting, -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW
        else { return nil }
        return sqlite3_column_text(statement, 0).map { String(cString: $0) }
    }
}

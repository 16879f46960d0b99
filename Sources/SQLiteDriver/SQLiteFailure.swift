internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import StewardCore

/// A failed operation of SQLite: its extended result code and message.
struct SQLiteFailure {
    let code: Int32
    let message: String
    let sql: String?
    /// Error number of the system call that failed; 0 if none is known.
    let systemError: Int32

    /// The primary result code.
    var primaryCode: Int32 { code & 0xFF }

    /// Whether a read-only connection met a journal or write-ahead log that only a writer can make good.
    var needsRecovery: Bool {
        primaryCode == SQLITE_READONLY && [1, 3, 5].contains(code >> 8)
    }

    /// Whether there is no room for what was to be written, new files such as the journal included.
    private func isDiskFull(_ origin: FailureOrigin) -> Bool {
        switch primaryCode {
        case SQLITE_FULL: true
        case SQLITE_CANTOPEN,
            SQLITE_IOERR where [ENOSPC, EDQUOT].contains(systemError):
            true
        // Where a journal cannot be made SQLite looks whether it can be read, and tells of that failure.
        case SQLITE_CANTOPEN where systemError == ENOENT: Self.hasNoRoom(beside: origin.path)
        default: false
        }
    }

    /// Whether a new file beside another one fails for lack of room.
    private static func hasNoRoom(beside path: String) -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        let place = path + "." + UUID().uuidString + ".tmp"
        let descriptor = open(place, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return [ENOSPC, EDQUOT].contains(errno) }
        close(descriptor)
        unlink(place)
        return false
    }

    /// The failure that a connection reports after an operation.
    init(of connection: OpaquePointer?, code: Int32, sql: String?) {
        let extended = sqlite3_extended_errcode(connection)
        self.code = extended & 0xFF == code & 0xFF ? extended : code
        message = sqlite3_errmsg(connection).map { String(cString: $0) } ?? ""
        systemError = sqlite3_system_errno(connection)
        self.sql = sql
    }

    /// The failure that GRDB reports.
    init(_ error: DatabaseError) {
        code = error.extendedResultCode.rawValue
        message = error.message ?? ""
        systemError = 0
        sql = error.sql
    }

    /// The failure in Steward's terms.
    func butlerError(_ origin: FailureOrigin) -> ButlerError {
        let (kind, text, remedy) = explanation(origin)
        var context: [ButlerError.ContextItem] = [.init("database", origin.path)]
        context.append(.init("SQLite code", "\(code) (\(message))"))
        if let sql {
            context.append(.init("SQL", sql.count > 2000 ? sql.prefix(2000) + "…" : sql))
        }
        if primaryCode == SQLITE_CONSTRAINT {
            context += ConstraintViolation(code: code, message: message).context
        }
        if primaryCode == SQLITE_BUSY, let holders = origin.lockHolders() {
            context.append(.init("held by", holders))
        }
        return ButlerError(kind, text, remedy: remedy, context: context)
    }

    private func explanation(_ origin: FailureOrigin) -> (ButlerError.Code, String, String) {
        switch primaryCode {
        case SQLITE_BUSY, SQLITE_LOCKED:
            (
                .databaseBusy,
                "The database \"\(origin.path)\" is locked by another connection: waited \(origin.waited) to \(origin.activity).",
                "Try again when the other program has finished, or wait longer: --lock-timeout or STEWARD_LOCK_TIMEOUT, in seconds."
            )
        case SQLITE_CONSTRAINT:
            (
                .integrity,
                ConstraintViolation(code: code, message: message).sentence,
                "Change the values, or remove what they conflict with first."
            )
        case SQLITE_READONLY where needsRecovery:
            (
                .readOnly,
                "The database \"\(origin.path)\" was left unfinished by a writer that stopped, and may not be made good by you.",
                "Let somebody use the repository who may write its database file and the directory of that."
            )
        case SQLITE_READONLY:
            (
                .readOnly,
                "The database \"\(origin.path)\" may not be written.",
                "Open the repository for writing, and check the permissions of the file and its directory."
            )
        case _ where isDiskFull(origin):
            (
                .diskFull,
                "The disk of the database \"\(origin.path)\" is full; nothing was changed.",
                "Free space or quota, then try again."
            )
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            (
                .corruptFile,
                "The file \"\(origin.path)\" is not a sound SQLite database.",
                "Restore it from a backup, or try the recovery of the sqlite3 program."
            )
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH, SQLITE_IOERR:
            (
                .fileAccess,
                "The database \"\(origin.path)\" could not be read or written.",
                "Check that the directory exists, its permissions, and the state of the disk or file server."
            )
        default:
            (
                .database,
                "The database \"\(origin.path)\" refused a statement: \(message).",
                "This is an error in the program: please report it with the lines below."
            )
        }
    }
}

/// Where and during what a failure happened.
struct FailureOrigin {
    /// Path of the database file.
    let path: String
    /// What was being done, after "waited … to".
    let activity: String
    /// How long it waited for a lock, in words.
    let waited: String
    /// Who holds the locks, if that can be found out.
    let lockHolders: () -> String?
}

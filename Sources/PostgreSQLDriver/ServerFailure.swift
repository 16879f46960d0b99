internal import CPostgreSQL
internal import Databases
internal import StewardCore

/// A failed statement or connection: SQLSTATE, message and what the server says about the place.
struct ServerFailure {
    /// Five characters of the SQL standard and PostgreSQL's manual, appendix A; empty where the client failed.
    let state: String
    let message: String
    let table: String?
    let column: String?
    let constraint: String?
    /// Columns of a violated key.
    let keyColumns: [String]
    let sql: String?
    /// Whether the connection can no longer be used.
    let isConnectionLost: Bool

    /// The failure that a result tells of.
    init(_ result: borrowing ServerResult, isConnectionLost: Bool, sql: String?) {
        let pointer = result.pointer
        func field(_ code: Character) -> String? {
            guard let ascii = code.asciiValue, let text = PQresultErrorField(pointer, Int32(ascii)) else { return nil }
            return String(cString: text)
        }
        state = field("C") ?? ""
        message = field("M") ?? Self.firstLine(PQresultErrorMessage(pointer))
        table = field("t")
        column = field("c")
        constraint = field("n")
        keyColumns = Self.keyColumns(field("D") ?? "")
        self.sql = sql
        // Errors without code are libpq's own; it may tell of a broken connection before it takes it for one.
        self.isConnectionLost = isConnectionLost || state.isEmpty || state.hasPrefix("08") || state.hasPrefix("57P")
    }

    /// The failure that a connection tells of.
    init(connection: OpaquePointer?, sql: String?) {
        state = ""
        message = connection.map { Self.firstLine(PQerrorMessage($0)) } ?? "no memory for a connection"
        table = nil
        column = nil
        constraint = nil
        keyColumns = []
        self.sql = sql
        isConnectionLost = connection.map { PQstatus($0) == CONNECTION_BAD } ?? true
    }

    private static func firstLine(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "" }
        return String(cString: text).split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Names of the columns in `Key (a, b)=(…) already exists.`; the values are left out.
    private static func keyColumns(_ detail: String) -> [String] {
        guard detail.hasPrefix("Key ("), let end = detail.firstRange(of: ")=(") else { return [] }
        return detail[..<end.lowerBound].dropFirst(5).split(separator: ", ").map { $0.trimming("\"") }
    }

    /// The failure in Steward's terms.
    ///
    /// - Parameters:
    ///   - database: Name of the database, for messages.
    ///   - activity: What was being done, after "to".
    /// - Returns: The error.
    func butlerError(_ database: String, _ activity: String) -> ButlerError {
        let (code, text, remedy) = explanation(database, activity)
        var context: [ButlerError.ContextItem] = [.init("database", database)]
        if code != .integrity || keyColumns.isEmpty {
            context.append(.init("PostgreSQL", state.isEmpty ? message : "\(state) (\(message))"))
        } else {
            context.append(.init("PostgreSQL", state))
        }
        if let sql { context.append(.init("SQL", sql.count > 2000 ? sql.prefix(2000) + "…" : sql)) }
        if let constraint { context.append(.init("constraint", constraint)) }
        if let table { context.append(.init("table", table)) }
        let columns = keyColumns.isEmpty ? [column].compactMap { $0 } : keyColumns
        if !columns.isEmpty { context.append(.init("columns", columns.joined(separator: ", "))) }
        let isConflict = ["40P01", "40001"].contains(state)
        return ButlerError(
            code,
            text,
            remedy: remedy,
            context: context,
            cause: isConflict ? TransactionConflict(message) : nil
        )
    }

    private func explanation(_ database: String, _ activity: String) -> (ButlerError.Code, String, String) {
        if isConnectionLost {
            return (
                .connection,
                "The connection to the database \(database) broke while trying to \(activity): \(message).",
                "Try again; if it happens again, ask whether the server is up."
            )
        }
        switch state {
        case "23505", "23P01", "23502", "23503", "23514", "22001":
            return (.integrity, violation, Self.violationRemedy)
        case "55P03", "40P01", "40001":
            return (.databaseBusy, busySentence(database, activity), Self.busyRemedy)
        case "53300":
            return (.databaseBusy, Self.shortageSentence(database, message), Self.shortageRemedy)
        case "25006":
            return (
                .readOnly, "The database \(database) may not be written: \(message).",
                "Open the repository for writing."
            )
        case "42501":
            return (
                .readOnly, "The user may not do this in the database \(database): \(message).",
                "Ask the owner of the database for the privilege, or open the repository for reading."
            )
        case "53100":
            return (
                .diskFull, "The disk of the server of \(database) is full; nothing was changed.",
                "Have space freed on the server, then try again."
            )
        case "XX001", "XX002":
            return (
                .corruptFile, "The server reports damaged data in the database \(database): \(message).",
                "Have the database checked and restored from a backup."
            )
        case "26000", "42P05":
            return (
                .configuration, "The server of \(database) mixes up prepared statements: \(message).",
                "A pooler in transaction mode stands before it: set STEWARD_DATABASE_POOLER to \"transaction\"."
            )
        case "25P02": return (.database, Self.undoneSentence, Self.undoneRemedy)
        default:
            return (
                .database, "The database \(database) refused a statement: \(message).",
                "This is an error in the program: please report it with the lines below."
            )
        }
    }

    /// Whether the server, or a pooler before it, refused a connection since it has no more to give.
    ///
    /// libpq gives no code for a refused connection, so its text has to do: those of PostgreSQL's `proc.c`, `miscinit.c` and
    /// `postinit.c`, and of PgBouncer.
    var isShortage: Bool {
        let texts = [
            "too many clients already", "remaining connection slots are reserved", "too many connections for",
            "no more connections allowed",
        ]
        return state == "53300" || texts.contains { message.contains($0) }
    }

    /// What is said when the server had no connection to give.
    static func shortage(of database: String, _ message: String) -> ButlerError {
        ButlerError(.databaseBusy, shortageSentence(database, message), remedy: shortageRemedy)
    }

    private static func shortageSentence(_ database: String, _ message: String) -> String {
        "The server of \(database) has no connection left: \(message)."
    }

    private static let shortageRemedy = """
        Try again when other programs have finished, or wait longer (--lock-timeout); let each program take fewer \
        (STEWARD_DATABASE_CONNECTIONS), or have the server's max_connections raised.
        """

    /// What is said of statements after one that failed.
    static let undoneSentence = "A failure undid the whole transaction, so no statement can follow it."
    /// What to do about ``undoneSentence``.
    static let undoneRemedy = "Let the error of the failed statement leave the body."

    /// What is said of a foreign key that leads nowhere.
    static let missingRowSentence =
        "A row that another one refers to does not exist, or would be removed while it is referred to."
    /// What to do about a violated constraint.
    static let violationRemedy = "Change the values, or remove what they conflict with first."

    private static let busyRemedy =
        "Try again when the other program has finished, or wait longer: --lock-timeout or STEWARD_LOCK_TIMEOUT, in seconds."

    private func busySentence(_ database: String, _ activity: String) -> String {
        switch state {
        case "40P01":
            "Another connection to \(database) waits for this one and this for it (a deadlock); this one gave up to \(activity)."
        case "40001": "Another connection to \(database) changed the same rows at the same time; nothing was changed."
        default: "The database \(database) is locked by another connection: it took too long to \(activity)."
        }
    }

    /// The violated constraint as a sentence, in the words used for SQLite.
    private var violation: String {
        let place = table.map { "table \"\($0)\"" } ?? "the table"
        let list = keyColumns.map { "\"\($0)\"" }.joined(separator: ", ")
        return switch state {
        case "23505", "23P01": "A row with the same \(list) exists already in \(place)."
        case "23502": "A row of \(place) needs a value for \"\(column ?? "")\"."
        case "23503": Self.missingRowSentence
        case "22001": "A text is longer than its column allows: \(message)."
        default: "A value does not pass the check \"\(constraint ?? "")\"."
        }
    }
}

extension Substring {
    /// The text without a character at both of its ends.
    fileprivate func trimming(_ character: Character) -> String {
        var text = self
        if text.first == character { text.removeFirst() }
        if text.last == character { text.removeLast() }
        return String(text)
    }
}

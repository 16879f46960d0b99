internal import GRDBSQLite
internal import StewardCore

/// What SQLite tells about a violated constraint, taken apart.
///
/// The messages are `UNIQUE constraint failed: TABLE.COLUMN, …`, `NOT NULL constraint failed: TABLE.COLUMN`,
/// `CHECK constraint failed: NAME` and `FOREIGN KEY constraint failed`.
struct ConstraintViolation {
    /// What is violated.
    enum Kind {
        case unique
        case notNull
        case check
        case foreignKey
        case other
    }

    let kind: Kind
    /// Table of the row, if told.
    let table: String?
    /// Columns of the constraint, if told.
    let columns: [String]
    /// Name of the constraint, if told.
    let name: String?
    private let message: String

    init(code: Int32, message: String) {
        self.message = message
        let subject = message.firstRange(of: "constraint failed: ").map { String(message[$0.upperBound...]) }
        let paths =
            subject?.split(separator: ", ").map { $0.split(separator: ".", maxSplits: 1).map(String.init) } ?? []
        kind =
            switch code >> 8 {
            case 6, 8, 10: .unique
            case 5: .notNull
            case 1: .check
            case 3: .foreignKey
            default: .other
            }
        name = kind == .check ? subject : nil
        table = kind == .check ? nil : paths.first?.first
        columns = kind == .check ? [] : paths.compactMap { $0.count == 2 ? $0[1] : nil }
    }

    /// The violation as a sentence.
    var sentence: String {
        let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let place = table.map { "table \"\($0)\"" } ?? "the table"
        return switch kind {
        case .unique: "A row with the same \(list) exists already in \(place)."
        case .notNull: "A row of \(place) needs a value for \(list)."
        case .check:
            "A value does not pass the check \"\(name ?? "")\": a text is empty, or longer than its column allows."
        case .foreignKey:
            "A row that another one refers to does not exist, or would be removed while it is referred to."
        case .other: "A constraint of the database is violated: \(message)."
        }
    }

    /// The parts as facts for an error.
    var context: [ButlerError.ContextItem] {
        var items: [ButlerError.ContextItem] = []
        if let name { items.append(.init("constraint", name)) }
        if let table { items.append(.init("table", table)) }
        if !columns.isEmpty { items.append(.init("columns", columns.joined(separator: ", "))) }
        return items
    }
}

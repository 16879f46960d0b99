/// How one database spells and stores things, as a value.
///
/// Code that writes statements asks the dialect what it needs to know; none asks which database it is.
public struct SQLDialect: Sendable {
    /// How placeholders are spelled.
    public enum Placeholder: Sendable {
        /// `?`
        case questionMark
        /// `$1`, `$2`, …
        case numbered
    }

    /// How identifiers (UUID) are stored.
    public enum UUIDStorage: Sendable {
        /// 32 lower-case hexadecimal digits in a `CHAR(32)` column.
        case hexadecimalText
        /// The database's own type.
        case native
    }

    /// How time spans are stored.
    public enum TimespanStorage: Sendable {
        /// Two integer columns, `NAME_begin` and `NAME_end`.
        case columns
        /// One range column.
        case range
    }

    /// Where generated keys come from.
    public enum KeyGeneration: Sendable {
        /// The database fills an integer primary key that is left out.
        case rowIdentifier
        /// A separate sequence, named in the insertion.
        case sequence
    }

    /// How a list of tuples is written after `IN`.
    public enum TupleLists: Sendable {
        /// `IN (VALUES (…), (…))`
        case values
        /// `IN ((…), (…))`
        case tuples
    }

    /// Name of the dialect, for messages.
    public let name: String
    /// Schema that qualifies every table, or nil.
    public let namespace: String?
    /// Spelling of placeholders.
    public let placeholder: Placeholder
    /// Storage of identifiers.
    public let uuidStorage: UUIDStorage
    /// Storage of time spans.
    public let timespanStorage: TimespanStorage
    /// Source of generated keys.
    public let keyGeneration: KeyGeneration
    /// Form of lists of tuples.
    public let tupleLists: TupleLists
    /// Test that no value passes, written after an expression.
    public let emptyMembership: String
    /// Whether lengths of short strings are checked by constraints.
    public let checksStringLengths: Bool
    /// Whether a failed statement undoes the whole transaction, unless it runs in a savepoint.
    public let failureEndsTransaction: Bool
    /// Whether values can be arrays, and `unnest` makes rows of them.
    public let supportsArrays: Bool
    /// Whether `SELECT … FOR UPDATE` exists.
    public let supportsRowLocks: Bool
    /// Most values that one statement can bind.
    public let maximumBindings: Int
    /// Longest name of a database object in characters, or nil.
    public let maximumNameLength: Int?
    let reservedWords: Set<String>

    /// Whether a transaction that may write keeps all others from writing until it ends.
    public var hasOneWriter: Bool { !supportsRowLocks }

    /// SQLite 3.
    public static let sqlite = SQLDialect(
        name: "SQLite",
        namespace: nil,
        placeholder: .questionMark,
        uuidStorage: .hexadecimalText,
        timespanStorage: .columns,
        keyGeneration: .rowIdentifier,
        tupleLists: .values,
        emptyMembership: "IN ()",
        checksStringLengths: true,
        failureEndsTransaction: false,
        supportsArrays: false,
        supportsRowLocks: false,
        maximumBindings: 32766,
        maximumNameLength: nil,
        reservedWords: ReservedWords.sqlite
    )

    /// PostgreSQL, with all tables in one schema.
    ///
    /// - Parameter namespace: The schema, or nil to leave tables unqualified.
    /// - Returns: The dialect.
    public static func postgreSQL(namespace: String?) -> SQLDialect {
        SQLDialect(
            name: "PostgreSQL",
            namespace: namespace,
            placeholder: .numbered,
            uuidStorage: .native,
            timespanStorage: .range,
            keyGeneration: .sequence,
            tupleLists: .tuples,
            emptyMembership: "= ANY('{}')",
            checksStringLengths: false,
            failureEndsTransaction: true,
            supportsArrays: true,
            supportsRowLocks: true,
            maximumBindings: 65535,
            maximumNameLength: 63,
            reservedWords: ReservedWords.postgreSQL
        )
    }

    /// The identifier in double quotes if it is reserved, or is not all of lower-case letters, digits, `_` and `$`.
    ///
    /// These are the rules by which the reference's schema was written, so that table definitions come out equal.
    public func quoted(_ name: String) -> String {
        isPlain(name) && !reservedWords.contains(name) ? name : "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// The quoted identifier with the quoted namespace before it.
    public func qualified(_ name: String) -> String {
        guard let namespace else { return quoted(name) }
        return quoted(namespace) + "." + quoted(name)
    }

    /// The name, shrunk if it is longer than the database allows.
    public func shortened(_ name: String) -> String {
        guard let maximumNameLength else { return name }
        return NameShrinker(maximumLength: maximumNameLength).shrink(name)
    }

    private func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first), first != UInt8(ascii: "$") else { return false }
        return name.utf8.allSatisfy { byte in
            isDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

internal import Databases
internal import Foundation

/// One connection parameter of libpq, such as `host` or `sslmode`.
public struct ConnectionParameter: Sendable, Hashable {
    /// The keyword, from section 34.1.2 of PostgreSQL's manual.
    public let keyword: String
    /// The value.
    public let value: String

    /// Creates a parameter.
    public init(_ keyword: String, _ value: String) {
        self.keyword = keyword
        self.value = value
    }
}

/// What all sessions of a database have in common.
struct SessionSettings: Sendable {
    let parameters: [ConnectionParameter]
    /// Name of the database for messages.
    let name: String
    var dialect: SQLDialect
    let locks: LockWaiting
    /// Longest wait for a lock.
    let lockTimeout: Duration
    /// Whether sessions change their connection from one transaction to the next, as behind a transaction pooler.
    var isPooled: Bool
    /// Whether temporary tables can be made: not on a standby, nor where the configuration forbids them.
    var allowsTemporaryTables: Bool
    let observer: (any StatementObserver)?

    /// What the server's list of sessions says of this process, so that those who wait for it can tell who it is; the
    /// server cuts it at 63 bytes.
    static let applicationName =
        "steward \(ProcessInfo.processInfo.processIdentifier)@" + LockTimeout.host.prefix(40)

    /// Statements that make a new connection ready.
    ///
    /// Sessions refuse to write unless a transaction asks for it; times without zone are universal.
    var preparation: String {
        "SET default_transaction_read_only = on; SET TIME ZONE 0; SET lock_timeout = \(milliseconds)"
    }

    /// The beginning of a transaction that writes, with the question for its number.
    var writeBegin: [String] { ["BEGIN READ WRITE"] + transactionSettings + [Self.transactionNumber] }

    /// Asks for the number of the transaction, by which the server knows later whether it was committed.
    static let transactionNumber = "SELECT txid_current()"

    /// The beginning of a transaction that sees one state.
    ///
    /// It can make temporary tables only if it may write; a savepoint takes that right away until it is needed.
    var snapshotBegin: [String] {
        allowsTemporaryTables
            ? ["BEGIN ISOLATION LEVEL REPEATABLE READ, READ WRITE"] + transactionSettings + Self.readOnlySavepoint
            : ["BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"] + transactionSettings
    }

    /// Makes the rest of a transaction read-only, until the savepoint is released.
    static let readOnlySavepoint = ["SAVEPOINT steward_read", "SET TRANSACTION READ ONLY"]

    private var transactionSettings: [String] {
        isPooled ? ["SET LOCAL TIME ZONE 0", "SET LOCAL lock_timeout = \(milliseconds)"] : []
    }

    private var milliseconds: Int {
        let (seconds, attoseconds) = lockTimeout.components
        let total = Double(seconds) * 1000 + Double(attoseconds) / 1e15
        return max(1, Int(min(total, 2e9)))
    }
}

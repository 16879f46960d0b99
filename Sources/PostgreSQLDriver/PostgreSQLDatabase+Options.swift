public import Databases
internal import StewardCore

extension PostgreSQLDatabase {
    /// Settings of the connections.
    public struct Options: Sendable {
        /// How long connections wait for locks, and tasks for connections, and who hears of waits for locks.
        public var locks: LockWaiting
        /// Most connections at a time; nil takes `STEWARD_DATABASE_CONNECTIONS`, or 8.
        public var connectionLimit: Int?
        /// Whether a transaction pooler such as PgBouncer stands before the server, so that nothing may be kept from one
        /// transaction to the next; nil takes `STEWARD_DATABASE_POOLER`, or looks whether any pooler is there.
        public var isPooled: Bool?
        /// Whether temporary tables may be made.
        public var allowsTemporaryTables = true
        /// Is told of every statement.
        public var observer: (any StatementObserver)?

        /// The default settings.
        public init(locks: LockWaiting = LockWaiting(), observer: (any StatementObserver)? = nil) {
            self.locks = locks
            self.observer = observer
        }
    }
}

extension PostgreSQLDatabase.Options {
    func resolvedConnectionLimit(_ environment: [String: String]) throws(ButlerError) -> Int {
        if let connectionLimit { return connectionLimit }
        guard let text = environment["STEWARD_DATABASE_CONNECTIONS"] else { return 8 }
        guard let limit = Int(text), (1...1000).contains(limit) else {
            throw Self.malformed("STEWARD_DATABASE_CONNECTIONS", text, "a number from 1 to 1000")
        }
        return limit
    }

    /// Whether there is a transaction pooler; nil if that is to be found out.
    func resolvedPooling(_ environment: [String: String]) throws(ButlerError) -> Bool? {
        if let isPooled { return isPooled }
        switch environment["STEWARD_DATABASE_POOLER"] {
        case nil, "": return nil
        case "none", "session": return false
        case "transaction": return true
        case .some(let text):
            throw Self.malformed("STEWARD_DATABASE_POOLER", text, "\"none\", \"session\" or \"transaction\"")
        }
    }

    private static func malformed(_ name: String, _ text: String, _ wanted: String) -> ButlerError {
        ButlerError(
            .configuration,
            "The environment variable \(name) is \"\(text)\".",
            remedy: "Set it to \(wanted), or unset it."
        )
    }
}

/// How long connections wait for locks, and who hears of it.
public struct LockWaiting: Sendable {
    /// Longest wait for a lock; nil takes the environment's `STEWARD_LOCK_TIMEOUT` in seconds, or 300 s.
    public var timeout: Duration?
    /// How long a wait is silent; it is then reported, and again whenever it has become twice as long.
    public var patience: Duration
    /// Is told of waits, on any thread; must not block.
    public var report: (@Sendable (LockWaitReport) -> Void)?

    /// Creates settings.
    public init(
        timeout: Duration? = nil,
        patience: Duration = .seconds(2),
        report: (@Sendable (LockWaitReport) -> Void)? = nil
    ) {
        self.timeout = timeout
        self.patience = patience
        self.report = report
    }
}

/// A wait for a lock, or for a connection of the server, that goes on.
public struct LockWaitReport: Sendable, Hashable, CustomStringConvertible {
    /// What is waited for.
    public enum Wanted: Sendable, Hashable {
        /// The right to write.
        case writeLock
        /// A connection of a server that has none left.
        case connection
    }

    /// What is waited for.
    public let wanted: Wanted
    /// The database's path or address, without password.
    public let database: String
    /// Who holds the lock, such as `process 4711 (python3) on host a`; nil if that cannot be found out.
    public let holders: String?
    /// How long the wait has taken.
    public let waited: Duration
    /// How long it will take at most.
    public let timeout: Duration

    /// Creates a report.
    public init(
        _ wanted: Wanted = .writeLock,
        database: String,
        holders: String?,
        waited: Duration,
        timeout: Duration
    ) {
        self.wanted = wanted
        self.database = database
        self.holders = holders
        self.waited = waited
        self.timeout = timeout
    }

    /// The report as a sentence.
    public var description: String {
        let holder = holders.map { "held by \($0)" } ?? "whose holder is not known"
        let what =
            switch wanted {
            case .writeLock: "the write lock \(holder)"
            case .connection: "a connection, since the server has none left"
            }
        return
            "Waiting for \(what), for \(Self.seconds(waited)) s of at most \(Self.seconds(timeout)) s: "
            + "database \(database)."
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .milliseconds(100)).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}

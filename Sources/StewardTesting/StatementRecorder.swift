public import Databases
internal import Synchronization

/// Records the statements that a database runs, so that tests can count them.
public final class StatementRecorder: StatementObserver {
    private let recorded = Mutex<[ObservedStatement]>([])

    /// Creates an empty record.
    public init() {}

    /// Adds a statement.
    public func willRun(_ statement: ObservedStatement) {
        recorded.withLock { $0.append(statement) }
    }

    /// All statements in their order.
    public var statements: [ObservedStatement] { recorded.withLock { $0 } }

    /// The texts of all statements in their order.
    public var texts: [String] { statements.map(\.text) }

    /// How many statements ran.
    public var count: Int { recorded.withLock { $0.count } }

    /// Forgets all statements.
    public func reset() {
        recorded.withLock { $0 = [] }
    }
}

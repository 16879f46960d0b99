internal import CPostgreSQL
internal import Databases
internal import StewardCore

/// One session of a PostgreSQL server, lent to bodies of reads and writes.
///
/// Used only by the actor of its ``PostgreSQLSession``. The connection beneath it is opened when it is needed. One that
/// broke is opened again, and its statement repeated, only where nothing can be lost by that: outside of a transaction,
/// where all statements are reads.
final class PostgreSQLConnection: Connection {
    /// What the body that has the connection may do.
    enum Access {
        /// Queries, each by itself.
        case latest
        /// Queries in one transaction that sees one state.
        case snapshot
        /// Everything, in one transaction.
        case write
    }

    var settings: SessionSettings
    let canceller: StatementCanceller
    private(set) var watch: LockWatch
    var link: ServerLink?
    var access = Access.latest
    /// Statements about the transaction that go to the server together with the next statement.
    var pending: [String] = []
    /// Whether the transaction has not begun on the server.
    var isBeginPending: Bool { pending.first?.hasPrefix("BEGIN") ?? false }
    var savepointDepth = 0
    /// What is done before the transaction's commit is sent.
    var lastSteps: [() throws -> Void] = []
    var temporaryTables: [String] = []
    /// Whether the user may insert without triggers; nil before it was asked.
    var skipsTriggers: Bool?
    /// The query whose rows are still coming.
    var openReader: RowReader?

    init(_ settings: SessionSettings, _ canceller: StatementCanceller) {
        self.settings = settings
        self.canceller = canceller
        watch = LockWatch(settings)
    }

    var dialect: SQLDialect { settings.dialect }

    var isWriteable: Bool { access == .write }

    func checkCancellation() throws {
        try Task.checkCancellation()
    }

    // MARK: The connection beneath

    /// The connection, opened if there is none; within a transaction the one that began it.
    func currentLink() throws -> ServerLink {
        if let link, !link.isLost { return link }
        guard hasNothingToLose else { throw lostTransaction("") }
        let opened = try openedLink()
        link = opened
        if access == .write { watch.begin(PQbackendPID(opened.pointer)) }
        return opened
    }

    /// Takes the final settings, on a connection that was opened before they were known.
    func adopt(_ complete: SessionSettings) throws {
        let mustPrepare = settings.isPooled && !complete.isPooled
        settings = complete
        watch = LockWatch(complete)
        guard mustPrepare else { return }
        try translating { try onLink { link, _ in try link.run(complete.preparation) } }
    }

    /// Closes the connection; the next use opens another.
    func disconnect() {
        openReader = nil
        link = nil
    }

    /// Leaves the session as the next user expects it.
    func finishWork() {
        let wasCancelled = canceller.end()
        guard let link else { return }
        // A cancellation that comes late must not hit the next user's statement.
        if wasCancelled { _ = try? link.run("SELECT 1") }
        do {
            guard !link.isLost, link.transactionStatus == PQTRANS_IDLE else { return disconnect() }
            try link.dropEvictedStatements()
        } catch {
            disconnect()
        }
    }

    // MARK: Running statements

    /// Renders a statement without slots.
    func rendered(_ sql: SQL) throws -> RenderedSQL {
        let rendered = sql.rendered(for: dialect)
        guard rendered.slotCount == 0 else {
            throw ButlerError(
                .invalidArgument,
                "A statement with \(rendered.slotCount) slots was run without rows.",
                remedy: "Run it as a batch.",
                context: [.init("SQL", rendered.text)]
            )
        }
        return rendered
    }

    /// Fails if the task is cancelled or the transaction of the body was undone by an earlier failure; makes way for the
    /// next statement.
    func makeReady() throws {
        try Task.checkCancellation()
        if access != .latest, !isBeginPending, let link, !link.isLost,
            [PQTRANS_INERROR, PQTRANS_IDLE].contains(link.transactionStatus)
        {
            throw ButlerError(
                .database,
                ServerFailure.undoneSentence,
                remedy: ServerFailure.undoneRemedy,
                context: [.init("database", settings.name)]
            )
        }
        try translating { try openReader?.bufferRest() }
    }

    /// Calls a function with the connection and what must go before the next statement; repeats it on a new connection
    /// where nothing can be lost by that.
    @discardableResult
    func onLink<Result>(_ body: (ServerLink, inout [String]) throws -> Result) throws -> Result {
        do {
            return try body(try currentLink(), &pending)
        } catch let broken as ServerLink.Broken
            where broken.failure.isConnectionLost && hasNothingToLose && !Task.isCancelled
        {
            disconnect()
            return try body(try currentLink(), &pending)
        }
    }

    /// Whether a new connection would do as well: no transaction has begun, or nothing has run in it.
    private var hasNothingToLose: Bool { (access == .latest || isBeginPending) && temporaryTables.isEmpty }

    /// Puts failures of the server into Steward's terms.
    @discardableResult
    func translating<Result>(_ activity: String? = nil, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let broken as ServerLink.Broken {
            throw report(broken.failure, activity ?? (access == .write ? "write" : "read"))
        }
    }

    /// A failure of the server in Steward's terms.
    func report(_ failure: ServerFailure, _ activity: String) -> any Error {
        if failure.state == "57014", Task.isCancelled { return CancellationError() }
        if failure.isConnectionLost, access != .latest { return lostTransaction(failure.message) }
        let error = failure.butlerError(settings.name, activity)
        guard failure.state == "55P03", let holders = watch.holders else { return error }
        return error.adding("held by", holders)
    }

    func lostTransaction(_ message: String) -> ButlerError {
        ButlerError(
            .connection,
            "The connection to the database \(settings.name) broke within a transaction, which is undone as a whole.",
            remedy: access == .write ? "Nothing was stored: repeat all of it." : "Repeat the query.",
            context: message.isEmpty ? [] : [.init("PostgreSQL", message)]
        )
    }

    /// Tells the observer of a statement.
    func observe(_ text: String, rowCount: Int = 1) {
        settings.observer?.willRun(ObservedStatement(text: text, rowCount: rowCount))
    }
}

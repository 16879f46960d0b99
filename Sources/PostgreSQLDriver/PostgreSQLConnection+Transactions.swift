internal import CPostgreSQL
internal import Databases
internal import StewardCore

extension PostgreSQLConnection {
    /// Runs the body of a read.
    func read<Result>(_ consistency: ReadConsistency, _ body: (any Connection) throws -> Result) throws -> Result {
        try Task.checkCancellation()
        guard consistency == .snapshot || settings.isPooled else {
            defer { dropTemporaryTables() }
            return try body(self)
        }
        begin(settings.snapshotBegin, .snapshot)
        defer { rollback() }
        return try body(self)
    }

    /// Runs the body of a write: commits when it returns, undoes everything when it throws.
    func write<Result>(_ body: (any Connection) throws -> Result) throws -> Result {
        try Task.checkCancellation()
        begin(settings.writeBegin, .write)
        if let link { watch.begin(PQbackendPID(link.pointer)) }
        defer {
            watch.end()
            lastSteps = []
        }
        do {
            let result = try body(self)
            try dropTemporaryTablesBeforeCommit()
            try makeReady()
            for step in lastSteps { try step() }
            try commit()
            return result
        } catch {
            rollback()
            throw error
        }
    }

    func beforeCommit(_ body: @escaping () throws -> Void) {
        lastSteps.append(body)
    }

    func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try makeReady()
        guard access != .latest else {
            throw ButlerError(
                .invalidArgument,
                "A savepoint needs a transaction.",
                remedy: "Use it in a write, or in a read of a snapshot."
            )
        }
        savepointDepth += 1
        let name = "s\(savepointDepth)"
        let beginning = "SAVEPOINT " + name
        defer { savepointDepth -= 1 }
        observe(beginning)
        pending.append(beginning)
        do {
            let result = try body()
            try makeReady()
            observe("RELEASE SAVEPOINT " + name)
            if pending.last == beginning {
                pending.removeLast()
            } else {
                pending.append("RELEASE SAVEPOINT " + name)
            }
            return result
        } catch {
            openReader?.abandon()
            undo(to: name, beginning)
            throw error
        }
    }

    /// Undoes what ran since a savepoint, which may not have reached the server.
    private func undo(to name: String, _ beginning: String) {
        if let unsent = pending.lastIndex(of: beginning) {
            pending.removeSubrange(unsent...)
            return
        }
        pending = []
        guard let link, !link.isLost, link.transactionStatus != PQTRANS_IDLE else { return }
        observe("ROLLBACK TO " + name)
        _ = try? link.run("ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)")
    }

    /// Begins a transaction, on the server with its first statement.
    private func begin(_ statements: [String], _ access: Access) {
        observe("BEGIN")
        pending = statements
        self.access = access
    }

    private func commit() throws {
        observe("COMMIT")
        guard !isBeginPending else { return reset() }
        guard let link else { throw lostTransaction("") }
        pending = []
        do {
            let command = try link.run("COMMIT").command
            guard command == "COMMIT" else {
                throw ButlerError(.database, ServerFailure.undoneSentence, remedy: ServerFailure.undoneRemedy)
            }
            reset()
        } catch let broken as ServerLink.Broken {
            guard broken.failure.isConnectionLost else {
                throw report(broken.failure, "commit")
            }
            throw ButlerError(
                .connection,
                "The connection to the database \(settings.name) broke during the commit: whether it happened is unknown.",
                remedy: "Look whether the changes are stored before you repeat them.",
                context: [.init("PostgreSQL", broken.failure.message)]
            )
        }
    }

    /// Ends the transaction without keeping anything; a connection that cannot do that is given up.
    private func rollback() {
        openReader?.abandon()
        if let link, !link.isLost, link.transactionStatus != PQTRANS_IDLE {
            observe("ROLLBACK")
            _ = try? link.run("ROLLBACK")
        }
        reset()
    }

    private func reset() {
        access = .latest
        pending = []
        savepointDepth = 0
        temporaryTables = []
    }

    private func dropTemporaryTablesBeforeCommit() throws {
        while let name = temporaryTables.popLast() {
            try execute("DROP TABLE IF EXISTS pg_temp.\(id: name)")
        }
    }

    /// Drops what a read without transaction made; a connection that cannot do that is given up.
    private func dropTemporaryTables() {
        openReader?.abandon()
        guard !temporaryTables.isEmpty else { return }
        let names = temporaryTables.map { "pg_temp." + dialect.quoted($0) }.joined(separator: ", ")
        temporaryTables = []
        guard let link, (try? link.run("BEGIN READ WRITE; DROP TABLE \(names); COMMIT")) != nil else {
            return disconnect()
        }
    }
}

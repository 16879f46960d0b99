internal import Databases
internal import GRDBSQLite
internal import StewardCore

extension SQLiteConnection {
    /// Runs the body of a read.
    func read<Result>(
        _ consistency: ReadConsistency,
        _ body: (any Connection) throws -> Result
    ) throws -> Result {
        resetLockWait()
        defer { access = .latest }
        switch consistency {
        case .latest:
            defer { try? dropTemporaryTables() }
            return try body(self)
        case .snapshot:
            try control("BEGIN")
            access = .snapshot
            defer {
                rollback()
                temporaryTables = []
            }
            return try body(self)
        }
    }

    /// Runs the body of a write: commits when it returns, undoes everything when it throws.
    func write<Result>(_ body: (any Connection) throws -> Result) throws -> Result {
        resetLockWait()
        prepareJournal()
        try control("BEGIN IMMEDIATE")
        return try transaction(body)
    }

    /// Runs the body of a write if the lock can be had without waiting; nil otherwise.
    func writeAtOnce<Result>(_ body: (any Connection) throws -> Result) throws -> Result? {
        resetLockWait()
        prepareJournal()
        do {
            try lockWait.refusing { try control("BEGIN IMMEDIATE") }
        } catch let error as ButlerError where error.code == .databaseBusy {
            return nil
        }
        return try transaction(body)
    }

    /// Runs the body of a write that has begun.
    private func transaction<Result>(_ body: (any Connection) throws -> Result) throws -> Result {
        access = .write
        noteChangesByOthers()
        defer {
            access = .latest
            savepointDepth = 0
            temporaryTables = []
            lastSteps = []
        }
        do {
            let result = try body(self)
            try dropTemporaryTables()
            try checkState()
            resetLockWait()
            try commit()
            settled.version = fileVersion
            return result
        } catch {
            settled.version = nil
            rollback()
            throw error
        }
    }

    func savepoint<Result>(_ body: () throws -> Result) throws -> Result {
        try checkState()
        guard access != .latest else {
            throw ButlerError(
                .invalidArgument,
                "A savepoint needs a transaction.",
                remedy: "Use it in a write, or in a read of a snapshot."
            )
        }
        savepointDepth += 1
        let name = "s\(savepointDepth)"
        defer { savepointDepth -= 1 }
        try control("SAVEPOINT " + name)
        do {
            let result = try body()
            try checkState()
            try control("RELEASE " + name)
            return result
        } catch {
            settled.changes += 1
            if sqlite3_get_autocommit(handle) == 0 {
                try? control("ROLLBACK TO " + name)
                try? control("RELEASE " + name)
            }
            throw error
        }
    }

    /// Runs a statement that controls transactions, whether or not the task is cancelled.
    func control(_ text: String) throws {
        try withStatement(text) { statement in
            while try step(statement) {}
        }
    }

    /// Ends the transaction, if the failure has not done so already.
    ///
    /// A cancellation may interrupt the statement that undoes, hence the repetition.
    private func rollback() {
        for _ in 0..<3 where sqlite3_get_autocommit(handle) == 0 {
            try? control("ROLLBACK")
        }
    }

    private func dropTemporaryTables() throws {
        while let name = temporaryTables.popLast() {
            try withStatement("DROP TABLE IF EXISTS temp." + dialect.quoted(name)) { statement in
                while try step(statement) {}
            }
        }
    }
}

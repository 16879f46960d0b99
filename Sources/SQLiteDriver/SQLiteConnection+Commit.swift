internal import CSQLiteConfig
internal import Databases
internal import GRDBSQLite

extension SQLiteConnection {
    func beforeCommit(_ body: @escaping () throws -> Void) {
        lastSteps.append(body)
    }

    /// Commits, with the last steps taken once the database file is on disk and the journal still undoes everything.
    ///
    /// With a journal that is kept, the disk works for SQLite while it works for them; in any other mode, where the
    /// moment is not known, they are taken first.
    func commit() throws {
        guard !lastSteps.isEmpty else { return try control("COMMIT") }
        let steps = LastSteps(lastSteps)
        var gate = steward_sqlite_gate(
            body: { LastSteps.take($0) },
            context: Unmanaged.passUnretained(steps).toOpaque(),
            passed: 0
        )
        try withExtendedLifetime(steps) {
            try withUnsafeMutablePointer(to: &gate) { gate in
                let isSet = journal == .kept && steward_sqlite_set_gate(handle, gate) == SQLITE_OK
                defer { if isSet { steward_sqlite_set_gate(handle, nil) } }
                if !isSet { try steps.take() }
                do {
                    try control("COMMIT")
                } catch {
                    throw steps.failure ?? error
                }
                if isSet, gate.pointee.passed == 0 { try steps.take() }
            }
        }
    }
}

/// The last steps of a transaction, as C calls them.
private final class LastSteps {
    private let bodies: [() throws -> Void]
    /// What made them stop.
    private(set) var failure: (any Error)?

    init(_ bodies: [() throws -> Void]) {
        self.bodies = bodies
    }

    func take() throws {
        for body in bodies { try body() }
    }

    /// Takes the steps; 0 if that succeeds.
    static func take(_ context: UnsafeMutableRawPointer?) -> Int32 {
        guard let context else { return 1 }
        let steps = Unmanaged<LastSteps>.fromOpaque(context).takeUnretainedValue()
        do {
            try steps.take()
            return 0
        } catch {
            steps.failure = error
            return 1
        }
    }
}

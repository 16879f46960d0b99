internal import Databases
internal import Foundation
internal import StewardCore

extension PostgreSQLConnection {
    /// Opens a connection; one that the server has to spare only later is waited for as long as a lock.
    ///
    /// - Throws: `ButlerError`: `.databaseBusy` if the server had no connection left for all that time, `.connection` if it
    ///   cannot be reached, `.configuration` for malformed parameters; `CancellationError`.
    func openedLink() throws -> ServerLink {
        let start = ContinuousClock.now
        var (pause, nextReport) = (Duration.milliseconds(20), settings.locks.patience)
        while true {
            do {
                return try ready(try ServerLink(settings.parameters, canceller))
            } catch {
                let waited = ContinuousClock.now - start
                guard error.failure.isShortage, waited < settings.lockTimeout else { throw refusal(error.failure) }
                if waited >= nextReport {
                    report(waited)
                    nextReport = waited * 2
                }
            }
            try Task.checkCancellation()
            Thread.sleep(forTimeInterval: pause / .seconds(1) * Double.random(in: 0.5...1))
            pause = min(pause * 2, .seconds(1))
        }
    }

    /// Opens the connection if there is none, unless the server has none to spare; other failures show when it is used.
    func opensAtOnce() -> Bool {
        guard link == nil else { return true }
        do {
            link = try ready(try ServerLink(settings.parameters, canceller))
            return true
        } catch {
            return !error.failure.isShortage
        }
    }

    private func ready(_ link: ServerLink) throws(ServerLink.Broken) -> ServerLink {
        if !settings.isPooled { try link.run(settings.preparation) }
        return link
    }

    private func report(_ waited: Duration) {
        settings.locks.report?(
            LockWaitReport(
                .connection,
                database: settings.name,
                holders: nil,
                waited: waited,
                timeout: settings.lockTimeout
            )
        )
    }

    /// Why no connection could be made.
    private func refusal(_ failure: ServerFailure) -> ButlerError {
        let message = failure.message
        if failure.isShortage { return ServerFailure.shortage(of: settings.name, message) }
        let isMalformed = message.contains("invalid connection option") || message.contains("invalid sslmode")
        return ButlerError(
            isMalformed ? .configuration : .connection,
            "The database \(settings.name) cannot be reached: \(message).",
            remedy: isMalformed ? "Correct the parameters of \"registry.db\"." : Self.remedy(for: message)
        )
    }

    /// What to do where no connection could be made.
    private static func remedy(for message: String) -> String {
        if message.contains("certificate") {
            return """
                Check that "sslrootcert" in "registry.db" names the authority that signed the server's certificate, and \
                that the address is the name in it.
                """
        }
        if message.contains("SSL") || message.contains("no encryption") {
            return "Check \"sslmode\" in \"registry.db\": the server may demand encryption, or have none."
        }
        return """
            Check that the server is up, the address in "registry.db", and the credentials in db-auth.yaml, .pgpass or \
            PGPASSWORD.
            """
    }
}

internal import Databases
internal import Foundation
internal import StewardCore

extension PostgreSQLConnection {
    /// How long is tried to find out what became of a transaction, in seconds; not longer than for a lock.
    private var inquiryTime: Double { min(20, max(1, settings.lockTimeout / .seconds(1))) }
    /// After this time a session that nobody listens to any more is ended, if it still has the transaction open.
    private static let patience = 1.0

    /// Finds out whether a transaction was committed while the connection broke; returns if it was.
    ///
    /// The server is asked on a new connection, by the number of the transaction, which it told when that began.
    ///
    /// - Parameters:
    ///   - link: The broken connection.
    ///   - message: What broke.
    /// - Throws: `ButlerError` with `.connection` if it was undone; with ``Databases/UnknownOutcome`` as its cause if that
    ///   could not be found out.
    func findOutcome(of link: ServerLink, _ message: String) throws {
        if let number = link.transactionNumber {
            let start = Date()
            while -start.timeIntervalSinceNow < inquiryTime {
                switch status(of: number, ending: -start.timeIntervalSinceNow > Self.patience) {
                case "committed": return disconnect()
                case "aborted": throw lostTransaction(message)
                case "in progress", nil: Thread.sleep(forTimeInterval: 0.1)
                default: throw unknownOutcome(message)
                }
            }
        }
        throw unknownOutcome(message)
    }

    /// What the server says of a transaction; nil if it cannot be asked now, the empty text if it does not know.
    private func status(of number: Int64, ending: Bool) -> String? {
        guard let link = try? ServerLink(settings.parameters, StatementCanceller()) else { return nil }
        do {
            let texts = try link.run("SELECT txid_status(\(number))").firstRowTexts
            let status = (texts.first ?? nil) ?? ""
            if status == "in progress", ending {
                // No other session has this transaction, so none but the one that was lost can be hit.
                let process = "backend_xid = '\(number & 0xFFFF_FFFF)'::xid"
                try link.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(process)")
            }
            return status
        } catch {
            return error.failure.isConnectionLost ? nil : ""
        }
    }

    private func unknownOutcome(_ message: String) -> ButlerError {
        ButlerError(
            .connection,
            "The connection to the database \(settings.name) broke during the commit: whether it happened is unknown.",
            remedy: """
                When the server is reached again, look whether the changes are stored before you repeat them; \
                "steward check-repo" tells of files that are not.
                """,
            context: message.isEmpty ? [] : [.init("PostgreSQL", message)],
            cause: UnknownOutcome(message)
        )
    }
}

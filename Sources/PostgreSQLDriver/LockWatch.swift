internal import CPostgreSQL
internal import Databases
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Looks now and then whether the transaction of a session waits for a lock, and who holds it.
///
/// The session itself is blocked in that time, so it asks on a connection of its own, which is opened for the question.
final class LockWatch: Sendable {
    private struct State {
        /// The server's process of the session, while a transaction that writes runs.
        var process: Int32?
        /// Counts the transactions.
        var number = 0
        var isScheduled = false
        var holders: String?
    }

    private let settings: SessionSettings
    private let state = Mutex(State())

    init(_ settings: SessionSettings) {
        self.settings = settings
    }

    /// Who held the lock that the running transaction waited for last, as far as is known.
    var holders: String? { state.withLock { $0.holders } }

    /// How long a look is put off at most, so that a wait that ends in an error has been looked at.
    private var longestDelay: Duration { max(settings.lockTimeout / 2, .milliseconds(500)) }

    /// How long the first look is put off.
    private var patience: Duration { min(max(settings.locks.patience, .milliseconds(20)), longestDelay) }

    /// Begins to look after a transaction; nothing is asked unless it lasts.
    func begin(_ process: Int32) {
        guard !settings.isPooled else { return }
        let (number, mustSchedule) = state.withLock { state in
            state.process = process
            state.holders = nil
            state.number += 1
            defer { state.isScheduled = true }
            return (state.number, !state.isScheduled)
        }
        if mustSchedule { schedule(patience, number) }
    }

    /// The transaction is over.
    func end() {
        state.withLock { $0.process = nil }
    }

    private func schedule(_ delay: Duration, _ number: Int) {
        let nanoseconds = Int((delay / .nanoseconds(1)).rounded())
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { [weak self] in
            self?.look(number, delay)
        }
    }

    private func look(_ number: Int, _ delay: Duration) {
        let (process, current) = state.withLock { state in
            if state.process == nil { state.isScheduled = false }
            return (state.process, state.number)
        }
        guard let process else { return }
        // One that began meanwhile has not lasted yet.
        guard number == current else { return schedule(patience, current) }
        if let (holders, waited) = blockers(of: process) {
            let isSame = state.withLock { state in
                guard state.number == number, state.process != nil else { return false }
                state.holders = holders
                return true
            }
            if isSame {
                let (name, timeout) = (settings.name, settings.lockTimeout)
                settings.locks.report?(
                    LockWaitReport(database: name, holders: holders, waited: waited, timeout: timeout)
                )
            }
        }
        schedule(min(delay * 2, longestDelay), number)
    }

    /// Who keeps a process of the server waiting, and for how long its statement has run; nil if nobody does.
    private func blockers(of process: Int32) -> (String, Duration)? {
        let sql = """
            SELECT string_agg(DISTINCT a.pid || '|' || coalesce(a.application_name, '') || '|' \
            || coalesce(a.client_hostname, host(a.client_addr), ''), chr(10)), \
            (extract(epoch FROM max(clock_timestamp() - w.query_start)) * 1000)::bigint \
            FROM pg_stat_activity AS w JOIN pg_stat_activity AS a ON a.pid = ANY (pg_blocking_pids(w.pid)) \
            WHERE w.pid = \(process)
            """
        guard let link = try? ServerLink(settings.parameters, StatementCanceller()),
            let texts = try? link.run(sql).firstRowTexts, texts.count == 2, let rows = texts[0]
        else { return nil }
        let holders = rows.split(separator: "\n").map { Self.holder(String($0)) }
        return (holders.joined(separator: ", "), .milliseconds(texts[1].flatMap { Int($0) } ?? 0))
    }

    /// A session in words: the program behind it where it is Steward, else what the server knows of it.
    private static func holder(_ row: String) -> String {
        let fields = row.split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { return row }
        let name = fields[1]
        if name.hasPrefix("steward "), let at = name.firstIndex(of: "@") {
            return
                "process \(name[..<at].dropFirst("steward ".count)) (steward) on host \(name[name.index(after: at)...])"
        }
        let program = name.isEmpty ? "" : " (\(name))"
        return "the server's process \(fields[0])\(program)" + (fields[2].isEmpty ? "" : " for host \(fields[2])")
    }
}

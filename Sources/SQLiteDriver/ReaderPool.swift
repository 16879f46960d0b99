internal import Databases
internal import Foundation
internal import StewardCore
internal import Synchronization

/// Read-only connections to one file, opened when a read finds no idle one.
final class ReaderPool: Sendable {
    private struct State {
        var channels: [SQLiteChannel] = []
        /// Reads that run on, or wait for, each channel.
        var loads: [Int] = []
        /// Channels being opened.
        var openingCount = 0
    }

    private let limit: Int
    private let makeChannel: @Sendable () throws -> SQLiteChannel
    private let state = Mutex(State())

    /// Creates an empty pool.
    ///
    /// - Parameters:
    ///   - limit: Most connections; reads beyond share them.
    ///   - makeChannel: Opens a connection; may block.
    init(limit: Int, makeChannel: @escaping @Sendable () throws -> SQLiteChannel) {
        self.limit = max(1, limit)
        self.makeChannel = makeChannel
    }

    /// Lends the least busy connection to a function.
    func lend<Result: Sendable>(_ body: @Sendable (SQLiteConnection) throws -> Result) async throws -> Result {
        let (index, channel) = try await acquire()
        defer { state.withLock { $0.loads[index] -= 1 } }
        return try await channel.lend(body)
    }

    /// Lends an idle connection to a function that runs on the calling thread; nil if none is idle.
    func lendIdle<Result>(_ body: (SQLiteConnection) throws -> Result) throws -> Result? {
        let idle = state.withLock { state -> (Int, SQLiteChannel)? in
            guard let index = state.loads.firstIndex(of: 0) else { return nil }
            state.loads[index] = 1
            return (index, state.channels[index])
        }
        guard let (index, channel) = idle else { return nil }
        defer { state.withLock { $0.loads[index] -= 1 } }
        return try channel.lendInPlace(body)
    }

    /// Opens the first connection, to find out whether the file can be read.
    func open() async throws {
        let (index, _) = try await acquire()
        state.withLock { $0.loads[index] -= 1 }
    }

    /// Takes all connections out of the pool.
    func removeAll() -> [SQLiteChannel] {
        state.withLock { $0.channels }
    }

    private func acquire() async throws -> (Int, SQLiteChannel) {
        if let found = state.withLock({ reserve(&$0) }) { return found }
        do {
            let channel = try await offPool(makeChannel)
            return state.withLock { state in
                state.openingCount -= 1
                state.channels.append(channel)
                state.loads.append(1)
                return (state.channels.count - 1, channel)
            }
        } catch {
            state.withLock { $0.openingCount -= 1 }
            throw error
        }
    }

    /// An idle channel, or the least busy one if no more may be opened; nil if one is to be opened.
    private func reserve(_ state: inout State) -> (Int, SQLiteChannel)? {
        let mayOpen = state.channels.count + state.openingCount < limit
        let best = state.loads.indices.min { state.loads[$0] < state.loads[$1] }
        guard let best, state.loads[best] == 0 || !mayOpen else {
            state.openingCount += 1
            return nil
        }
        state.loads[best] += 1
        return (best, state.channels[best])
    }
}

/// Runs a blocking function on a thread of its own instead of the cooperative pool.
func offPool<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}

internal import Dispatch
internal import Resources
internal import Synchronization

extension FileDatastore {
    /// Most threads that handle files at once; more do not help a disk.
    private static let threadLimit = 4
    /// Files below this number are not worth a thread.
    private static let chunkLimit = 8

    /// Runs work for each index, in order of the results; stops soon after the first failure and throws that of the
    /// least index.
    func concurrently<Value: Sendable>(
        _ count: Int,
        isRemote: Bool = false,
        _ progress: (@Sendable (Int) -> Void)? = nil,
        _ work: @escaping @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        if isRemote {
            let done = Mutex(0)
            return try Cancellation.threads(count) { index in
                let value = try work(index)
                progress?(
                    done.withLock { done in
                        done += 1; return done
                    }
                )
                return value
            }
        }
        let chunks = max(1, min(FileDatastore.threadLimit, count / FileDatastore.chunkLimit))
        let shared = Mutex<Shared<Value>>(Shared(parts: Array(repeating: [], count: chunks)))
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
            var results: [Value] = []
            for index in count * chunk / chunks..<count * (chunk + 1) / chunks {
                guard shared.withLock({ $0.failure == nil }) else { return }
                do {
                    results.append(try work(index))
                } catch {
                    shared.withLock { $0.fail(index, error) }
                    return
                }
                let done = shared.withLock { $0.step() }
                progress?(done)
            }
            shared.withLock { $0.parts[chunk] = results }
        }
        return try shared.withLock { shared in
            if let failure = shared.failure { throw failure.error }
            return shared.parts.flatMap { $0 }
        }
    }
}

/// What the threads of one call share.
private struct Shared<Value: Sendable> {
    var parts: [[Value]]
    var failure: (index: Int, error: any Error)?
    private var done = 0

    init(parts: [[Value]]) {
        self.parts = parts
    }

    mutating func step() -> Int {
        done += 1
        return done
    }

    mutating func fail(_ index: Int, _ error: any Error) {
        if let failure, failure.index < index { return }
        failure = (index, error)
    }
}

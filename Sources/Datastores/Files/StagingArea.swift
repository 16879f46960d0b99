internal import Resources
internal import Synchronization

/// Files staged so far, which go if one of them fails.
final class StagingArea: Sendable {
    private let files = Mutex<[StagedFile]>([])

    func add(_ file: StagedFile) {
        files.withLock { $0.append(file) }
    }

    func discardingOnFailure<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch {
            for file in files.withLock({ $0 }) { file.discard() }
            throw error
        }
    }
}

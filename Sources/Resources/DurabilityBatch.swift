internal import Dispatch
import StewardCore
import Synchronization

/// Files that must be on disk before a transaction commits.
///
/// Writing and renaming do not wait for the disk; ``flush()`` waits once for all of them, and ``start()`` lets the disk
/// begin before that. Safe to use from several threads.
public final class DurabilityBatch: Sendable {
    /// Above this number of files one request for the whole file system is cheaper than one for each file.
    private static let individualLimit = 16

    private let paths = Mutex<[String]>([])
    private let started = Mutex<[Flush]>([])

    /// A wait for the disk that goes on beside other work.
    private final class Flush: Sendable {
        private let group = DispatchGroup()
        private let failure = Mutex<(any Error)?>(nil)

        init(_ body: @escaping @Sendable () throws -> Void) {
            DispatchQueue.global(qos: .userInitiated).async(group: group) { [self] in
                do {
                    try body()
                } catch {
                    failure.withLock { $0 = error }
                }
            }
        }

        func wait() throws {
            group.wait()
            if let error = failure.withLock({ $0 }) { throw error }
        }
    }

    /// Creates an empty batch.
    public init() {}

    /// Number of files that wait.
    public var count: Int { paths.withLock { $0.count } }

    /// Adds a file or link by its final path.
    public func add(_ path: String) {
        paths.withLock { $0.append(path) }
    }

    /// Lets the disk begin with the files added so far, while other work goes on; ``flush()`` must follow.
    public func start() {
        let waiting = take()
        guard !waiting.isEmpty else { return }
        let flush = Flush { try DurabilityBatch.flush(waiting) }
        started.withLock { $0.append(flush) }
    }

    /// Waits until all files and their names are on disk, and empties the batch.
    ///
    /// - Throws: ``ButlerError`` with `.diskFull`, `.fileNotFound` or `.fileAccess` if that fails.
    public func flush() throws {
        let running = started.withLock { started in
            defer { started = [] }
            return started
        }
        try DurabilityBatch.flush(take())
        for flush in running { try flush.wait() }
    }

    private func take() -> [String] {
        paths.withLock { paths in
            defer { paths = [] }
            return paths
        }
    }

    private static func flush(_ waiting: [String]) throws {
        guard !waiting.isEmpty else { return }
        let directories = Set(waiting.map { ResourcePath(localPath: $0).parent.path })
        if waiting.count > DurabilityBatch.individualLimit, try flushFileSystems(directories) { return }
        let places = waiting + directories.sorted()
        let failure = Mutex<(any Error)?>(nil)
        // The disk takes several requests at once for little more than one.
        if waiting.count == 1 {
            // Many file systems write the directory along with a new file, so that little is left to do for it.
            for (index, place) in places.enumerated() { try index < waiting.count ? syncFile(place) : sync(place) }
            return
        }
        DispatchQueue.concurrentPerform(iterations: places.count) { index in
            do {
                try index < waiting.count ? syncFile(places[index]) : sync(places[index])
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private static func syncFile(_ path: String) throws {
        guard let status = try FileStore.linkStatus(path) else {
            throw FileProblem.error(.notFound, "made durable", path)
        }
        if status.isRegular { try sync(path) }
    }

    private static func sync(_ path: String) throws {
        try FileProblem.naming("made durable", path) { () throws(SystemError) in
            try FileCalls.Descriptor(reading: path).sync()
        }
    }

    /// Waits for the whole file system of each directory; false where the system cannot.
    private static func flushFileSystems(_ directories: Set<String>) throws -> Bool {
        var done: Set<UInt64> = []
        for directory in directories {
            do throws(SystemError) {
                let file = try FileCalls.Descriptor(reading: directory)
                guard done.insert(try file.status().device).inserted else { continue }
                try file.syncFileSystem()
            } catch {
                guard error.isUnsupported else { throw FileProblem.error(error, "made durable", directory) }
                return false
            }
        }
        return true
    }
}

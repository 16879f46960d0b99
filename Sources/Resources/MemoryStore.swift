import StewardCore
import Synchronization

/// Files in the memory of this process, for tests and for repositories that need no disk.
///
/// Directories exist while something is in them.
public final class MemoryStore: ResourceStore {
    private let files = Mutex<[String: [UInt8]]>([:])

    /// Creates an empty store.
    public init() {}

    /// What is at a path, or nil if nothing is.
    public func info(_ path: ResourcePath) throws -> ResourceInfo? {
        files.withLock { files in
            if let bytes = files[key(path)] { return ResourceInfo(size: bytes.count) }
            let isDirectory = files.keys.contains { $0.hasPrefix(prefix(path)) }
            return isDirectory ? ResourceInfo(size: 0, isDirectory: true) : nil
        }
    }

    /// Bytes of a file.
    public func read(_ path: ResourcePath, range: ByteRange) throws -> [UInt8] {
        guard let bytes = files.withLock({ $0[key(path)] }) else { throw MemoryStore.absent(path) }
        return Array(bytes[range.offsets(size: bytes.count)])
    }

    /// Writes a whole file.
    public func write(_ bytes: [UInt8], to path: ResourcePath, overwrite: Bool) throws {
        let isFree = files.withLock { files in
            guard overwrite || files[key(path)] == nil else { return false }
            files[key(path)] = bytes
            return true
        }
        if !isFree { throw FileProblem.exists(path.description) }
    }

    /// Removes a file.
    public func remove(_ path: ResourcePath) throws {
        guard files.withLock({ $0.removeValue(forKey: key(path)) }) != nil else { throw MemoryStore.absent(path) }
    }

    /// The entries of a directory, sorted by name.
    public func list(_ path: ResourcePath) throws -> [ResourceEntry] {
        let start = prefix(path)
        let below = files.withLock { $0.keys.filter { $0.hasPrefix(start) } }.map { $0.dropFirst(start.count) }
        guard !below.isEmpty else { throw MemoryStore.absent(path) }
        let entries = Set(
            below.map { rest in
                let name = rest.prefix { $0 != "/" }
                return ResourceEntry(name: String(name), isDirectory: name.count < rest.count)
            }
        )
        return entries.sorted { $0.name < $1.name }
    }

    private func key(_ path: ResourcePath) -> String { path.host + path.path }

    private func prefix(_ path: ResourcePath) -> String { key(path) + (path.path == "/" ? "" : "/") }

    private static func absent(_ path: ResourcePath) -> ButlerError {
        ButlerError(.fileNotFound, "There is no file \"\(path)\".", remedy: "Check the path.")
    }
}

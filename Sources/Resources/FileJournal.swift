import StewardCore
import Synchronization

/// Tells, while files are made in a folder, which ones: a list on disk for who comes after a process that was killed.
///
/// One for each open folder that is written. The list holds all that may not have been recorded by a database yet, and some
/// that has been; it is emptied now and then when no transaction is at work, and goes with this object. Its owner holds a lock on it, so that others can tell
/// whether it still lives. It is not made durable: when the whole machine fails, files may stay that nobody knows of.
public final class FileJournal: Sendable {
    private struct State {
        var file: JournalFile?
        /// Transactions at work.
        var active = 0
        /// Bytes of the list.
        var size = 0
        /// Whether the list is left to who comes after.
        var isKept = false
    }

    /// Bytes that a list may have when no transaction is at work; emptying it for each would cost more than writing it.
    static let idleSize = 16_384

    /// The folder in which files are made.
    let folder: String
    private let state = Mutex(State())

    /// Describes the list of a folder; the file is made when something is to be noted.
    ///
    /// - Parameter folder: Absolute path.
    public init(in folder: String) {
        self.folder = folder
    }

    deinit {
        if let file = state.withLock({ $0.isKept ? nil : $0.file }) { try? FileCalls.remove(file.path) }
    }

    func begin() {
        state.withLock { $0.active += 1 }
    }

    func end() {
        state.withLock { state in
            state.active -= 1
            guard state.active == 0, state.size > Self.idleSize, !state.isKept, let file = state.file else { return }
            if (try? file.descriptor.truncate()) != nil { state.size = 0 }
        }
    }

    /// Notes a file that gets its name next.
    ///
    /// - Throws: ``ButlerError`` with `.diskFull`, `.readOnly` or `.fileAccess`.
    func note(_ file: UnfinishedFile) throws {
        let line = Array((file.line(in: folder) + "\n").utf8)
        try state.withLock { state in
            let journal = try state.file ?? JournalFile(in: folder)
            state.file = journal
            state.size += line.count
            try FileProblem.naming("written", journal.path) { () throws(SystemError) in
                var failure: SystemError?
                line.withUnsafeBytes { bytes in
                    do throws(SystemError) { try journal.descriptor.write(bytes) } catch { failure = error }
                }
                if let failure { throw failure }
            }
        }
    }

    /// Leaves the list to who comes after this process, for files of which it cannot be known now whether they are recorded.
    public func keep() {
        state.withLock { $0.isKept = true }
    }

    // MARK: Journals that were left

    private static let suffix = "steward-unfinished.tmp.list"

    /// Whether a name is that of a list.
    public static func isJournal(_ name: String) -> Bool {
        name.hasSuffix(suffix) && FileName.isTemporary(name)
    }

    /// A list that a process left which does not live any more.
    public struct Abandoned: Sendable {
        /// Absolute path of the list.
        public let path: String
        /// Its last change in nanoseconds since 1970-01-01 UTC.
        public let changed: Int64
        /// The files that are still there, the last one first.
        public let files: [UnfinishedFile]
    }

    /// The lists in a folder whose processes do not live any more.
    ///
    /// - Parameter folder: Absolute path.
    /// - Returns: Lists, sorted by path.
    /// - Throws: ``ButlerError`` with `.fileAccess`.
    public static func abandoned(in folder: String) throws -> [Abandoned] {
        let names = try FileProblem.naming("read", folder) { () throws(SystemError) in
            try FileCalls.names(in: folder)
        }
        return try names.filter(isJournal).sorted().compactMap { name in
            let path = folder + "/" + name
            return try FileProblem.naming("read", path) { () throws(SystemError) in
                do throws(SystemError) {
                    let file = try FileCalls.Descriptor(reading: path)
                    // Where files cannot be locked, as on some servers, their age must do.
                    guard (try? file.lock()) ?? true else { return nil }
                    let status = try file.status()
                    let files = UnfinishedFile.list(in: folder, try content(of: file, status.size))
                    return Abandoned(path: path, changed: max(status.modified, status.changed), files: files)
                } catch .notFound {
                    return nil
                }
            }
        }
    }

    private static func content(
        of file: borrowing FileCalls.Descriptor,
        _ size: Int
    ) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        var failure: SystemError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(SystemError) { _ = try file.read(into: buffer, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// The list on disk, locked by this process.
    private final class JournalFile: Sendable {
        let path: String
        let descriptor: FileCalls.Descriptor

        init(in folder: String) throws {
            try FileStore.makeDirectories(folder)
            let path = folder + "/" + FileName.temporary(for: "steward-unfinished.list")
            self.path = path
            descriptor = try FileProblem.naming("written", path) { () throws(SystemError) in
                let file = try FileCalls.Descriptor(appending: path)
                // On file systems without such locks the age of the list must do.
                _ = try? file.lock()
                return file
            }
        }
    }
}

/// A file that a transaction made and may not have recorded.
public struct UnfinishedFile: Sendable, Hashable {
    /// Absolute path of the file.
    public let path: String
    let identity: Identity

    /// What tells a file from another one that gets its name, and perhaps its inode, later.
    struct Identity: Hashable {
        let inode: UInt64
        let modified: Int64

        init(_ status: FileStatus) {
            inode = status.inode
            modified = status.modified
        }

        init?(_ text: Substring) {
            let parts = text.split(separator: ".")
            guard parts.count == 2, let inode = UInt64(parts[0]), let modified = Int64(parts[1]) else { return nil }
            self.inode = inode
            self.modified = modified
        }

        var text: String { "\(inode).\(modified)" }
    }

    func line(in folder: String) -> String {
        let place = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
        return "\(identity.text)\t\(Self.escape(place))"
    }

    /// The files of a list that are still those of which it tells; a last line that is not whole does not count.
    static func list(in folder: String, _ bytes: [UInt8]) -> [UnfinishedFile] {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return lines.dropLast().reversed().compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count == 2, let identity = Identity(fields[0]) else { return nil }
            let place = unescape(fields[1])
            let path = place.hasPrefix("/") ? place : folder + "/" + place
            let file = UnfinishedFile(path: path, identity: identity)
            return file.isThere ? file : nil
        }
    }

    private var isThere: Bool {
        (try? FileCalls.linkStatus(path)).flatMap { $0 }.map(Identity.init) == identity
    }

    /// Removes the file.
    ///
    /// - Parameter moment: A file that has changed since then, in nanoseconds since 1970-01-01 UTC, stays.
    /// - Returns: Whether it is gone from its place.
    /// - Throws: ``ButlerError`` with `.readOnly` or `.fileAccess`.
    public func undo(unlessChangedSince moment: Int64) throws -> Bool {
        guard let status = try FileStore.linkStatus(path), Identity(status) == identity,
            max(status.modified, status.changed) < moment
        else { return false }
        try FileStore().remove(ResourcePath(localPath: path))
        return true
    }

    private static func escape(_ text: String) -> String {
        // Names with such characters are rare.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 < 0x20 }) else { return text }
        return text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    }

    private static func unescape(_ text: Substring) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}

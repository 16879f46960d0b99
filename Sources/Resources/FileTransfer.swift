internal import Foundation
public import StewardCore
internal import Synchronization

/// Brings local files to their place in a repository, or out of it.
public struct FileTransfer: Sendable {
    /// Whether a file at the target is replaced.
    public var overwrite: Bool
    /// The checksum that is computed on the way.
    public var checksum: Digest.Algorithm?
    /// Remembers what was made, to undo it if the transaction fails.
    public var rollback: FileRollback?
    /// Remembers what was made, to make it durable before the transaction commits.
    public var durability: DurabilityBatch?

    /// Where the directories of sources really are.
    private let directories = RealDirectories()

    /// What a transfer did.
    public struct Outcome: Hashable, Sendable {
        /// The mode that was used in the end; tells which kind of link ``TransferMode/link`` gave.
        public let mode: TransferMode
        /// Bytes of the file.
        public let size: Int
        /// Checksum in lower-case hexadecimal digits, if one was asked for.
        public let checksum: String?
    }

    /// Creates a transfer.
    public init(
        overwrite: Bool = false,
        checksum: Digest.Algorithm? = nil,
        rollback: FileRollback? = nil,
        durability: DurabilityBatch? = nil
    ) {
        self.overwrite = overwrite
        self.checksum = checksum
        self.rollback = rollback
        self.durability = durability
    }

    /// Transfers one file.
    ///
    /// Symbolic links of the source are followed to the file itself. Source and target being the same file is
    /// success without doing anything. Copies appear complete or not at all and have the source's permissions.
    /// Directories are made, and stay when the transfer is undone. Source: `lsst.resources: file.py`.
    ///
    /// - Parameters:
    ///   - source: A local file.
    ///   - target: The local path to make.
    ///   - mode: A mode that makes a file.
    /// - Returns: Size and checksum of the file, and the mode used.
    /// - Throws: ``ButlerError`` with `.fileNotFound` if the source is missing, `.fileAccess` if the target exists
    ///   and may not be replaced, `.invalidArgument` for a mode that makes no file, `.diskFull`, `.readOnly`.
    public func run(_ source: ResourcePath, to target: ResourcePath, mode: TransferMode) throws -> Outcome {
        guard mode.makesFile else {
            throw ButlerError(.invalidArgument, "The transfer mode \"\(mode.rawValue)\" makes no file.")
        }
        let given = try FileStore.localPath(source)
        let destination = try FileStore.localPath(target)
        let (real, status) = try directories.find(source, given)
        guard !status.isDirectory else { throw FileProblem.error(.directory, "read", given) }
        let existing = try FileStore.linkStatus(destination)
        if let existing, try existing.isSame(as: status) || existing.isSame(as: FileStore.linkStatus(given) ?? status) {
            // An earlier move that was interrupted left the file with both names.
            if mode == .move, let rollback, (try? FileCalls.realPath(destination)) != real {
                rollback.add(.superseded(real))
            }
            return Outcome(mode: .none, size: status.size, checksum: try checksum(at: source))
        }
        guard overwrite || existing == nil else { throw FileProblem.exists(destination) }
        switch mode {
        case .move: return try move(real, status, to: target)
        case .copy: return try copy(real, to: target)
        case .hardlink: return try link(real, status, to: target, .hardlink)
        case .symlink, .relsymlink: return try link(real, status, to: target, mode)
        default:
            do {
                return try link(real, status, to: target, .hardlink)
            } catch let error as ButlerError where error.code != .diskFull && error.code != .fileNotFound {
                return try link(real, status, to: target, .symlink)
            }
        }
    }

    private func copy(_ real: String, to target: ResourcePath) throws -> Outcome {
        let (size, digits) = try FileStore.replace(
            target,
            overwrite: overwrite,
            rollback: rollback,
            durability: durability
        ) { temporary in
            try FileStore.copyContents(from: real, to: temporary, checksum: checksum)
        }
        return Outcome(mode: .copy, size: size, checksum: digits)
    }

    private func move(_ real: String, _ status: FileStatus, to target: ResourcePath) throws -> Outcome {
        let digits = try checksum(at: ResourcePath(localPath: real))
        if let rollback { return try move(real, status, to: target, digits, undoneBy: rollback) }
        try FileStore.makeDirectories(target.parent.path)
        do throws(SystemError) {
            if overwrite {
                try FileCalls.rename(real, target.path)
            } else {
                try FileCalls.renameExclusively(real, target.path)
            }
        } catch .exists {
            throw FileProblem.exists(target.path)
        } catch .otherDevice {
            let outcome = try FileTransfer(overwrite: overwrite, durability: durability).copy(real, to: target)
            try FileStore().remove(ResourcePath(localPath: real))
            return Outcome(mode: .move, size: outcome.size, checksum: digits)
        } catch {
            throw FileProblem.error(error, "moved to \"\(target.path)\"", real)
        }
        durability?.add(target.path)
        return Outcome(mode: .move, size: status.size, checksum: digits)
    }

    /// Moves a file within a transaction: until that has committed the file keeps its old name as well, so that
    /// whatever interrupts it loses nothing and it can be done again.
    private func move(
        _ real: String,
        _ status: FileStatus,
        to target: ResourcePath,
        _ checksum: String?,
        undoneBy rollback: FileRollback
    ) throws -> Outcome {
        guard FileManager.default.isWritableFile(atPath: ResourcePath(localPath: real).parent.path) else {
            throw FileProblem.error(.denied, "moved to \"\(target.path)\"", real)
        }
        let transfer = FileTransfer(overwrite: overwrite, rollback: rollback, durability: durability)
        do {
            _ = try transfer.link(real, status, to: target, .hardlink)
        } catch let error as ButlerError where ![.diskFull, .fileNotFound].contains(error.code) {
            _ = try transfer.copy(real, to: target)
        }
        rollback.add(.superseded(real))
        return Outcome(mode: .move, size: status.size, checksum: checksum)
    }

    private func link(
        _ real: String,
        _ status: FileStatus,
        to target: ResourcePath,
        _ mode: TransferMode
    ) throws -> Outcome {
        let digits = try checksum(at: ResourcePath(localPath: real))
        if mode == .hardlink, try FileStore.link(real, status, to: target, rollback, durability) {
            return Outcome(mode: mode, size: status.size, checksum: digits)
        }
        try FileStore.replace(target, overwrite: overwrite, rollback: rollback, durability: durability) { temporary in
            try FileProblem.naming("linked from \"\(target.path)\"", real) { () throws(SystemError) in
                switch mode {
                case .hardlink: try FileCalls.hardLink(real, temporary)
                case .relsymlink:
                    let directory = try FileCalls.realPath(target.parent.path)
                    try FileCalls.symbolicLink(FileTransfer.relative(real, to: directory), at: temporary)
                default: try FileCalls.symbolicLink(real, at: temporary)
                }
            }
        }
        return Outcome(mode: mode, size: status.size, checksum: digits)
    }

    private func checksum(at path: ResourcePath) throws -> String? {
        try checksum.map { try FileStore.checksum(of: path, $0) }
    }

    /// Finds where files really are; looks at each of their directories once.
    private final class RealDirectories: Sendable {
        private let known = Mutex<[String: String]>([:])

        func find(_ file: ResourcePath, _ path: String) throws -> (path: String, status: FileStatus) {
            if let status = try FileStore.linkStatus(path), status.isRegular {
                let parent = file.parent.path
                if let real = known.withLock({ $0[parent] }) { return (real + file.name, status) }
                if let found = try? FileCalls.realPath(parent) {
                    let real = found == "/" ? found : found + "/"
                    known.withLock { $0[parent] = real }
                    return (real + file.name, status)
                }
            }
            return try FileProblem.naming("read", path) { () throws(SystemError) in
                let real = try FileCalls.realPath(path)
                guard let status = try FileCalls.linkStatus(real) else { throw .notFound }
                return (real, status)
            }
        }
    }

    /// The way from a directory to a file, both absolute and without links.
    private static func relative(_ path: String, to directory: String) -> String {
        let target = path.split(separator: "/")
        let base = directory.split(separator: "/")
        let common = zip(target, base).prefix { $0 == $1 }.count
        let parts = Array(repeating: "..", count: base.count - common) + target[common...].map(String.init)
        return parts.joined(separator: "/")
    }
}

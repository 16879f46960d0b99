import CFileCalls
import Foundation
import StewardCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An error number of the operating system.
struct SystemError: Error, Hashable {
    let code: Int32

    /// The error of the call that failed last on this thread.
    static var last: SystemError { SystemError(code: errno) }

    static let exists = SystemError(code: EEXIST)
    static let notFound = SystemError(code: ENOENT)
    static let otherDevice = SystemError(code: EXDEV)
    static let directory = SystemError(code: EISDIR)
    static let denied = SystemError(code: EACCES)

    /// Whether the call is one that this system or file system does not have.
    var isUnsupported: Bool {
        [EINVAL, ENOSYS, ENOTSUP, EOPNOTSUPP, EXDEV, EPERM, EBADF].contains(code)
    }

    /// Words of the system for this error.
    var text: String { String(cString: strerror(code)) }

    /// What kind of failure this is for a caller.
    var kind: ButlerError.Code {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: .diskFull
        case EROFS, EACCES, EPERM: .readOnly
        case ENOENT, ENOTDIR: .fileNotFound
        case ENAMETOOLONG, EILSEQ: .invalidArgument
        default: .fileAccess
        }
    }
}

/// What the system knows of a file.
struct FileStatus: Hashable {
    let device: UInt64
    let inode: UInt64
    let size: Int
    /// Type and permission bits.
    let mode: UInt32
    /// Last change of content, in nanoseconds since 1970-01-01 UTC.
    let modified: Int64
    /// Last change of content, names or permissions; programs cannot set it back.
    let changed: Int64

    var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }
    var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    var permissions: UInt32 { mode & 0o777 }

    func isSame(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }

    fileprivate init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        size = Int(status.st_size)
        mode = UInt32(status.st_mode)
        #if canImport(Darwin)
        let (time, change) = (status.st_mtimespec, status.st_ctimespec)
        #else
        let (time, change) = (status.st_mtim, status.st_ctim)
        #endif
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        changed = Int64(change.tv_sec) * 1_000_000_000 + Int64(change.tv_nsec)
    }
}

/// The calls to the file system; every other file of this module goes through these.
enum FileCalls {
    /// An open file, closed when the value ends.
    struct Descriptor: ~Copyable {
        let number: Int32

        init(reading path: String) throws(SystemError) {
            number = try FileCalls.retry { open(path, O_RDONLY | O_CLOEXEC) }
        }

        /// Creates a file that must not exist yet.
        init(creating path: String, mode: UInt32 = 0o666) throws(SystemError) {
            number = try FileCalls.retry { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode)) }
        }

        /// Creates a file that must not exist yet, to be written at its end always.
        init(appending path: String) throws(SystemError) {
            number = try FileCalls.retry {
                open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, mode_t(0o666))
            }
        }

        deinit {
            close(number)
        }

        /// Locks the file until it is closed, or the process ends; false if another one has done so.
        borrowing func lock() throws(SystemError) -> Bool {
            if steward_lock_file(number) == 0 { return true }
            guard errno == EWOULDBLOCK else { throw .last }
            return false
        }

        borrowing func truncate() throws(SystemError) {
            guard ftruncate(number, 0) == 0 else { throw .last }
        }

        /// Closes now; late write errors of network file systems surface here.
        consuming func finish() throws(SystemError) {
            let number = self.number
            discard self
            guard close(number) == 0 || errno == EINTR else { throw .last }
        }

        borrowing func status() throws(SystemError) -> FileStatus {
            var status = stat()
            guard fstat(number, &status) == 0 else { throw .last }
            return FileStatus(status)
        }

        /// Writes all bytes.
        borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let buffer = UnsafeRawBufferPointer(rebasing: rest)
                #if canImport(Darwin)
                let count = Darwin.write(number, buffer.baseAddress, min(buffer.count, 1 << 30))
                #elseif canImport(Glibc)
                let count = Glibc.write(number, buffer.baseAddress, min(buffer.count, 1 << 30))
                #else
                let count = Musl.write(number, buffer.baseAddress, min(buffer.count, 1 << 30))
                #endif
                guard count > 0 else {
                    if count < 0, errno == EINTR { continue }
                    throw count == 0 ? SystemError(code: EIO) : .last
                }
                rest = rest.dropFirst(count)
            }
        }

        /// Reads into a buffer from an offset; gives the number of bytes, less than asked for only at the end.
        borrowing func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
            var done = 0
            while done < buffer.count {
                let count = pread(
                    number,
                    buffer.baseAddress?.advanced(by: done),
                    buffer.count - done,
                    off_t(offset + done)
                )
                if count < 0 {
                    if errno == EINTR { continue }
                    throw .last
                }
                if count == 0 { break }
                done += count
            }
            return done
        }

        /// Copies bytes from another file at both files' positions; gives the number, 0 at the end.
        borrowing func copy(from source: borrowing Descriptor, count: Int) throws(SystemError) -> Int {
            while true {
                let copied = steward_copy_range(source.number, number, Int64(count))
                if copied >= 0 { return Int(copied) }
                if errno != EINTR { throw .last }
            }
        }

        borrowing func setPermissions(_ mode: UInt32) throws(SystemError) {
            guard fchmod(number, mode_t(mode)) == 0 else { throw .last }
        }

        borrowing func sync() throws(SystemError) {
            guard steward_sync_file(number) == 0 else { throw .last }
        }

        borrowing func syncFileSystem() throws(SystemError) {
            guard steward_sync_filesystem(number) == 0 else { throw .last }
        }
    }

    /// The status of what a path leads to, or nil if nothing is there.
    static func status(_ path: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        guard stat(path, &status) == 0 else { return try absent() }
        return FileStatus(status)
    }

    /// The status of what is at a path, a symbolic link not followed, or nil if nothing is there.
    static func linkStatus(_ path: String) throws(SystemError) -> FileStatus? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return try absent() }
        return FileStatus(status)
    }

    static func rename(_ from: String, _ to: String) throws(SystemError) {
        guard Foundation.rename(from, to) == 0 else { throw .last }
    }

    /// Renames unless the target exists.
    static func renameExclusively(_ from: String, _ to: String) throws(SystemError) {
        if steward_rename_exclusive(from, to) == 0 { return }
        let error = SystemError.last
        guard error.isUnsupported, error != .otherDevice else { throw error }
        // Without that call a second name and the removal of the first one do the same.
        do throws(SystemError) {
            try hardLink(from, to)
        } catch  where error.isUnsupported && error != .otherDevice {
            return try renameOverEmpty(from, to)
        }
        try remove(from)
    }

    /// Renames unless the target exists, where files can have one name only: an empty file takes the name first.
    static func renameOverEmpty(_ from: String, _ to: String) throws(SystemError) {
        try Descriptor(creating: to).finish()
        do throws(SystemError) {
            try rename(from, to)
        } catch {
            try? remove(to)
            throw error
        }
    }

    static func hardLink(_ from: String, _ to: String) throws(SystemError) {
        guard link(from, to) == 0 else { throw .last }
    }

    static func symbolicLink(_ target: String, at path: String) throws(SystemError) {
        guard symlink(target, path) == 0 else { throw .last }
    }

    static func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 else { throw .last }
    }

    /// Creates one directory; the owner can always use it, whatever the umask.
    static func makeDirectory(_ path: String) throws(SystemError) {
        guard mkdir(path, 0o777) == 0 else { throw .last }
        guard let mode = try status(path)?.permissions, mode & 0o300 != 0o300 else { return }
        guard chmod(path, mode_t(mode | 0o300)) == 0 else { throw .last }
    }

    /// The path without symbolic links.
    static func realPath(_ path: String) throws(SystemError) -> String {
        guard let resolved = realpath(path, nil) else { throw .last }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Names in a directory, `.` and `..` left out, in no order.
    static func names(in path: String) throws(SystemError) -> [String] {
        guard let directory = opendir(path) else { throw .last }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                guard errno == 0 else { throw .last }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    private static func absent() throws(SystemError) -> FileStatus? {
        guard errno == ENOENT || errno == ENOTDIR else { throw .last }
        return nil
    }

    fileprivate static func retry(_ call: () -> Int32) throws(SystemError) -> Int32 {
        while true {
            let number = call()
            if number >= 0 { return number }
            if errno != EINTR { throw .last }
        }
    }
}

internal import CZlib
internal import StewardCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Bytes of a file at given offsets, as the header reader needs them.
protocol HeaderSource {
    /// Size of the file in bytes, or nil when it is not known beforehand.
    var size: Int64? { get }

    /// Up to `count` bytes at an offset, fewer only at the end of the file.
    mutating func bytes(at offset: Int64, count: Int) throws -> [UInt8]

    /// Whether the file holds all bytes before an offset.
    mutating func reaches(_ offset: Int64) throws -> Bool
}

/// A file held in memory.
struct MemoryFile: HeaderSource {
    let bytes: [UInt8]

    var size: Int64? { Int64(bytes.count) }

    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard let start = Int(exactly: offset), start < bytes.count else { return [] }
        return Array(bytes[start...].prefix(count))
    }

    func reaches(_ offset: Int64) -> Bool { offset <= bytes.count }
}

/// An open local file, read at offsets without moving a position.
final class LocalFile: HeaderSource {
    private let descriptor: Int32
    private let path: String
    let size: Int64?
    /// Bytes with which most headers can be read in one go: ten blocks.
    static let beginning = 10 * FITSHeaderReader.blockSize
    /// The file's beginning, once it was read.
    private var start: [UInt8]?

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            throw Self.failure("examine", path)
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw ButlerError(.fileAccess, "\"\(path)\" is a directory, not a file.").adding("file", path)
        }
        size = Int64(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Throws the proper error for a file that cannot be opened for reading.
    static func check(_ path: String) throws {
        _ = try LocalFile(path)
    }

    /// Whether the file begins with the mark of gzip (RFC 1952).
    ///
    /// Reads the blocks that are wanted next in any case, and keeps them.
    func isGzip() throws -> Bool {
        let bytes = try readBytes(at: 0, count: Self.beginning)
        start = bytes
        return bytes.starts(with: [0x1F, 0x8B])
    }

    func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        if offset == 0, count == Self.beginning, let start { return start }
        return try readBytes(at: offset, count: count)
    }

    private func readBytes(at offset: Int64, count: Int) throws -> [UInt8] {
        guard let start = off_t(exactly: offset) else { return [] }
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let here = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let read = pread(descriptor, here.baseAddress, here.count, start + off_t(filled))
                if read < 0, errno == EINTR { continue }
                failed = read < 0
                guard read > 0 else { break }
                filled += read
            }
        }
        guard !failed else { throw Self.failure("read", path) }
        return bytes
    }

    func reaches(_ offset: Int64) -> Bool { offset <= size ?? 0 }

    private static func failure(_ action: String, _ path: String) -> ButlerError {
        let number = errno
        let code: ButlerError.Code = number == ENOENT ? .fileNotFound : .fileAccess
        return ButlerError(code, "Cannot \(action) \"\(path)\": \(String(cString: strerror(number))).")
            .adding("file", path)
    }
}

/// A file compressed with gzip; reading at a greater offset inflates what lies between.
final class GzipFile: HeaderSource {
    private let stream: gzFile
    private let path: String
    private var position: Int64 = 0
    /// Size of the inflated file modulo 2³² as the end of the file tells; of the last member if there are several.
    private let recordedSize: Int64

    init(_ path: String, over file: LocalFile) throws {
        self.path = path
        let trailer = try file.bytes(at: max(0, (file.size ?? 0) - 4), count: 4)
        recordedSize = trailer.reversed().reduce(0) { $0 << 8 | Int64($1) }
        guard let stream = gzopen(path, "rb") else {
            throw ButlerError(.fileAccess, "Cannot open \"\(path)\".").adding("file", path)
        }
        gzbuffer(stream, 1 << 16)
        self.stream = stream
    }

    deinit {
        gzclose(stream)
    }

    var size: Int64? { nil }

    func bytes(at offset: Int64, count: Int) throws -> [UInt8] {
        guard try skip(to: offset) else { return [] }
        return try inflate(count)
    }

    func reaches(_ offset: Int64) throws -> Bool {
        // What was read already is there, and a file that records exactly this size is whole. Else inflating shows it.
        try position >= offset || FITSHeaderReader.padded(offset) & 0xFFFF_FFFF == recordedSize || skip(to: offset)
    }

    /// The whole inflated file.
    func contents() throws -> [UInt8] {
        guard gzrewind(stream) == 0 else { throw failure() }
        position = 0
        var bytes: [UInt8] = []
        while true {
            let piece = try inflate(1 << 20)
            bytes += piece
            guard piece.count == 1 << 20 else { return bytes }
        }
    }

    /// Moves to an offset; false when the file ends before it.
    private func skip(to offset: Int64) throws -> Bool {
        if offset < position {
            guard gzrewind(stream) == 0 else { throw failure() }
            position = 0
        }
        while position < offset {
            let step = Int(min(offset - position, 1 << 20))
            guard try inflate(step).count == step else { return false }
        }
        return true
    }

    private func inflate(_ count: Int) throws -> [UInt8] {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let read = gzread(stream, buffer.baseAddress, UInt32(clamping: count))
            failed = read < 0
            filled = max(0, Int(read))
        }
        var status: Int32 = 0
        gzerror(stream, &status)
        guard !failed, status == Z_OK || status == Z_STREAM_END else { throw failure() }
        position += Int64(bytes.count)
        return bytes
    }

    private func failure() -> ButlerError {
        var status: Int32 = 0
        let reason = gzerror(stream, &status).map { String(cString: $0) } ?? "error \(status)"
        return ButlerError(
            .corruptFile,
            "\"\(path)\" cannot be inflated: \(reason).",
            remedy: "Copy or transfer the file again."
        ).adding("file", path)
    }
}
